import { checkArgument, naturalNumber, positiveInteger } from '../errors/index.ts'

/**
 * sees(n) = 0 while n < startup, then startup + ⌊(n − startup)/generation⌋·generation
 *
 * Who learns does so in generations of fixed size, so that what is seen depends on the trial's number only; a generation's trials can
 * run side by side.
 *
 * @example seenBy(27, 10, 8)   // 26
 */
export const seenBy = (number: number, startup: number, generation: number): number => {
  checkArgument('seenBy', 'number', number, naturalNumber)
  checkArgument('seenBy', 'startup', startup, naturalNumber)
  checkArgument('seenBy', 'generation', generation, positiveInteger)
  return number < startup ? 0 : startup + Math.floor((number - startup) / generation) * generation
}
