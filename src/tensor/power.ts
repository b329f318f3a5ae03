/** baseⁿ for an integer n ≥ 0, by multiplication, since `**` may differ in the last bit between engine versions. */
export const power = (base: number, n: number): number => {
  let result = 1
  for (let i = 0; i < n; i++) result *= base
  return result
}
