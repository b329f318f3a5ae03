// A page is called what its first heading says. The icons of a page are those that the page itself holds, since a page on a disk may read no other file.
import { Converter, PageEvent, ReflectionKind } from 'typedoc'

const HEADING = /^# (.+)\n+/

const titleOf = (text = '') => HEADING.exec(text)?.[1]?.replaceAll('`', '')

/** Pages of the project; all others are guides. */
export const projectPages = [
  'ARCHITECTURE',
  'CONTRIBUTING',
  'SECURITY',
  'CHANGELOG',
  'bench/README',
  'bench/results',
  'examples/README',
]

export const load = ({ converter, renderer }) => {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    // Above README.md the site has its name already.
    const [first] = project.readme ?? []
    if (first !== undefined) first.text = first.text.replace(HEADING, '')
    for (const page of project.getReflectionsByKind(ReflectionKind.Document)) {
      page.frontmatter.category = projectPages.includes(page.name) ? 'The project' : 'Guides'
      page.name = titleOf(page.content[0]?.text) ?? page.name
    }
  })
  renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents?.replace(/"[^"]*assets\/icons\.svg#/g, '"#')
  })
}
