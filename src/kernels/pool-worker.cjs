// A thread of the pool (pool.ts): it waits for parts of a kernel's call and runs them, and never comes back to its event
// loop. scripts/build-wasm.mjs inlines this text, so that no loader and no bundler has to find a file.
const serve = ({ memory, module, names, blas, control, layout, thread }) => {
  const { TICKET, DONE, READY, SLEEPING, FAILED, KERNEL, WORDS, WIDTH, PARTS } = layout
  // How often a thread looks before it lies down: longer than the pauses between the kernels of a small net's step.
  const LOOKS = 100_000

  const words = new Int32Array(memory.buffer, control, WORDS)
  const a = new Float64Array(memory.buffer, control + 4 * WORDS, WIDTH * PARTS)
  const product = blas === undefined ? () => {} : require(blas.koffi).load(blas.file).func(blas.prototype)
  const env = { memory, product, base: blas === undefined ? 0 : blas.base, thread }
  const { exports: kernels } = new WebAssembly.Instance(module, { env })
  const calls = [...names.map((name) => kernels[name]), product]

  const run = (call, i) => {
    // biome-ignore format: the sixteen numbers of a part
    a[i] = call(a[i], a[i + 1], a[i + 2], a[i + 3], a[i + 4], a[i + 5], a[i + 6], a[i + 7], a[i + 8], a[i + 9], a[i + 10], a[i + 11], a[i + 12], a[i + 13], a[i + 14], a[i + 15])
  }

  Atomics.add(words, READY, 1)

  for (let looks = 0; ; ) {
    const ticket = Atomics.load(words, TICKET)
    const part = ticket & 255
    if (part === 0) {
      if (++looks < LOOKS) continue
      Atomics.add(words, SLEEPING, 1)
      Atomics.wait(words, TICKET, ticket)
      Atomics.sub(words, SLEEPING, 1)
      looks = 0
    } else if (Atomics.compareExchange(words, TICKET, ticket, ticket - 1) === ticket) {
      looks = 0
      try {
        run(calls[words[KERNEL]], part * WIDTH)
      } catch {
        Atomics.store(words, FAILED, 1)
      }
      Atomics.add(words, DONE, 1)
    }
  }
}

// A thread that cannot begin ends here, and is not missed.
serve(require('node:worker_threads').workerData)
