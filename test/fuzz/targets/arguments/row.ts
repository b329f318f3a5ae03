/** Makes an argument anew for each call. */
export type Given = () => unknown

/** A call with arguments that fit. */
export interface Row {
  readonly name: string
  readonly call: (...values: never[]) => unknown
  readonly given: readonly Given[]
}

/** Of each function by name, one list of arguments a call. */
export type Calls<Names extends PropertyKey> = { readonly [N in Names]?: readonly (readonly Given[])[] }

/** What needs more than one call to be seen, e.g. what a function returns. */
export type Uses = Readonly<Record<string, readonly [call: (...values: never[]) => unknown, ...given: Given[]]>>

/** A part of the table: functions of an entry. */
export const rowsOf = <M extends object>(entry: M, calls: Calls<keyof M>, uses: Uses = {}): readonly Row[] => [
  ...Object.entries(calls).flatMap(([name, lists]) =>
    (lists as readonly (readonly Given[])[]).map((given) => ({
      name,
      call: entry[name as keyof M] as Row['call'],
      given,
    })),
  ),
  ...Object.entries(uses).map(([name, [call, ...given]]) => ({ name, call, given })),
]

/** Of a module's exports, the functions that are called; classes of errors are made, not called. */
export const functionsOf = (entry: object): readonly string[] =>
  Object.entries(entry).flatMap(([name, value]) =>
    typeof value === 'function' && !(value.prototype instanceof Error) ? [name] : [],
  )
