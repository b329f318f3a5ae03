import { relaxedText } from './relaxed.ts'
import { unpacked } from './unpacked.ts'

let supported: boolean | undefined

/** Whether this engine knows relaxed SIMD: Node from 22 on, current browsers. */
export const relaxedSupported = (): boolean => {
  const text = relaxedText()
  if (text === undefined) return false
  supported ??= typeof WebAssembly !== 'undefined' && WebAssembly.validate(unpacked(text))
  return supported
}
