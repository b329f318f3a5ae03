import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Checkpoint,
  type CheckpointOptions,
  encodeCheckpoint,
  openCheckpoints,
  type Run,
  readCheckpoint,
} from '../../src/checkpoint/index.ts'
import type { Json } from '../../src/errors/index.ts'
import { draftOf } from '../../src/files/names.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/index.ts'
import { backendNames, useBackend } from '../../src/kernels/index.ts'
import { affine, dropout, leakyRelu, type Net, network, residual, sigmoid, tanh } from '../../src/layers/index.ts'
import {
  type ClassifierOptions,
  classification,
  classifier,
  type FullyConnectedNetOptions,
  fullyConnectedNet,
} from '../../src/models/index.ts'
import type { UpdateRule } from '../../src/optim/index.ts'
import { key, normal } from '../../src/random/index.ts'
import {
  type Data,
  type Event,
  type Result,
  type RuleConfigs,
  type SolverOptions,
  solve,
  train,
} from '../../src/solver/index.ts'
import { full, zeros } from '../../src/tensor/index.ts'
import { eachBackend, right } from '../support.ts'
import { onPosix, where } from '../where.ts'
import { comparable, data, model, newFolder, options } from './support.ts'

const run: Run = { model, data, options }

interface Outcome {
  readonly result: Result | undefined
  readonly warnings: string[]
  readonly closed: E.Either<Error, void>
}

/** Trains with checkpoints, up to a step if one is given: what a killed process has done. */
const trained = async (
  folder: string,
  checkpointOptions: CheckpointOptions = {},
  until = Number.POSITIVE_INFINITY,
  of: Run = run,
): Promise<Outcome> => {
  const warnings: string[] = []
  const onWarning = (message: string): void => void warnings.push(message)
  const checkpoints = right(await openCheckpoints(folder, of, { ...checkpointOptions, onWarning })())
  let result: Result | undefined
  for (const event of right(train(of.model, of.data, of.options, checkpoints.from))) {
    await checkpoints.see(event)
    if (event._tag === 'Done') result = event.result
    if (event._tag === 'Step' && event.step >= until) break
  }
  return { result, warnings, closed: await checkpoints.close() }
}

const refusal = async (folder: string, of: Run = run, given: CheckpointOptions = { resume: true }): Promise<string> => {
  const opened = await openCheckpoints(folder, of, given)()
  return E.isLeft(opened) ? opened.left.message : 'opened'
}

const files = (folder: string): string[] => readdirSync(folder).sort()
const whole = (of: Run = run): Result => right(solve(of.model, of.data, of.options))

const isRoot = process.getuid?.() === 0

describe('a run that goes on from a checkpoint ends bit for bit as the whole run', () => {
  eachBackend(() => {
    test('from any step', async () => {
      const expected = comparable(whole())
      for (const stop of [1, 4, 5, 7, 13, 20]) {
        const folder = newFolder()
        await trained(folder, { every: 1 }, stop)
        const { result, warnings } = await trained(folder, { every: 1, resume: true })
        expect(comparable(result as Result)).toEqual(expected)
        expect(warnings).toEqual([])
      }
    })
  })

  test('from the end of the run: nothing is trained again', async () => {
    const folder = newFolder()
    await trained(folder)
    const checkpoints = right(await openCheckpoints(folder, run, { resume: true })())
    const events: Event[] = [...right(train(model, data, options, checkpoints.from))]
    expect(events.map(({ _tag }) => _tag)).toEqual(['Done'])
    expect(comparable((events[0] as { result: Result }).result)).toEqual(comparable(whole()))
  })

  test('from nothing: the folder is empty, and the run begins', async () => {
    const { result } = await trained(newFolder(), { resume: true })
    expect(comparable(result as Result)).toEqual(comparable(whole()))
  })

  test('with plateau, patience and a rule with slots and counters of its own', async () => {
    const rule: UpdateRule<{ learningRate: number; turns?: number; names?: readonly string[] }> = (w, dw, config) => {
      const { learningRate = 0.1, turns = -0, names = [] } = config ?? {}
      const scale = learningRate * (Object.is(turns, -0) ? 1 : 2)
      const next = { shape: w.shape, data: w.data.map((v, i) => v - scale * (dw.data[i] as number)) }
      return [next as typeof w, { learningRate, turns: names.length > 3 ? 1 : -0, names: [...names, 'x'] }]
    }
    const of: Run = {
      ...run,
      options: {
        updateRule: rule as unknown as UpdateRule<never>,
        plateau: { by: 0.5, patience: 0 },
        patience: 3,
        batchSize: 20,
        numEpochs: 9,
      },
    }
    const expected = comparable(whole(of))
    for (const stop of [2, 5, 11]) {
      const folder = newFolder()
      await trained(folder, { every: 1 }, stop, of)
      expect(comparable((await trained(folder, { resume: true }, undefined, of)).result as Result)).toEqual(expected)
    }
  })
})

