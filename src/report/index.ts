export type { Point } from './curves.ts'
export { ReportError } from './errors.ts'
export type { TestSet } from './examine.ts'
export type { Distribution } from './histogram.ts'
export { jsonlLog } from './jsonl.ts'
export type { Log, LogOptions } from './log.ts'
export type { Picture } from './picture.ts'
export type { ImageShape } from './pictures.ts'
export type {
  EpochRecord,
  Fact,
  FirstLayer,
  LayerRecord,
  Mistake,
  RunRecord,
  TestRecord,
  WeightCurve,
} from './record.ts'
export { type Recorder, recorder } from './recorder.ts'
export type { RecorderOptions, RunDetails } from './recorderOptions.ts'
export { reportPage } from './reportPage.ts'
export { sweepPage } from './sweepPage.ts'
export type { SweepRecord } from './sweepRecord.ts'
export { writeSweepReport } from './sweepReport.ts'
export { tensorboardLog } from './tensorboard.ts'
export { writeReport } from './writeReport.ts'
