import { readdirSync, readFileSync } from 'node:fs'
import { projectPages } from './pages.mjs'
import { subjects } from './subjects.mjs'

const root = new URL('../', import.meta.url)
const packageOf = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

const entryPoints = Object.values(packageOf.exports).flatMap(({ types }) =>
  types === undefined ? [] : [`../src/${types.slice('./dist/'.length).replace('.d.ts', '.ts')}`],
)

/** Pages in the order in which README.md names them, then those that it does not name. */
const guides = () => {
  const named = [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/\]\(docs\/([\w-]+\.md)[)#]/g)]
  const there = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.md'))
  return [...new Set([...named.map(([, file]) => file).filter((file) => there.includes(file)), ...there])]
}

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'cachegrad',
  includeVersion: true,
  readme: '../README.md',
  projectDocuments: [...guides(), ...projectPages.map((page) => `../${page}.md`)],
  entryPoints,
  tsconfig: '../tsconfig.build.json',
  out: 'site',
  plugin: ['./pages.mjs', './subjects.mjs', './links.mjs', './tuples.mjs', './defaults.mjs'],
  customCss: 'site.css',
  // Whatever is not documented, and each link that leads nowhere, ends the build.
  validation: { notExported: true, notDocumented: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
  treatWarningsAsErrors: true,
  intentionallyNotExported: ['src/sweep/space/parameters.ts:ValueOf'],
  excludeInternal: true,
  githubPages: false,
  categorizeByGroup: false,
  sort: ['documents-first', 'alphabetical-ignoring-documents'],
  sortEntryPoints: false,
  categoryOrder: ['Guides', 'Reference', 'The project', ...subjects.map(([, subject]) => subject)],
  navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
  useFirstParagraphOfCommentAsSummary: true,
  searchInComments: true,
  searchInDocuments: true,
  hideGenerator: true,
  highlightLanguages: ['html', 'typescript', 'javascript', 'python', 'bash', 'sh', 'json', 'yaml', 'console'],
}
