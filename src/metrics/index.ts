export { confusionMatrix, perClassAccuracy } from './confusion.ts'
export { logLoss } from './logLoss.ts'
export {
  type ClassScores,
  multiLabelPrecisionRecall,
  type PrecisionRecall,
  type PrecisionRecallReport,
  precisionRecall,
} from './precisionRecall.ts'
export { meanAbsoluteError, r2Score, rootMeanSquaredError } from './regressionMetrics.ts'
export { areaUnderCurve, rocAuc } from './rocAuc.ts'
export { topKAccuracy } from './topK.ts'
