import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, expect, test } from 'vitest'
import { compiledLibrary } from '../kernels/compiled.ts'

// A program with a sweep as one file, without a node_modules beside it: its workers find their program in it.

const library = compiledLibrary()
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-bundled-'))

afterAll(() => {
  for (const each of [library, folder]) rmSync(each, { recursive: true, force: true })
}, 60_000)

const program = `
import { isMainThread, threadId } from 'node:worker_threads'
import { orThrow, tensor, zeros } from './dist/index.js'
import { quasiRandom, runSweep, sweep, uniform } from './dist/sweep/index.js'

const study = sweep({
  space: { x: uniform(-1, 1) },
  data: () => ({ target: tensor([1], [0.25]) }),
  objective: ({ params, note }, { target }) => {
    note('thread', threadId)
    if (!isMainThread && !(target.data.buffer instanceof SharedArrayBuffer)) throw new Error('the data came by a copy')
    return (params.x - target.data[0]) ** 2 + zeros([1]).data[0]
  },
  ...{ direction: 'minimize', sampler: quasiRandom(), trials: 12 },
})
export default study
const run = (options) => runSweep(orThrow(study), options)().then(orThrow)
if (isMainThread) {
  const [shared, alone] = [await run({ module: import.meta.url, workers: 2 }), await run({})]
  const values = ({ trials }) => trials.map(({ value }) => value)
  console.log(JSON.stringify({
    isSame: String(values(shared)) === String(values(alone)),
    trials: shared.trials.length,
    threads: [...new Set(shared.trials.map(({ notes }) => notes.thread))].every((thread) => thread > 0),
  }))
}
`

test('a bundled sweep runs in worker threads', async () => {
  writeFileSync(join(library, 'search.js'), program)
  const bundle = await rolldown({ input: join(library, 'search.js'), platform: 'node', external: ['koffi'] })
  await bundle.write({ file: join(folder, 'search.mjs'), format: 'es' })
  expect(readdirSync(folder)).toEqual(['search.mjs'])
  const printed = execFileSync('node', ['search.mjs'], { cwd: folder, encoding: 'utf8' })
  expect(JSON.parse(printed)).toEqual({ isSame: true, trials: 12, threads: true })
}, 120_000)
