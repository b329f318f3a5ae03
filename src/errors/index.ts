export { bytesFault, fileName } from './bytesFault.ts'
export { ArgumentError, OptionError, ShapeError } from './errors.ts'
export { isRecord } from './isRecord.ts'
export { canonical, fromJson, type Json, toJson } from './json.ts'
export {
  abortSignal,
  anything,
  boolean,
  checkArgument,
  completed,
  type Declaration,
  either,
  finite,
  fraction,
  functionOf,
  type Given,
  isListOf,
  isNull,
  listOf,
  naturalNumber,
  nearest,
  nonNegative,
  oneOf,
  orThrow,
  positive,
  positiveInteger,
  probability,
  type Requirement,
  type Resolved,
  required,
  requirement,
  resolveOptions,
  type StopSignal,
  text,
  unknownKey,
  withDefault,
} from './options.ts'
export { quoted, shown } from './shown.ts'