describe('the folder', () => {
  test('holds the newest few, one an epoch unless said otherwise', async () => {
    const folder = newFolder()
    await trained(folder)
    expect(files(folder)).toEqual(['step-000000015.safetensors', 'step-000000020.safetensors'])
    const other = newFolder()
    await trained(other, { every: 3, keep: 4 })
    expect(files(other)).toEqual(
      [9, 12, 15, 18, 20].slice(1).map((n) => `step-0000000${String(n).padStart(2, '0')}.safetensors`),
    )
  })

  test('what a killed process left half written is removed, other files are not', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, '.step-000000003.safetensors.ab12cd34.part'), 'half')
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    await trained(folder, { keep: 1 })
    expect(files(folder)).toEqual(['notes.txt', 'step-000000020.safetensors'])
  })

  test('what another process is writing just now stays', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    const mine = draftOf(join(folder, 'step-000000003.safetensors'))
    const draft = mine.replace(`-${process.pid}-`, `-${other.pid}-`)
    writeFileSync(draft, 'half')
    await trained(folder, { keep: 1 })
    expect(files(folder)).toEqual([basename(draft), 'step-000000020.safetensors'])
    other.kill('SIGKILL')
    await once(other, 'exit')
    right(await openCheckpoints(folder, run, { resume: true })())
    expect(files(folder)).toEqual(['step-000000020.safetensors'])
  })

  test('with a run in it is not overwritten', async () => {
    const folder = newFolder()
    await trained(folder, {}, 7)
    expect(await refusal(folder, run, {})).toBe(
      `the folder ${folder} holds checkpoints of a run: resume it (resume: true, --resume), or name another folder`,
    )
  })

  test('of another run is refused, with what differs', async () => {
    const folder = newFolder()
    await trained(folder, {}, 7)
    const differing = (change: Partial<SolverOptions>) =>
      refusal(folder, { ...run, options: { ...options, ...change } })
    expect(await differing({ batchSize: 6 })).toBe(
      `the checkpoints in ${folder} are of another run: batchSize was 12 and is 6; go on with what it was begun with, or name another folder (readCheckpoint gives the state, if it shall go on in another way)`,
    )
    expect(await differing({ seed: 1, updateRule: 'sgd' })).toContain(
      'updateRule was "adam" and is "sgd"; optimConfig.learningRate was 0.001 and is 0.01; seed was 0 and is 1',
    )
    expect(await differing({ schedule: () => 1 })).toContain('schedule was "cosine" and is "function schedule, sha256')
    const other = (change: Partial<FullyConnectedNetOptions>) =>
      right(
        fullyConnectedNet({ inputDim: 6, hiddenDims: [8, 5], numClasses: 3, normalization: 'batchnorm', ...change }),
      )
    expect(await refusal(folder, { ...run, model: other({ hiddenDims: [9, 5] }) })).toContain(
      'model.net.layers[0].numOut was 8 and is 9',
    )
    expect(await refusal(folder, { ...run, model: other({ keepProb: 0.8 }) })).toContain(
      'model.net.layers[3].keepProb was 0.7 and is 0.8',
    )
    const xTrain = normal(key(1), [60, 6])
    xTrain.data[100] = 0
    expect(await refusal(folder, { ...run, data: { ...data, xTrain } })).toContain('xTrain was "(60, 6), sha256')
    const { xVal: _, yVal: _y, ...rest } = data
    expect(await refusal(folder, { ...run, data: rest })).toContain('xVal was')
    // A default that is spelt out is no difference, and what does not change the steps may change.
    expect(await differing({ seed: 0, lrDecay: 1, patience: undefined as never })).toBe('opened')
    expect(await differing({ verbose: true, printEvery: 3, signal: new AbortController().signal })).toBe('opened')
  })

  test('of another net is refused, each change by name', async () => {
    const layers = (keepProb = 0.5, slope = 0.2): readonly Net[] => [
      affine(8),
      residual([leakyRelu(slope), dropout(keepProb), affine(8)]),
      tanh,
      affine(3),
    ]
    const of = (parts: readonly Net[], change: Partial<ClassifierOptions> = {}) => ({
      ...run,
      model: classifier(network(parts), { inShape: [6], reg: 0, ...change }),
    })
    const folder = newFolder()
    await trained(folder, {}, 7, of(layers()))
    const [first, block, activation, last] = layers() as [Net, Net, Net, Net]
    const swapped = of([first, activation, block, last])
    for (const [other, message] of [
      [of(layers(), { reg: 10 }), 'another run: model.reg was 0 and is 10; go on'],
      [of(layers(0.6)), 'model.net.layers[1].layers[0].layers[1].keepProb was 0.5 and is 0.6; go on'],
      [of(layers(0.5, 0.1)), 'model.net.layers[1].layers[0].layers[0].alpha was 0.2 and is 0.1; go on'],
      [swapped, 'model.net.layers[1].type was "residual" and is "tanh"'],
      [of([first, block, sigmoid, last]), 'model.net.layers[2].type was "tanh" and is "sigmoid"; go on'],
      [of(layers(), { task: classification({ loss: 'svm' }) }), 'model.task.loss was "softmax" and is "svm"; go on'],
    ] as const) {
      expect(await refusal(folder, other)).toContain(message)
    }
    expect(await refusal(folder, of(layers()))).toBe('opened')
  })

  test('of a model that does not say what it is is refused, with the remedy', async () => {
    const model = classifier(network([affine(8), { ...tanh }, affine(3)]), { inShape: [6] })
    expect(await refusal(newFolder(), { ...run, model })).toBe(
      "openCheckpoints: its layer1 does not say what it is; make that layer with defineLayer('swish', () => layer)",
    )
    expect(await refusal(newFolder(), { ...run, model: { ...model, spec: 'tanh in the middle' } })).toBe('opened')
  })

  test('of version 0.1.0 is refused with how to go on, which gives the end of that run', async () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    const path = join(folder, 'step-000000008.safetensors')
    copyFileSync(join(import.meta.dirname, 'fixtures', 'step-000000008.safetensors'), path)
    const x = normal(key(1), [20, 6])
    const y = Array.from({ length: 20 }, (_, i) => i % 3)
    const model = right(
      fullyConnectedNet({ inputDim: 6, hiddenDims: [4], numClasses: 3, normalization: 'batchnorm', keepProb: 0.5 }),
    )
    const former = {
      model,
      data: { xTrain: x, yTrain: y, xVal: x, yVal: y },
      options: { updateRule: 'adam', batchSize: 5, numEpochs: 4, seed: 3 },
    } as const
    expect(await refusal(folder, former)).toContain(
      'are of an earlier version of cachegrad, which did not write down what a net is made of; to go on from one, take its state, ' +
        'const { run } = orThrow(await readCheckpoint(file)()), give it to train(model, data, options, run)',
    )
    const before = right(useBackend('js'))
    const { run: state } = right(await readCheckpoint(path)())
    const [done] = [...right(train(model, former.data, former.options, state))].flatMap((event) =>
      event._tag === 'Done' ? [event.result] : [],
    )
    right(useBackend(before.name))
    // What version 0.1.0 ended with, whose js rounded the results of an update rule, not its operations, and did not round x̂ before it was
    // scaled and shifted.
    const [loss, , last] = done?.lossHistory.slice(-3) ?? []
    expect(loss).toBeCloseTo(1.201725832967711, 7)
    expect(last).toBeCloseTo(1.0611770272957954, 7)
  })

  test('written with another backend: gone on with, and said', async () => {
    const before = right(useBackend('js'))
    const folder = newFolder()
    await trained(folder, {}, 7)
    right(useBackend('wasm-strict'))
    const { warnings, result } = await trained(folder, { resume: true })
    expect(warnings).toEqual([
      expect.stringMatching(
        /^the run was begun with the backend js, and this is wasm \(SIMD.*: the last bits may differ$/,
      ),
    ])
    expect(result?.steps).toBe(20)
    right(useBackend(before.name))
    expect(backendNames).toContain(before.name)
  })
})

