import type { ClassScores } from '../../metrics/index.ts'
import type { SummaryRow } from '../../models/index.ts'
import type { Result } from '../../solver/index.ts'
import type { Point } from '../page/curves.ts'
import type { Picture } from '../page/picture.ts'
import type { Distribution } from './histogram.ts'

/** A name and what it is, as text. */
export type Fact = readonly [name: string, value: string]

/** What the run's score is. */
export interface ScoreRecord {
  /** E.g. 'accuracy'. */
  readonly name: string
  /** As people write it, e.g. 'R²'. */
  readonly label: string
  readonly better: 'higher' | 'lower'
}

/** Scores after an epoch. */
export interface EpochRecord {
  /** 0 is before the first step. */
  readonly epoch: number
  readonly trainScore: number
  readonly valScore?: number
}

/** One curve a weight. */
export interface WeightCurve {
  readonly name: string
  readonly points: readonly Point[]
}

/** What was measured of the layers at some of the steps. */
export interface LayerRecord {
  /** Training rows whose gradients were measured. */
  readonly probeRows: number
  /** ‖∂loss/∂w‖ of the probe rows, after a step. */
  readonly gradientNorms: readonly WeightCurve[]
  /** ‖Δw‖/‖w‖ of a step. */
  readonly updateRatios: readonly WeightCurve[]
}

/** A test example that was given a wrong class. */
export interface Mistake {
  readonly row: number
  readonly predicted: number
  readonly truth: number
  /** Of the predicted class. */
  readonly probability: number
  readonly picture?: Picture
  /** How much each pixel counts for the predicted class. */
  readonly saliency?: Picture
}

interface Tested {
  readonly rows: number
  /** Loss, score and metrics. */
  readonly metrics: readonly Fact[]
}

/** What a net that tells classes apart does with the test set. */
export interface ClassesTest extends Tested {
  readonly kind: 'classes'
  /** A fraction of 1. */
  readonly accuracy: number
  readonly classNames: readonly string[]
  /** Row: the true class; column: the predicted one. */
  readonly confusion: readonly (readonly number[])[]
  /** Fractions of 1; NaN for a class without rows. */
  readonly perClass: readonly number[]
  /** Wrong predictions, the most confident first; only some. */
  readonly mistakes: readonly Mistake[]
  readonly numMistakes: number
}

/** One of the labels that an example may have. */
export interface LabelRecord extends ClassScores {
  readonly name: string
}

/** What a net that gives an example any number of labels does with the test set. */
export interface LabelsTest extends Tested {
  readonly kind: 'labels'
  readonly score: number
  readonly labels: readonly LabelRecord[]
}

/** One of the numbers that a net predicts. */
export interface OutputRecord {
  readonly name: string
  readonly r2: number
  readonly mae: number
  readonly rmse: number
  /** [true, predicted] of some rows. */
  readonly points: readonly Point[]
  /** Of predicted − true, of all rows. */
  readonly residuals?: Distribution
}

/** What a net that predicts numbers does with the test set. */
export interface NumbersTest extends Tested {
  readonly kind: 'numbers'
  readonly score: number
  /** The first ones. */
  readonly outputs: readonly OutputRecord[]
  readonly numOutputs: number
}

/** What the net does with the test set. */
export type TestRecord = ClassesTest | LabelsTest | NumbersTest

/** What each unit of the first layer looks for. */
export interface FirstLayer {
  readonly name: string
  readonly units: number
  readonly pictures: readonly Picture[]
}

/** The first maps that leave a layer. */
export interface LayerMaps {
  readonly name: string
  readonly channels: number
  readonly shown: number
  /** Beside each other. */
  readonly picture: Picture
}

/** What leaves each layer of images for one example. */
export interface Maps {
  readonly example: Picture
  readonly layers: readonly LayerMaps[]
}

/** All that a report shows of a run: plain data. */
export interface RunRecord {
  readonly title: string
  /** What to type to get this run again; '' when not known. */
  readonly command: string
  readonly status: Result['status']
  /** What ended a run that diverged: one line. */
  readonly fault?: string
  readonly backend: string
  /** When the run began, in milliseconds since 1970. */
  readonly began: number
  readonly seconds: number
  /** Part of `seconds` that went into measuring for the report. */
  readonly measuringSeconds: number
  readonly steps: number
  readonly parameters: number
  /** The net's parts; absent of a model that does not show its net. */
  readonly parts?: readonly SummaryRow[]
  readonly score: ScoreRecord
  readonly best?: { readonly epoch: number; readonly valScore: number }
  readonly settings: readonly Fact[]
  readonly machine: readonly Fact[]
  /** One a step. */
  readonly loss: readonly number[]
  readonly learningRate: readonly number[]
  readonly epochs: readonly EpochRecord[]
  readonly layers: LayerRecord
  readonly distributions: readonly Distribution[]
  readonly test?: TestRecord
  readonly firstLayer?: FirstLayer
  readonly maps?: Maps
}
