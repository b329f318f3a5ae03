import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** What a test that did not run needs, from its own title or that of a group around it (where.ts). */
const needsOf = (test: TestCase): string => {
  for (let task: TestCase | TestCase['parent'] = test; task.type !== 'module'; task = task.parent) {
    const [, needs] = /\(left out: (.*)\)$/.exec(task.name) ?? []
    if (needs !== undefined) return needs
  }
  return 'no reason given: a filter, or a skip without where.ts'
}

/** The last lines of a run: how many tests were left out, and what they need. */
export const leftOut = (): Reporter => ({
  onTestRunEnd: (modules: readonly TestModule[]): void => {
    const counts = new Map<string, number>()
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const needs = needsOf(test)
        counts.set(needs, (counts.get(needs) ?? 0) + 1)
      }
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    console.log(`${total === 1 ? '1 test was' : `${total} tests were`} left out${total === 0 ? '' : ':'}`)
    for (const [needs, count] of counts) console.log(`  ${count}  ${needs}`)
  },
})
