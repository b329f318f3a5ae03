// The JavaScript side of the protocol of a peer.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export * from './data.mjs'

export const workload = () => JSON.parse(process.argv.at(-1))

/** The version of a package that is installed here. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url))).version

export const unable = (why) => {
  console.log(JSON.stringify({ unable: why }))
  process.exit(0)
}

export const serve = async (description, run) => {
  console.log(JSON.stringify({ description }))
  for await (const line of createInterface({ input: process.stdin })) console.log(String(await run(Number(line))))
  process.exit(0)
}
