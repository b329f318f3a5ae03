// Where the package runs: packs it, runs the same small program in every runtime that npm brings, and writes the table into
// docs/where-it-runs.md. `node scripts/where.mjs`; needs the npm registry, and some minutes.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'cachegrad-where-'))
const run = (command, args, cwd = project) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 })
const npm = (...args) => run('npm', [...args, '--silent', '--no-audit', '--no-fund', '--prefer-offline'])

const imports = "import { backend, fullyConnectedNet, orThrow, solve, tensor } from 'cachegrad'"
const work = `
const xTrain = tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [16], numClasses: 2 }))
const options = { updateRule: 'adam' as const, optimConfig: { learningRate: 0.02 }, numEpochs: 300, seed: 1 }
const { trainAccHistory } = orThrow(solve(model, { xTrain, yTrain: [0, 1, 1, 0] }, options))
`
const told = "console.log(trainAccHistory.at(-1) === 1 ? 'learned XOR, ' + backend().description : 'did not learn')\n"
const plain = work.replace(' as const', '')
const programs = {
  'xor.mjs': `${imports}${plain}${told}`,
  'xor.cjs': `${imports.replace('import ', 'const ').replace(/ from (.*)/, ' = require($1)')}${plain}${told}`,
  'xor.ts': `${imports}${work}${told}`,
  'xor.test.mjs': `${imports}${plain}test('xor', () => expect(trainAccHistory.at(-1)).toBe(1))\n`,
  'package.json': '{ "private": true, "type": "module" }',
  'jest.config.json': '{ "testMatch": ["**/xor.test.mjs"], "transform": {} }',
}
const compiler = (how) => ({
  compilerOptions: {
    ...{ noEmit: true, strict: true, target: 'es2022', types: [] },
    ...{ module: how === 'bundler' ? 'esnext' : how, moduleResolution: how },
  },
  files: ['xor.ts'],
})

/** A program by a package of npm, which is not installed. */
const by = (name, ...command) => run('npm', ['exec', '--yes', '--silent', `--package=${name}`, '--', ...command])

const rows = [
  ...[20, 22, 24, 26].map((version) => [`Node ${version}`, () => by(`node@${version}`, 'node', 'xor.mjs')]),
  ...[22, 24].map((version) => [`\`require\`, Node ${version}`, () => by(`node@${version}`, 'node', 'xor.cjs')]),
  ['Bun', () => by('bun', 'bun', 'xor.mjs')],
  ['Deno', () => by('deno', 'deno', 'run', '--allow-read', 'xor.mjs')],
  [
    'Jest 30, as modules',
    () =>
      `passed ${/Tests: +(.*)/.exec(run('sh', ['-c', 'NODE_OPTIONS=--experimental-vm-modules npm exec --yes --package=jest@30 -- jest -c jest.config.json 2>&1']))[1]}`,
  ],
  ...['5.4', '5.9', '6.0', '7.0'].flatMap((version) =>
    ['nodenext', 'bundler'].map((how) => [
      `types, TypeScript ${version}, \`${how}\``,
      () => {
        writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(compiler(how)))
        return by(`typescript@${version}`, 'tsc', '-p', '.') || 'no error'
      },
    ]),
  ),
]

const outcome = ([title, work]) => {
  try {
    const last = work().trim().split('\n').at(-1)
    return `| ${title} | ${last} |`
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`
    const reason = /error TS.*|\w*Error: .*|npm error .*/.exec(output)?.[0] ?? 'failed'
    return `| ${title} | ${reason.slice(0, 120).replaceAll('|', '\\|')} |`
  }
}

try {
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', project], root)
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(project, name), text)
  npm(
    'install',
    join(
      project,
      readdirSync(project).find((name) => name.endsWith('.tgz')),
    ),
  )
  const table = ['| | |', '|---|---|']
  for (const row of rows) {
    table.push(outcome(row))
    console.log(table.at(-1))
  }
  const page = join(root, 'docs/where-it-runs.md')
  const [before] = readFileSync(page, 'utf8').split('## What was run')
  const day = new Date().toISOString().slice(0, 10)
  const text = `By \`node scripts/where.mjs\` on ${day}, ${process.platform} ${process.arch}: the packed package, as \`npm install\` gives it.`
  writeFileSync(page, `${before}## What was run\n\n${text}\n\n${table.join('\n')}\n`)
} finally {
  rmSync(project, { recursive: true, force: true })
}
