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
  /** Whether a higher or a lower one is better. */
  readonly better: 'higher' | 'lower'
}

/** Scores after an epoch. */
export interface EpochRecord {
  /** 0 is before the first step. */
  readonly epoch: number
  /** On training examples. */
  readonly trainScore: number
  /** Absent without validation data. */
  readonly valScore?: number
}

/** One curve a weight. */
export interface WeightCurve {
  /** Of the weight. */
  readonly name: string
  /** [step, value]. */
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
  /** Of the test set, from 0 on. */
  readonly row: number
  /** Index of the class that it was given. */
  readonly predicted: number
  /** Index of its own class. */
  readonly truth: number
  /** Of the predicted class. */
  readonly probability: number
  /** The example, where it is an image. */
  readonly picture?: Picture
  /** How much each pixel counts for the predicted class. */
  readonly saliency?: Picture
}

interface Tested {
  /** Number of examples. */
  readonly rows: number
  /** Loss, score and metrics. */
  readonly metrics: readonly Fact[]
}

/** What a net that tells classes apart does with the test set. */
export interface ClassesTest extends Tested {
  /** Discriminant of the records of a test. */
  readonly kind: 'classes'
  /** A fraction of 1. */
  readonly accuracy: number
  /** One for each class. */
  readonly classNames: readonly string[]
  /** Row: the true class; column: the predicted one. */
  readonly confusion: readonly (readonly number[])[]
  /** Fractions of 1; NaN for a class without rows. */
  readonly perClass: readonly number[]
  /** Wrong predictions, the most confident first; only some. */
  readonly mistakes: readonly Mistake[]
  /** How many were wrong in all. */
  readonly numMistakes: number
}

/** One of the labels that an example may have. */
export interface LabelRecord extends ClassScores {
  /** Of the label. */
  readonly name: string
}

/** What a net that gives an example any number of labels does with the test set. */
export interface LabelsTest extends Tested {
  /** Discriminant of the records of a test. */
  readonly kind: 'labels'
  /** The task's score. */
  readonly score: number
  /** One for each label. */
  readonly labels: readonly LabelRecord[]
}

/** One of the numbers that a net predicts. */
export interface OutputRecord {
  /** Of the output. */
  readonly name: string
  /** R², the share of the variance that is explained. */
  readonly r2: number
  /** Mean of the absolute errors. */
  readonly mae: number
  /** Root of the mean squared error. */
  readonly rmse: number
  /** [true, predicted] of some rows. */
  readonly points: readonly Point[]
  /** Of predicted − true, of all rows. */
  readonly residuals?: Distribution
}

/** What a net that predicts numbers does with the test set. */
export interface NumbersTest extends Tested {
  /** Discriminant of the records of a test. */
  readonly kind: 'numbers'
  /** The task's score. */
  readonly score: number
  /** The first ones. */
  readonly outputs: readonly OutputRecord[]
  /** How many there are. */
  readonly numOutputs: number
}

/** What the net does with the test set. */
export type TestRecord = ClassesTest | LabelsTest | NumbersTest

/** What each unit of the first layer looks for. */
export interface FirstLayer {
  /** Of the weight. */
  readonly name: string
  /** How many there are. */
  readonly units: number
  /** Of the first of them. */
  readonly pictures: readonly Picture[]
}

/** The first maps that leave a layer. */
export interface LayerMaps {
  /** Of the part of the net. */
  readonly name: string
  /** How many maps leave it. */
  readonly channels: number
  /** How many of them are in the picture. */
  readonly shown: number
  /** Beside each other. */
  readonly picture: Picture
}

/** What leaves each layer of images for one example. */
export interface Maps {
  /** What went in. */
  readonly example: Picture
  /** From the first layer to the last. */
  readonly layers: readonly LayerMaps[]
}

/** All that a report shows of a run: plain data. */
export interface RunRecord {
  /** Of the page. */
  readonly title: string
  /** What to type to get this run again; '' when not known. */
  readonly command: string
  /** How the run ended. */
  readonly status: Result['status']
  /** What ended a run that diverged: one line. */
  readonly fault?: string
  /** The kernels that were used. */
  readonly backend: string
  /** When the run began, in milliseconds since 1970. */
  readonly began: number
  /** How long the run took. */
  readonly seconds: number
  /** Part of `seconds` that went into measuring for the report. */
  readonly measuringSeconds: number
  /** How many steps were made. */
  readonly steps: number
  /** Numbers that are trained. */
  readonly parameters: number
  /** The net's parts; absent of a model that does not show its net. */
  readonly parts?: readonly SummaryRow[]
  /** What its score is. */
  readonly score: ScoreRecord
  /** The best epoch by validation score; absent without validation data. */
  readonly best?: {
    /** Which one. */
    readonly epoch: number
    /** The task's score. */
    readonly valScore: number
  }
  /** What it was run with. */
  readonly settings: readonly Fact[]
  /** What it was run on. */
  readonly machine: readonly Fact[]
  /** One a step. */
  readonly loss: readonly number[]
  /** One a step. */
  readonly learningRate: readonly number[]
  /** Epoch 0 first. */
  readonly epochs: readonly EpochRecord[]
  /** What was measured of the layers. */
  readonly layers: LayerRecord
  /** Of weights and activations. */
  readonly distributions: readonly Distribution[]
  /** Absent where no test set was given. */
  readonly test?: TestRecord
  /** Absent where the first weights are no images. */
  readonly firstLayer?: FirstLayer
  /** Absent where no layer gives images. */
  readonly maps?: Maps
}