describe('a damaged file', () => {
  const damage: Readonly<Record<string, (path: string) => void>> = {
    'cut off': (path) => truncateSync(path, 700),
    empty: (path) => truncateSync(path, 0),
    'one bit in the numbers': (path) => {
      const bytes = readFileSync(path)
      bytes[bytes.length - 9] = (bytes.at(-9) as number) ^ 4
      writeFileSync(path, bytes)
    },
    'one digit in the metadata': (path) => {
      const text = readFileSync(path, 'latin1')
      writeFileSync(path, text.replace('stepsPerEpoch\\":5', 'stepsPerEpoch\\":6'), 'latin1')
    },
    'no longer a file': (path) => {
      rmSync(path)
      mkdirSync(path)
    },
  }
  for (const [name, spoil] of Object.entries(damage)) {
    test(`${name}: the one before is taken, and it is said`, async () => {
      const folder = newFolder()
      await trained(folder, { every: 1 }, 9)
      spoil(join(folder, 'step-000000009.safetensors'))
      const { result, warnings } = await trained(folder, { resume: true })
      expect(warnings).toEqual([
        expect.stringMatching(/step-000000009.safetensors.*; step-000000008.safetensors, the one before, is taken$/),
      ])
      expect(comparable(result as Result)).toEqual(comparable(whole()))
    })
  }

  test('and no whole one: nothing is begun anew without being asked', async () => {
    const folder = newFolder()
    await trained(folder, { every: 1 }, 9)
    for (const name of files(folder)) truncateSync(join(folder, name), 500)
    expect(await refusal(folder)).toMatch(
      /^each of the 2 checkpoints in .* is damaged \(.*step-000000009.safetensors.*\); to begin anew, remove that folder or name another$/,
    )
  })
})

