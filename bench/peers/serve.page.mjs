// The protocol of a peer in a page: `import` of its program rejects with why it is unable, or leaves globalThis.peer.
import { batchesOf as drawing } from './data.mjs'

export { dataOf, normals, timed } from './data.mjs'

export const workload = () => globalThis.workload

export const versionOf = (name) => globalThis.versions[name]

/** The batches are made once, and come again and again: so a peer pays for taking them over, and not for drawing them. */
export const batchesOf = (data, rows, columns, batchSize) => {
  const batches = Array.from({ length: rows / batchSize }, (_, i) =>
    drawing(data, rows, columns, batchSize).from(i * batchSize),
  )
  let next = 0
  return { random: () => batches[next++ % batches.length] }
}

export const unable = (why) => {
  throw new Error(why)
}

export const serve = (description, run) => {
  globalThis.peer = { description, run }
}
