export { codeOf, explain, messageOf } from './faults.ts'
export { replaceFile } from './replaceFile.ts'
