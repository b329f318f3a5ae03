// `affineForward` in a comment or a guide becomes a link to what is public under that name.
import { Comment, Converter, ReflectionKind } from 'typedoc'

const NAME = /^`(\w+)(\(\))?`$/

const namesOf = (project) => {
  const names = new Map()
  for (const entry of project.children ?? [])
    for (const reflection of entry.children ?? []) {
      const others = names.get(reflection.name) ?? []
      names.set(reflection.name, [...others, reflection])
    }
  return names
}

const entryOf = (reflection) => {
  for (let at = reflection; at !== undefined; at = at.parent) if (at.kindOf(ReflectionKind.Module)) return at
  return undefined
}

/** Of several of one name that of the same entry, else none: a link that may be wrong helps nobody. */
const targetOf = (name, from, names) => {
  const known = names.get(name) ?? []
  const near = known.find((other) => entryOf(other) === entryOf(from))
  const target = near ?? (known.length === 1 ? known[0] : undefined)
  return target === from || target === from.parent ? undefined : target
}

const linked = (parts, from, names) =>
  parts.map((part) => {
    const [, name] = (part.kind === 'code' && NAME.exec(part.text)) || []
    const target = name === undefined ? undefined : targetOf(name, from, names)
    return target === undefined ? part : { kind: 'inline-tag', tag: '@linkcode', text: name, target }
  })

/** The lines of an example stand below each other, wherever the tag has put the first one, which follows the fence. */
const dedented = (text) => {
  const [fence, first, ...rest] = text.split('\n')
  const indents = rest.filter((line) => /^\s+\S/.test(line)).map((line) => line.search(/\S/))
  const inner = Math.min(...indents)
  return [fence, first, ...rest.map((line) => (line.startsWith(' ') ? line.slice(inner) : line))].join('\n')
}

/** Names in a list of options are those of options. */
const namesOptions = ({ tag, name }) => tag === '@param' && (name === 'options' || name === 'settings')

export const load = ({ converter }) => {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const names = namesOf(project)
    for (const reflection of Object.values(project.reflections)) {
      if (reflection.isDocument()) {
        reflection.content = linked(reflection.content, reflection, names)
        continue
      }
      const { comment } = reflection
      if (!(comment instanceof Comment)) continue
      comment.summary = linked(comment.summary, reflection, names)
      for (const tag of comment.blockTags) {
        if (namesOptions(tag)) continue
        if (tag.tag === '@example') for (const part of tag.content) part.text = dedented(part.text)
        else tag.content = linked(tag.content, reflection, names)
      }
    }
  })
}
