// What must hold before a version is published: `npm run release`. It changes nothing, and says all that is missing.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Groups of Keep a Changelog. */
const GROUPS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']
const HEADING = /^## \[([^\]]+)\](?: - (\S+))?$/

/** What is wrong with a changelog for this version, in sentences. */
export const changelogFaults = (text, version) => {
  const headings = text.split('\n').filter((line) => line.startsWith('## '))
  const parts = headings.map((line) => HEADING.exec(line))
  const faults = headings
    .filter((_, i) => parts[i] === null)
    .map((line) => `CHANGELOG.md: '${line}' is no heading of a version, e.g. ## [0.2.0] - 2026-11-30`)
  const dated = parts.filter((part) => part !== null && part[1] !== 'Unreleased')
  for (const [, name, date] of dated)
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
      faults.push(`CHANGELOG.md: ${name} has no date; write ## [${name}] - YYYY-MM-DD`)
  const dates = dated.map(([, , date]) => date)
  if (dates.some((date, i) => i > 0 && date > dates[i - 1])) faults.push('CHANGELOG.md: the newest version comes first')
  if (dated[0]?.[1] !== version)
    faults.push(`CHANGELOG.md: the newest version is ${dated[0]?.[1] ?? 'missing'}, but package.json has ${version}`)
  for (const [, group] of text.matchAll(/^### (.+)$/gm))
    if (!GROUPS.includes(group)) faults.push(`CHANGELOG.md: '### ${group}' is none of ${GROUPS.join(', ')}`)
  const [, unreleased = ''] = /^## \[Unreleased\]\n([\s\S]*?)(?=^## )/m.exec(text) ?? []
  if (/^- /m.test(unreleased))
    faults.push('CHANGELOG.md: lines under Unreleased belong to this version; move them there')
  return faults
}

/** What is wrong with package.json, in sentences. */
export const packageFaults = ({ version, author, homepage, repository, bugs, license, files, description }) => {
  const addresses = { homepage, 'repository.url': repository?.url, 'bugs.url': bugs?.url }
  const faults = Object.entries(addresses).flatMap(([name, url]) => {
    if (url === undefined) return [`package.json: ${name} is missing`]
    return url.includes('example.com') ? [`package.json: ${name} is a placeholder, ${url}; give the real address`] : []
  })
  if (author === undefined || author === 'the authors of cachegrad')
    faults.push("package.json: author is a placeholder; give a name, e.g. 'Ada Lovelace <ada@example.org>'")
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) faults.push(`package.json: '${version}' is no version`)
  for (const [name, value] of Object.entries({ license, files, description }))
    if (value === undefined) faults.push(`package.json: ${name} is missing`)
  return faults
}

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()

const treeFaults = (version) => [
  ...(git('status', '--porcelain') === '' ? [] : ['git: the tree has changes; commit them']),
  ...(git('tag', '--list', `v${version}`) === '' ? [] : [`git: v${version} is there already; raise the version`]),
]

const lockFaults = (version) =>
  JSON.parse(read('package-lock.json')).version === version
    ? []
    : ['package-lock.json: another version; run npm install']

/** What takes time, in the order in which it is likely to fail. */
const commands = ['npm test', 'npm run docs', 'npm run test:slow']

const main = () => {
  const { version, ...rest } = JSON.parse(read('package.json'))
  const faults = [
    ...packageFaults({ version, ...rest }),
    ...lockFaults(version),
    ...changelogFaults(read('CHANGELOG.md'), version),
    ...treeFaults(version),
  ]
  for (const fault of faults) console.error(fault)
  const failed = commands.filter(
    (command) => spawnSync(command, { cwd: root, shell: true, stdio: 'inherit' }).status !== 0,
  )
  for (const command of failed) console.error(`${command} failed`)
  if (faults.length + failed.length > 0) {
    console.error(`${version} cannot be published: ${faults.length + failed.length} of the above to be mended`)
    process.exit(1)
  }
  console.log(`${version} can be published:\n  git tag v${version} && git push --tags\n  npm publish`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main()
