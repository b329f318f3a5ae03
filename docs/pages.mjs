// A page is called what its first heading says. Its icons are those that the page itself holds, since a page on a disk may read no other file.
import { Converter, PageEvent, ReflectionKind } from 'typedoc'

const HEADING = /^# (.+)\n+/

/** Takes the heading off a text, since the site shows it as the page's title. */
const titleOf = (parts) => {
  const [heading, title] = HEADING.exec(parts?.[0]?.text ?? '') ?? []
  if (heading !== undefined) parts[0].text = parts[0].text.slice(heading.length)
  return title?.replaceAll('`', '')
}

/** Pages of the project; all others are guides. */
export const projectPages = ['ARCHITECTURE', 'CONTRIBUTING', 'SECURITY', 'CHANGELOG', 'bench/README', 'bench/results']

const isOfProject = ({ name }) => projectPages.some((path) => path.split('/').at(-1) === name)

export const load = ({ converter, renderer }) => {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    titleOf(project.readme)
    for (const page of project.getReflectionsByKind(ReflectionKind.Document)) {
      page.frontmatter.category = isOfProject(page) ? 'The project' : 'Guides'
      page.name = titleOf(page.content) ?? page.name
    }
  })
  renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents?.replace(/"[^"]*assets\/icons\.svg#/g, '"#')
  })
}
