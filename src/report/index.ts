/**
 * Consumers of events: a page about a run, JSON lines, TensorBoard; and a page about a sweep. Needs the package echarts.
 *
 * @module cachegrad/report
 */

export { ReportError } from './errors.ts'
export { jsonlLog } from './logs/jsonl.ts'
export type { Log, LogOptions } from './logs/log.ts'
export { tensorboardLog } from './logs/tensorboard.ts'
export type { Point } from './page/curves.ts'
export type { Picture } from './page/picture.ts'
export type { TestSet } from './run/examineTest.ts'
export type { Distribution } from './run/histogram.ts'
export type { ImageShape } from './run/pictures.ts'
export type {
  ClassesTest,
  EpochRecord,
  Fact,
  FirstLayer,
  LabelRecord,
  LabelsTest,
  LayerMaps,
  LayerRecord,
  Maps,
  Mistake,
  NumbersTest,
  OutputRecord,
  RunRecord,
  ScoreRecord,
  TestRecord,
  WeightCurve,
} from './run/record.ts'
export { type Recorder, recorder } from './run/recorder.ts'
export type { RecorderOptions, RunDetails } from './run/recorderOptions.ts'
export { reportPage } from './run/reportPage.ts'
export { writeReport } from './run/writeReport.ts'
export { sweepPage } from './sweep/page.ts'
export type { SweepRecord } from './sweep/record.ts'
export { writeSweepReport } from './sweep/report.ts'
