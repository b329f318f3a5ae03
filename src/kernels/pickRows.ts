/** The rows at the given indices, one after the other; indices are already checked. */
export const pickRows = (bytes: Uint8Array, indices: Int32Array, columns: number): Uint8Array => {
  const rows = new Uint8Array(indices.length * columns)
  indices.forEach((index, i) => {
    rows.set(bytes.subarray(index * columns, (index + 1) * columns), i * columns)
  })
  return rows
}
