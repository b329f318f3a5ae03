import { doubleField, floatField, integerField, shortField, textField } from '../../files/index.ts'
import { hostname, join, processHere, threadId } from '../../system/index.ts'
import { maskedCrc32c } from './crc32c.ts'
import { fileLog } from './fileLog.ts'
import type { Log, Logged, LogOptions } from './log.ts'
import { checkLog } from './logArguments.ts'

const HEAD = 12

/** 32 bits, the lowest first; gives the place behind them. */
const writeWord = (out: Uint8Array, at: number, word: number): number => {
  for (let i = 0; i < 4; i++) out[at + i] = word >>> (8 * i)
  return at + 4
}

/** A record: the length of its bytes and the length's checksum, what `body` writes, and the checksum of that. */
const record = (out: Uint8Array, at: number, body: (at: number) => number): number => {
  const start = at + HEAD
  const end = body(start)
  writeWord(out, at, end - start)
  writeWord(out, at + 4, 0)
  writeWord(out, at + 8, maskedCrc32c(out, at, at + 8))
  return writeWord(out, end, maskedCrc32c(out, start, end))
}

// Fields of tensorflow.Event: wall_time = 1, step = 2, file_version = 3, summary = 5; of Summary: value = 1; of Value: tag = 1,
// simple_value = 2.
const opening = (out: Uint8Array, at: number, time: number): number =>
  record(out, at, (start) => textField(out, doubleField(out, start, 1, time), 3, 'brain.Event:2'))

const scalar = (out: Uint8Array, at: number, tag: string, value: number): number =>
  shortField(out, at, 1, (start) => floatField(out, textField(out, start, 1, tag), 2, value))

const scalars = (out: Uint8Array, at: number, event: Logged, time: number): number => {
  if (event._tag === 'Done') return at
  return record(out, at, (start) =>
    shortField(out, integerField(out, doubleField(out, start, 1, time), 2, event.step), 5, (inner) => {
      if (event._tag === 'Step') {
        return scalar(out, scalar(out, inner, 'loss', event.loss), 'learning_rate', event.learningRate)
      }
      const { scoreName, trainScore, valScore } = event
      const next = scalar(out, inner, `${scoreName}/train`, trainScore)
      return valScore === undefined ? next : scalar(out, next, `${scoreName}/val`, valScore)
    }),
  )
}

let logs = 0

// As TensorFlow names them: the process and a number keep logs apart that begin in the same second.
const fileName = (began: number): string => {
  const host = hostname().replace(/[^\w.-]/g, '_')
  return ['events.out.tfevents', Math.floor(began), host, processHere.pid, threadId, logs++].join('.')
}

/**
 * An event file for TensorBoard: loss and learning_rate of each step, the task's score of each epoch, e.g. accuracy/train, accuracy/val
 *
 * Show runs with `tensorboard --logdir <folder of their folders>`. When the file cannot be written, `onError` is told once, `close`
 * gives the left, and the training goes on.
 *
 * @param folder   of the run; it is made if need be, and other files in it are left alone
 * @param options  `onError`, which is told the first thing that cannot be written
 * @returns        `see` for each event, `close` after the last
 * @throws         ArgumentError when the folder is no text or empty, OptionError for an option that does not fit
 * @example        tensorboardLog('runs/first').close()   // right(undefined)
 * @see            https://github.com/tensorflow/tensorboard, tensorboard/compat/proto/event.proto
 */
export const tensorboardLog = (folder: string, options: LogOptions = {}): Log => {
  const checked = checkLog('tensorboardLog', 'folder', folder, options)
  const began = Date.now() / 1000
  return fileLog(
    join(folder, fileName(began)),
    (event, out, at) => scalars(out, at, event, Date.now() / 1000),
    checked,
    (out, at) => opening(out, at, began),
  )
}
