// The data of a workload, and what a step of it costs.

export const dataOf = (rows, columns, classes) => {
  let state = 2463534242
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  const x = new Uint8Array(rows * columns)
  const words = new Uint32Array(x.buffer, 0, x.length >> 2)
  for (let i = 0; i < words.length; i++) words[i] = next()
  const y = new Int32Array(rows)
  for (let i = 0; i < rows; i++) y[i] = next() % classes
  return { x, y }
}

/** Batches for a library that takes floats: drawn at random, or the rows from a place on. */
export const batchesOf = ({ x, y }, rows, columns, batchSize) => {
  const mean = new Float32Array(columns).fill(127.5)
  const scale = new Float32Array(columns).fill(1 / 73.9)
  const inputs = new Float32Array(batchSize * columns)
  const labels = new Int32Array(batchSize)
  const fill = (count, rowOf) => {
    for (let i = 0, to = 0; i < count; i++) {
      const row = rowOf(i)
      labels[i] = y[row]
      for (let j = 0, from = row * columns; j < columns; j++) inputs[to++] = (x[from++] - mean[j]) * scale[j]
    }
  }
  return {
    random: () => {
      fill(batchSize, () => Math.floor(Math.random() * rows))
      return { inputs, labels }
    },
    from: (start) => {
      const count = Math.min(batchSize, rows - start)
      fill(count, (i) => start + i)
      return { inputs: inputs.subarray(0, count * columns), labels: labels.subarray(0, count), count }
    },
  }
}

/** Standard normal numbers times a factor, for weights. */
export const normals = (length, factor) =>
  Float32Array.from(
    { length },
    () => factor * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  )

/** What a step costs when it is `one`, which may be asynchronous. */
export const timed = (one) => async (count) => {
  const start = performance.now()
  for (let i = 0; i < count; i++) await one()
  return (performance.now() - start) / 1000
}
