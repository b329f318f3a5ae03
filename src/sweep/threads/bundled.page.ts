import type * as node from './bundled.ts'

export const bringWorker: typeof node.bringWorker = () => {}
