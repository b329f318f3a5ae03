/** Results of many promises, each once, in the order of completion; what each costs does not grow with how many are expected. */
export interface CompletionQueue<A> {
  readonly add: (promise: Promise<A>) => void
  /** Rejects where the promise that comes next was rejected. */
  readonly next: () => Promise<A>
}

export const completionQueue = <A>(): CompletionQueue<A> => {
  const come: (() => A)[] = []
  let wake = (): void => {}
  const arrive = (result: () => A): void => {
    come.push(result)
    wake()
  }
  const fail = (reason: unknown): never => {
    throw reason
  }
  return {
    add: (promise) => {
      promise.then(
        (value) => arrive(() => value),
        (reason: unknown) => arrive(() => fail(reason)),
      )
    },
    next: async () => {
      if (come.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return (come.shift() as () => A)()
    },
  }
}
