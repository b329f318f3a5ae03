// Opens the journal that it is told and runs trials until it is killed; says what has its result.
import * as E from 'fp-ts/lib/Either.js'
import { openJournal } from '../../src/sweep/journal/index.ts'
import { head, runTrial } from './journalHead.ts'

const [path = '', count = '0'] = process.argv.slice(2)
const say = (what: string): void => {
  process.stdout.write(`${what}\n`)
}

const journal = await openJournal(path, head)()
if (E.isLeft(journal)) {
  say(journal.left.message)
} else {
  say('open')
  const { trials } = journal.right
  const first = trials.findIndex(({ state }) => state === 'waiting')
  if (first >= 0) {
    journal.right.begin(first)
    journal.right.end(first, { state: 'failed', value: undefined, reason: 'it was killed' })
    say(`${first}`)
  }
  for (let number = trials.length; number < Number(count); number++) {
    runTrial(journal.right, number)
    say(`${number}`)
  }
  if (count === '0') setInterval(() => undefined, 1000)
}