describe('after a damaged file', () => {
  test('the run writes on, and the damaged one does not count as the newest', async () => {
    const folder = newFolder()
    await trained(folder, {}, 12)
    expect(files(folder)).toEqual(['step-000000005.safetensors', 'step-000000010.safetensors'])
    truncateSync(join(folder, 'step-000000010.safetensors'), 700)
    await trained(folder, { resume: true, every: 1, keep: 1 }, 8)
    expect(files(folder)).toEqual(['step-000000008.safetensors', 'step-000000010.safetensors.damaged'])
    const { result } = await trained(folder, { resume: true })
    expect(comparable(result as Result)).toEqual(comparable(whole()))
  })

  test('that is the only one', async () => {
    const folder = newFolder()
    await trained(folder, { every: 3, keep: 1 }, 4)
    truncateSync(join(folder, 'step-000000003.safetensors'), 700)
    expect(await refusal(folder)).toMatch(
      /^the only checkpoint in .* is damaged \(.*\); to begin anew, remove that folder/,
    )
  })

  onPosix.test('a pipe of that name is no file', async () => {
    const folder = newFolder()
    await trained(folder, { every: 3 }, 4)
    execFileSync('mkfifo', [join(folder, 'step-000000009.safetensors')])
    expect((await trained(folder, { resume: true })).warnings).toEqual([
      expect.stringContaining('this is no file but a folder or a device; step-000000003.safetensors, the one before'),
    ])
  })
})

