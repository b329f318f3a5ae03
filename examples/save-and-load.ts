// A trained net in one file, and used again without the code that made it.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argmaxRows, fullyConnectedNet, inputOf, orThrow, solve } from 'cachegrad'
import { strokes } from 'cachegrad/data'
import { loadNet, predict, saveNet } from 'cachegrad/formats'

const path = join(mkdtempSync(join(tmpdir(), 'cachegrad-')), 'digits.safetensors')
const { train, test } = orThrow(strokes({ numTrain: 2000, numTest: 5 }))
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [64], numClasses: 10 }))
const { weights } = orThrow(solve(model, { xTrain: train.x, yTrain: train.y }, { updateRule: 'adam', numEpochs: 5 }))
const classNames = [...'0123456789']
orThrow(await saveNet(path, { model, weights, input: inputOf(train.x), classNames })())

// The file knows how bytes are preprocessed, so bare pixels are enough.
const net = orThrow(await loadNet(path)())
const classes = argmaxRows(predict(net, test.x.data))
console.log('seen', Array.from(classes, (c) => net.classNames?.[c]).join(' '), 'true', test.y.join(' '))
