// TensorFlow.js on its WebAssembly backend, ready to compute.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { unable } from './serve.mjs'

const require = createRequire(import.meta.url)
// It would advertise tfjs-node at the start.
console.warn = () => {}
export const tf = require('@tensorflow/tfjs')
export const wasm = require('@tensorflow/tfjs-backend-wasm')
wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
if (process.env.BENCH_THREADS) wasm.setThreadsCount(Number(process.env.BENCH_THREADS))
if (!(await tf.setBackend('wasm'))) unable('the wasm backend does not start')
await tf.ready()
