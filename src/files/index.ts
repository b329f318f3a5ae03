export {
  codeOf,
  explain,
  messageOf,
  oneLine,
  printable,
  printableLines,
  quoted,
  readReasons,
  stackOf,
  writeReasons,
} from './faults.ts'
export { isOutOfMemory, machineFault } from './machine.ts'
export { isAbandoned, isRunning, shortened, targetOf } from './names.ts'
export {
  doubleField,
  floatField,
  floatPart,
  integerField,
  integerPart,
  messagePart,
  type Parts,
  shortField,
  textField,
  textPart,
} from './protobuf.ts'
export { recognised } from './recognised.ts'
export { replaceFile } from './replaceFile.ts'
export { version } from './version.ts'
