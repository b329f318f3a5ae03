// The same in a page, whose server has the binaries.
import * as tf from '@tensorflow/tfjs'
import * as wasm from '@tensorflow/tfjs-backend-wasm'
import { unable } from './serve.mjs'

wasm.setWasmPaths('/')
if (!(await tf.setBackend('wasm'))) unable('the wasm backend does not start')
await tf.ready()

export { tf, wasm }
