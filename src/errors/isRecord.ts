/** Whether a value is an object with named values: no list, no Map, Set, Date, Promise or array of numbers, whose names are none. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]'
