import { decodeCifarPickle } from '../../../src/data/index.ts'
import { fixture } from '../../data/fixtures.ts'
import type { Draw } from '../draw.ts'
import { EXTREMES } from '../mutations.ts'
import { type Hostile, plain, type Target } from '../target.ts'

const seeds = [fixture('cifar10/data_batch_1'), fixture('cifar100/train')]

/** All that pickle knows: an opcode in the place of another, among them those that import, build and call. */
const opcode: Hostile = (draw) => {
  const bytes = Uint8Array.from(draw.oneOf(seeds))
  const opcodes = Buffer.from(
    '()0123BCFGIJKLMNPQRSTUVXabcdeghijlopqrstu]}\x80\x81\x82\x85\x86\x87\x88\x89\x8a\x8c\x8d\x93\x94\x95',
    'latin1',
  )
  // What is no pixel lies at the beginning and at the end.
  const at = draw.oneOf([draw.below(220), bytes.length - 1 - draw.below(100)])
  bytes[at] = opcodes[draw.below(opcodes.length)] as number
  return bytes
}

/** A call of something, where a value belongs. */
const call: Hostile = (draw) => {
  const bytes = Buffer.from(draw.oneOf(seeds))
  const at = draw.below(220)
  const name = draw.oneOf(['os\nsystem', 'builtins\neval', 'numpy\nload', 'posix\nsystem', '__proto__\nconstructor'])
  const text = Buffer.from(`c${name}\n(U\x09touch pwnd\x85R`, 'latin1')
  return Buffer.concat([bytes.subarray(0, at), text, bytes.subarray(at + draw.below(8))])
}

/** Lengths and counts that are not true. */
const lengths: Hostile = (draw) => {
  const bytes = Buffer.from(draw.oneOf(seeds))
  const at = bytes.indexOf('T') + 1
  const length = (): number => Number(BigInt.asUintN(32, draw.oneOf(EXTREMES)))
  return draw.oneOf([
    () => bytes.fill(0, bytes.writeUInt32LE(length(), at), at + 4),
    () => bytes.fill(draw.below(256), bytes.indexOf('(K\x01') + 3, bytes.indexOf('(K\x01') + 8),
  ])()
}

/** A list of very many labels, perhaps never closed. */
const many = (draw: Draw): Uint8Array => {
  const items = Buffer.from('K\x01'.repeat(2 ** draw.below(17)), 'latin1')
  return Buffer.concat([
    Buffer.from('\x80\x02}(U\x06labels](', 'latin1'),
    items,
    Buffer.from(draw.oneOf(['', 'e', 'e('])),
  ])
}

export const cifarPickleTarget: Target = {
  name: 'cifar-pickle',
  seeds,
  read: (bytes) => decodeCifarPickle('f', bytes),
  hostile: { opcode, call, lengths, many },
  justified: plain,
}