describe('a file that somebody made', () => {
  const good = async () => {
    const folder = newFolder()
    await trained(folder, { every: 3 }, 4)
    const path = join(folder, 'step-000000003.safetensors')
    return { path, folder, checkpoint: right(await readCheckpoint(path)()) }
  }
  const opened = async (change: Partial<Checkpoint>): Promise<string> => {
    const { path, folder, checkpoint } = await good()
    writeFileSync(path, encodeCheckpoint({ ...checkpoint, ...change }))
    return refusal(folder)
  }
  /** A file with a right sum that says something else of its run than `encodeCheckpoint` lets it. */
  const forged = async (description: Json): Promise<string> => {
    const { path, folder, checkpoint } = await good()
    const { tensors, metadata } = right(decodeSafetensors('', encodeCheckpoint(checkpoint)))
    const state = JSON.stringify({ ...JSON.parse(metadata.state as string), description })
    const zeros = '0'.repeat(64)
    const bytes = Buffer.from(encodeSafetensors(tensors, { ...metadata, state, sha256: zeros }))
    const sum = createHash('sha256').update(bytes).digest('hex')
    bytes.write(sum, bytes.indexOf(zeros), 'latin1')
    writeFileSync(path, bytes)
    return refusal(folder)
  }
  const deep = (levels: number): Json => (levels === 0 ? 1 : { a: deep(levels - 1) })

  test('with a sum that is right, and what cannot be gone on from', async () => {
    expect(await opened({})).toBe('opened')
    expect(await forged(null)).toContain('there is no description')
    expect(await forged([])).toContain('there is no description')
    expect(await forged({ a: deep(100) })).toContain('it has more than 32 levels')
    expect(await opened({ description: { constructor: 'x' } })).toContain('constructor was "x" and is not given')
  })

  test('and what nobody could go on from is not written', async () => {
    const { checkpoint } = await good()
    const said = (change: object) => () => encodeCheckpoint({ ...checkpoint, ...change })
    expect(said({ description: null })).toThrow('description must be values by name, but got null')
    expect(said({ description: { a: deep(100) } })).toThrow('the description cannot be written to a checkpoint')
    expect(said({ run: {} })).toThrow('weights must have params and state, but got undefined')
    expect(said({ run: { ...checkpoint.run, lossHistory: 'x' } })).toThrow('lossHistory must be a list of numbers')
  })

  test('of another version of this library is gone on with, and it is said', async () => {
    const { path, folder, checkpoint } = await good()
    writeFileSync(path, encodeCheckpoint({ ...checkpoint, library: '0.0.9' }))
    expect((await trained(folder, { resume: true })).warnings).toEqual([
      expect.stringMatching(/^the checkpoint is of cachegrad 0\.0\.9, and this is [\d.]+: the last bits may differ$/),
    ])
  })

  test('names that would meet are not written', async () => {
    const { checkpoint } = await good()
    const { configs } = checkpoint.run
    const W1 = configs.W1 as RuleConfigs[string]
    const run_ = { ...checkpoint.run, configs: { ...configs, 'W1/a': W1, W1: { ...W1, 'a/m': zeros([1]) } } }
    expect(() => encodeCheckpoint({ ...checkpoint, run: run_ })).toThrow('two tensors would be named slots/W1/a/m')
  })
})

test('an update that makes weights infinite leaves no checkpoint', async () => {
  const of: Run = { ...run, options: { optimConfig: { learningRate: 1e39 }, numEpochs: 2 } }
  const folder = newFolder()
  const { result, warnings } = await trained(folder, { every: 1 }, undefined, of)
  expect(result?.status).toBe('diverged')
  expect(warnings).toEqual([])
  expect(files(folder)).toEqual([])
})

test('weights, statistics and slots that are not finite are no checkpoint', async () => {
  const folder = newFolder()
  await trained(folder, {}, 7)
  const checkpoint = right(await readCheckpoint(join(folder, files(folder).at(-1) as string))())
  const { W1 } = checkpoint.run.configs
  const spoilt = { ...W1, velocity: full([1], Number.POSITIVE_INFINITY) } as unknown as RuleConfigs[string]
  const configs = { ...checkpoint.run.configs, W1: spoilt }
  expect(() => encodeCheckpoint({ ...checkpoint, run: { ...checkpoint.run, configs } })).toThrow(
    'slots/W1/velocity holds a NaN or an infinity, so no checkpoint is written',
  )
})

test('a listener that throws does not end the run', async () => {
  const folder = newFolder()
  const throwing = () => {
    throw new Error('a listener')
  }
  const checkpoints = right(await openCheckpoints(folder, run, { every: 1, onWarning: throwing })())
  rmSync(folder, { recursive: true })
  for (const event of right(train(model, data, options))) await checkpoints.see(event)
  expect(E.isLeft(await checkpoints.close())).toBe(true)
})

