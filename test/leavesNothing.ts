import { afterAll, beforeAll, expect } from 'vitest'
import { backend, useBackend } from '../src/index.ts'

// Test files share a process, which saves half the time: what one leaves changed, the next would meet.
const world = () => ({
  backend: backend().description,
  variables: { ...process.env },
  folder: process.cwd(),
  log: console.log,
})

let before: ReturnType<typeof world>
let name: ReturnType<typeof backend>['name']
beforeAll(() => {
  before = world()
  name = backend().name
})
afterAll(() => {
  useBackend(name)
  expect(world()).toEqual(before)
})
