import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isNet } from './contestants.ts'
import { workloads } from './workloads.ts'

/** How the time of the median of some steps divides among the kernels. Prints Markdown: npx tsx bench/divide.ts [C3 [9]] */

const [name = 'C3', steps = '9'] = process.argv.slice(2)
const nets = workloads.filter((workload) => isNet(workload) && !workload.evaluate)
const workload = nets.find((candidate) => candidate.name === name)
if (workload === undefined) {
  process.stderr.write(`there is no '${name}'; there are ${nets.map((net) => net.name).join(', ')}\n`)
  process.exit(1)
}
const peer = fileURLToPath(new URL('peers/divide.mjs', import.meta.url))
process.exitCode =
  spawnSync(process.execPath, [peer, steps, JSON.stringify(workload)], { stdio: 'inherit' }).status ?? 1
