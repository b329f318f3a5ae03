/**
 * A time as Optuna writes it, with offset and microseconds.
 *
 * @example isoTime(0)   // '1970-01-01T00:00:00.000000+00:00'
 */
export const isoTime = (millis: number): string => new Date(millis).toISOString().replace('Z', '000+00:00')
