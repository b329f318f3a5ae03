import type * as node from './pool.ts'

// As in pool.ts, in whose place this is where there are no threads.
const WIDTH = 16

export const openPool: typeof node.openPool = (_threads, _program, calls) => {
  const numbers: number[] = new Array(WIDTH).fill(0)
  const run = (kernel: number, values: ArrayLike<number>): number => {
    // Copied: a call may make the numbers of another one.
    for (let i = 0; i < WIDTH; i++) numbers[i] = values[i] ?? 0
    return calls[kernel]?.(...numbers) as number
  }
  return {
    threads: 1,
    share: (kernel, size, _unit, _grain, argumentsOf) => run(kernel, argumentsOf(0, size, 0)),
    shareParts: (kernel, _id, parts, _work, argumentsOf) => {
      for (let part = 0; part < parts; part++) run(kernel, argumentsOf(part))
    },
  }
}
