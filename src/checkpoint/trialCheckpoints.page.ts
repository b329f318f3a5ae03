import type * as node from './trialCheckpoints.ts'

/** In a page a trial that was interrupted begins again. */
export const trialCheckpoints: typeof node.trialCheckpoints = async () => ({ from: undefined, see: async () => {} })
