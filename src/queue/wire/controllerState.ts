import { identityOf, type Study } from '../../sweep/index.ts'
import { codeHash } from './codeHash.ts'
import { dataHash } from './dataHash.ts'

/** What controller and workers must have in common. */
export interface Version {
  /** `codeHash` of the module. */
  readonly code: string
  /** `dataHash` of what the study loads. */
  readonly data: string
  /** `identityOf` the study. */
  readonly study: string
}

const statuses = ['running', 'stopped', 'finished'] as const

/** What a controller says of itself. */
export interface ControllerState extends Version {
  /** Another one when what lies in Redis is of no use to the study any more. */
  readonly session: string
  /** Another one for each process. */
  readonly controller: string
  /** 'stopped': workers drop what they do and wait for the next controller; 'finished': they may go. */
  readonly status: (typeof statuses)[number]
  /** `arithmetic` there. */
  readonly arithmetic: string
}

export const versionOf = (study: Study, module: string, data: unknown): Version => ({
  code: codeHash(module),
  data: dataHash(data),
  study: identityOf(study),
})

const short = (hash: string): string => hash.slice(0, 12)

/** Why one cannot work for the other; undefined where it can. */
export const differenceOf = (here: Version, there: Version): string | undefined => {
  if (here.study !== there.study) {
    return `the study here is another one than the controller's: ${here.study} instead of ${there.study}`
  }
  if (here.code !== there.code) {
    return `the code here (${short(here.code)}) is not the controller's (${short(there.code)}); check out the same commit and run npm ci on both`
  }
  if (here.data !== there.data) {
    return `the data set here (${short(here.data)}) is not the controller's (${short(there.data)}); give both the same files`
  }
  return undefined
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** Undefined for what is no state. */
export const parseControllerState = (text: string | null): ControllerState | undefined => {
  if (text === null) return undefined
  const { session, controller, status, arithmetic, code, data, study } = recordOf(text)
  if (![session, controller, arithmetic, code, data, study].every(isText)) return undefined
  const known = statuses.find((one) => one === status)
  return known && ({ session, controller, status: known, arithmetic, code, data, study } as ControllerState)
}

/** The fields of a JSON object; none where it is no such thing. */
export const recordOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
