type Cell = string | number

/** Prints the heads; gives back a function that prints a row below them: the first column to the left, others to the right. */
export const table = (heads: readonly string[], digits = 4): ((cells: readonly Cell[]) => void) => {
  const widths = heads.map((head, i) => Math.max(head.length, i === 0 ? 16 : digits + 3))
  const text = (cell: Cell): string =>
    typeof cell === 'string' ? cell : Number.isFinite(cell) ? cell.toFixed(digits) : '–'
  const print = (cells: readonly Cell[]): void =>
    console.log(
      cells
        .map((cell, i) => (i === 0 ? text(cell).padEnd(widths[i] ?? 0) : text(cell).padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
  print(heads)
  return print
}
