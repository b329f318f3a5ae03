import { type Declaration, isRecord, listOf, type Requirement, requirement, shown } from '../../errors/index.ts'
import { messageOf } from '../../files/index.ts'
import { ReportError } from '../errors.ts'

export const aText = requirement<string>('a text', (value) => typeof value === 'string')
export const aNumber = requirement<number>('a number', (value) => typeof value === 'number')
/** Milliseconds since 1970, of a day that there is. */
export const aDate = requirement<number>(
  'a time in milliseconds since 1970',
  (value) => typeof value === 'number' && !Number.isNaN(new Date(value).getTime()),
)
export const aRecord = requirement<object>('a record', isRecord)
export const numbers = listOf(aNumber)
export const records = listOf(aRecord)
/** Names with their values. */
export const facts = listOf(
  requirement<readonly [string, string]>(
    '[name, value], two texts',
    (value) => Array.isArray(value) && value.length === 2 && value.every(aText.holds),
  ),
)
/** What may be absent. */
export const perhaps = ({ expected, holds }: Requirement): Requirement =>
  requirement(expected, (value) => value === undefined || holds(value))

/**
 * A page of a record that others may have made: what does not fit is told of by its name
 *
 * @param where   the function's name
 * @param fields  what of the record is looked at before it is drawn
 * @param remedy  what to give instead
 * @throws        ReportError
 */
export const drawn = (
  where: string,
  record: unknown,
  fields: Declaration,
  remedy: string,
  draw: () => string,
): string => {
  if (!isRecord(record)) throw new ReportError(`${where}: record must be ${remedy}, but got ${shown(record)}`)
  for (const [name, { expected, holds }] of Object.entries(fields)) {
    if (holds(record[name])) continue
    throw new ReportError(
      `${where}: ${name} of the record must be ${expected}, but got ${shown(record[name])}; give ${remedy}`,
    )
  }
  try {
    return draw()
  } catch (reason) {
    if (!(reason instanceof TypeError || reason instanceof RangeError)) throw reason
    throw new ReportError(
      `${where}: something in the record is of another kind than it should be (${messageOf(reason)}); give ${remedy}`,
      { cause: reason },
    )
  }
}