describe('what cannot be written', () => {
  test('a folder in the place of a file, and no folder at all', async () => {
    const folder = newFolder()
    writeFileSync(folder, 'a file')
    expect(await refusal(folder)).toBe(
      `the checkpoint folder ${folder} cannot be used: a part of the path is a file, not a folder (EEXIST)`,
    )
    expect(await refusal(join(folder, 'below'))).toContain('a part of the path is a file, not a folder (ENOTDIR)')
  })

  test('options that do not fit', async () => {
    const given = (wrong: object) => refusal(newFolder(), run, wrong as CheckpointOptions)
    expect(await given({ every: 0 })).toBe('openCheckpoints: every must be an integer ≥ 1, but got 0')
    expect(await given({ keep: 1.5 })).toContain('keep must be an integer ≥ 1')
    expect(await given({ evry: 5 })).toContain("did you mean 'every'?")
    const solver = (wrong: object) => refusal(newFolder(), { ...run, options: wrong as SolverOptions })
    expect(await solver({ btchSize: 8 })).toContain("solver: unknown option 'btchSize'; did you mean 'batchSize'?")
    expect(await refusal(newFolder(), { ...run, data: {} as Data })).toContain('data: xTrain is missing')
  })

  test('a rule that keeps a function: told once, and the training goes on', async () => {
    const rule: UpdateRule<{ learningRate: number; make?: () => void }> = (w, _dw, config) => [
      w,
      { learningRate: config?.learningRate ?? 1, make: () => {} },
    ]
    const of: Run = { ...run, options: { updateRule: rule as unknown as UpdateRule<never>, numEpochs: 2 } }
    const { result, warnings, closed } = await trained(newFolder(), {}, undefined, of)
    expect(result?.status).toBe('finished')
    expect(warnings).toEqual([
      "the rule's make of W1 cannot be written to a checkpoint: it is a function; rules keep numbers and tensors; the training goes on, and older checkpoints stay",
    ])
    expect(E.isLeft(closed)).toBe(true)
  })

  // Permissions do not hold root back, so root becomes nobody for a while.
  const NOBODY = 65_534
  const withoutPower = async <A>(folder: string, body: () => Promise<A>): Promise<A> => {
    if (!isRoot) return body()
    for (const path of [dirname(folder), folder]) chownSync(path, NOBODY, NOBODY)
    process.seteuid?.(NOBODY)
    return body().finally(() => process.seteuid?.(0))
  }

  test('a folder without permission to write: one warning, and the training goes on', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    chmodSync(folder, 0o500)
    const { result, warnings } = await withoutPower(folder, () => trained(folder))
    expect(result?.status).toBe('finished')
    expect(warnings).toEqual([
      `the checkpoint ${join(folder, 'step-000000005.safetensors')} cannot be written: no permission (EACCES); the training goes on, and older checkpoints stay`,
    ])
    expect(files(folder)).toEqual([])
  })

  const disk = join(newFolder(), '..')
  const isMounted = (() => {
    try {
      if (isRoot) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' })
      return isRoot
    } catch {
      return false
    }
  })()
  afterAll(() => void (isMounted && execFileSync('umount', [disk])))

  where(isMounted, 'needs the right to mount a small disk').test(
    'a full disk: one warning, the training goes on, the old checkpoint stays whole',
    async () => {
      const folder = join(disk, 'run')
      await trained(folder, { every: 1, keep: 1 }, 6)
      const kept = readFileSync(join(folder, 'step-000000006.safetensors'))
      const room = 64 * 1024 - kept.length
      writeFileSync(join(disk, 'filler'), Buffer.alloc(room - (room % 4096)))
      const { result, warnings, closed } = await trained(folder, { every: 1, keep: 1, resume: true })
      expect(result?.status).toBe('finished')
      expect(warnings).toEqual([
        `the checkpoint ${join(folder, 'step-000000007.safetensors')} cannot be written: the disk is full (ENOSPC); the training goes on, and older checkpoints stay`,
      ])
      expect(E.isLeft(closed)).toBe(true)
      expect(files(folder)).toEqual(['step-000000006.safetensors'])
      expect(readFileSync(join(folder, 'step-000000006.safetensors'))).toEqual(kept)
      // When there is room again, the run goes on from there.
      rmSync(join(disk, 'filler'))
      expect(comparable((await trained(folder, { resume: true })).result as Result)).toEqual(comparable(whole()))
    },
  )
})
