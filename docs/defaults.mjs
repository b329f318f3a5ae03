// `batchSize?: number = 100`: an option's default stands in its declaration, `batchSize: withDefault(100, positiveInteger)`.
import { Converter, ReflectionKind } from 'typedoc'

/** What is given unless the option is, as far as that can be read in one line. */
const defaultOf = (declaration, checker) => {
  const call = declaration?.initializer
  if (call?.expression?.getText() !== 'withDefault') return undefined
  const given = call.arguments[0]
  const { value } = checker.getTypeAtLocation(given)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return `'${value}'`
  const text = given.getText()
  return text.includes('=>') || text.includes('\n') ? undefined : text
}

export const load = ({ converter }) => {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (context, property) => {
    if (!property.kindOf(ReflectionKind.Property) || !property.parent?.kindOf(ReflectionKind.Interface)) return
    const declarations = context.getSymbolFromReflection(property)?.declarations ?? []
    property.defaultValue = declarations
      .map((declaration) => defaultOf(declaration, context.checker))
      .find((text) => text !== undefined)
  })
  converter.on(Converter.EVENT_CREATE_PARAMETER, (_context, parameter, node) => {
    if (parameter.defaultValue === '...') parameter.defaultValue = node?.initializer?.getText()
  })
}
