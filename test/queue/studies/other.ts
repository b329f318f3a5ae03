// The same study as steps.ts in a module with other code.
export { default } from './steps.ts'
