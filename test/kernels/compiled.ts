import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A folder with the compiled library in `dist`, for programs that run without tsx. */
export const compiledLibrary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-compiled-'))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')])
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'xor.mjs'), xor)
  return folder
}

// Prints what became of XOR as JSON.
const xor = `
const { backend, fullyConnectedNet, orThrow, solve, tensor } = await import('./dist/index.js')
const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [16], numClasses: 2 }))
const options = { updateRule: 'adam', optimConfig: { learningRate: 0.02 }, numEpochs: 300, seed: 1 }
const { trainAccHistory } = orThrow(solve(model, data, options))
console.log(JSON.stringify({ accuracy: trainAccHistory.at(-1), ...backend() }))
`
