// `readonly [out: Tensor, cache: C]` keeps its labels where TypeDoc finds the type and not its text: what a function returns.
import { Converter, NamedTupleMember } from 'typedoc'

const labelled = (type, found, checker) => {
  const parts = found.aliasTypeArguments ?? (found.target === undefined ? [] : checker.getTypeArguments(found))
  if (type?.type === 'reference' && type.typeArguments?.length === parts.length)
    for (const [i, part] of type.typeArguments.entries()) labelled(part, parts[i], checker)
  if (type?.type !== 'typeOperator' || type.target.type !== 'tuple') return
  const labels = found.target?.labeledElementDeclarations ?? []
  type.target.elements = type.target.elements.map((element, i) =>
    labels[i] === undefined || element instanceof NamedTupleMember
      ? element
      : new NamedTupleMember(labels[i].name.getText(), labels[i].questionToken !== undefined, element),
  )
}

export const load = ({ converter }) => {
  converter.on(Converter.EVENT_CREATE_SIGNATURE, ({ checker }, reflection, _declaration, signature) => {
    if (signature !== undefined) labelled(reflection.type, checker.getReturnTypeOfSignature(signature), checker)
  })
}
