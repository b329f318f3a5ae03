// Under which subject a name stands follows from the file that declares it; without a line here it is called like its folder.
import { CommentTag, Converter } from 'typedoc'

/** The first line whose pattern a path in src begins with; the site shows subjects in this order. */
export const subjects = [
  [/tensor\//, 'Tensors'],
  [/random\//, 'Random numbers'],
  [
    /layers\/(affine|relu|leakyRelu|gelu|sigmoid|tanh|scale|add|mul|dropout)\.ts/,
    'Layers: affine, activations, dropout',
  ],
  [/layers\/(conv|pool|maxPool|avgPool|globalAvgPool|flatten|im2col|window)\.ts/, 'Layers: convolution'],
  [/layers\/(batchnorm|batchnormLayer|spatialBatchnorm|layernorm|groupnorm)\.ts/, 'Layers: normalization'],
  [/layers\/(affineRelu|affineNormRelu|convRelu|blocks|convBlocks)\.ts/, 'Layers: blocks'],
  [/layers\/\w+(Loss|Error)\.ts/, 'Losses'],
  [/layers\/(gradientCheck|numericalGradient)\.ts|models\/gradientCheckModel\.ts/, 'Gradient checks'],
  [/layers\//, 'Nets made of layers'],
  [/models\/(task|classification|regression|yesOrNo)\.ts/, 'Tasks'],
  [/metrics\//, 'Metrics'],
  [/models\//, 'Models'],
  [/optim\/(schedules|reduceOnPlateau)\.ts/, 'Learning rate schedules'],
  [/optim\//, 'Update rules'],
  [/metrics\//, 'Metrics'],
  [/solver\/(evaluate|predict|views)\.ts/, 'Evaluation and prediction'],
  [/solver\//, 'Training'],
  [/(kernels|relaxed)\//, 'Backends'],
  [/data\/mnist\/|data\/digits\.ts/, 'MNIST'],
  [/data\/cifar10\//, 'CIFAR-10 and CIFAR-100'],
  [/data\/images\//, 'Pictures'],
  [/data\/strokes\//, 'Strokes'],
  [/data\/table\//, 'Tables'],
  [/data\//, 'Loading'],
  [/checkpoint\//, 'Checkpoints'],
  [/formats\/(netFile|trainedNet|weights)\.ts/, 'Trained nets'],
  [/formats\/onnx/, 'ONNX'],
  [/formats\/(npy|npz)\.ts/, 'NumPy'],
  [/formats\/safetensors/, 'safetensors'],
  [/formats\//, 'Files'],
  [/report\/logs\//, 'Logs'],
  [/report\/run\//, 'The page about a run'],
  [/report\/sweep\//, 'The page about a sweep'],
  [/report\/page\//, 'Pictures and curves'],
  [/sweep\/(space|trial)/, 'Spaces and trials'],
  [/sweep\/sampler/, 'Samplers'],
  [/sweep\/(pruner|engine\/reporting)/, 'Pruners'],
  [/sweep\/(engine|threads|threadPool|records)/, 'Worker pools'],
  [/sweep\/journal/, 'Journals'],
  [/sweep\/(importance|table)/, 'What trials tell'],
  [/sweep\//, 'Sweeps'],
  [/queue\//, 'Queues'],
  [/\w*\/?errors(\/|\.ts)/, 'Errors'],
]

const subjectOf = (reflection) => {
  const path = reflection.sources?.[0]?.fileName.replace(/^.*src\//, '')
  const [, subject] = subjects.find(([pattern]) => new RegExp(`^(?:${pattern.source})`).test(path)) ?? []
  return subject ?? path.split('/')[0]
}

export const load = ({ converter }) => {
  converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    ({ project }) => {
      for (const entry of project.children ?? []) {
        entry.comment?.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: 'Reference' }]))
        for (const reflection of entry.children ?? []) {
          const { comment = reflection.signatures?.[0]?.comment } = reflection
          // What has no comment is told of, and gets none here.
          comment?.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: subjectOf(reflection) }]))
        }
      }
    },
    100,
  )
}
