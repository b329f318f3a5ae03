import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { leftOut } from './test/leftOut.ts'

// `npm test` runs the fast ones. Slow is what kills processes, starts servers, browsers, Python or many scripts, damages every byte of a
// file, or takes many seconds of a processor.
const slow = 'test/**/*.slow.test.ts'

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // All processors, where vitest would leave one free.
    maxWorkers: availableParallelism(),
    reporters: ['default', leftOut()],
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [slow],
          // Half of the time would go into importing the same modules again for each file.
          isolate: false,
          setupFiles: ['test/leavesNothing.ts'],
        },
      },
      // One file after another: their processes share the processors, and leases and silences run by the clock.
      { extends: true, test: { name: 'slow', include: [slow], fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
})
