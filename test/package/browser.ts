import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { quiet } from '../report/chromium.ts'

/** What a page said that it should not have. */
type Complaints = readonly string[]

/** A page in the system's browser, which is spoken to by a pipe: https://chromedevtools.github.io/devtools-protocol. */
export interface Page {
  /** What an expression gives, a promise awaited. */
  readonly evaluate: <A>(expression: string) => Promise<A>
  readonly send: (method: string, params?: object) => Promise<Record<string, unknown>>
  /** Errors on the console, exceptions, and requests that failed. */
  readonly complaints: () => Complaints
}

export interface Browser {
  /**
   * Opens an address.
   *
   * @param before  a script that runs before those of the page
   */
  readonly open: (url: string, before?: string) => Promise<Page>
  readonly close: () => Promise<void>
}

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params: unknown
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

type Waiting = { readonly resolve: (result: Record<string, unknown>) => void; readonly reject: (error: Error) => void }

/** Messages end with a zero. */
const framed = (pipe: Readable, see: (message: Message) => void): void => {
  let rest = ''
  pipe.setEncoding('utf8')
  pipe.on('data', (text: string) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) see(JSON.parse(message) as Message)
  })
}

const complaintOf = ({ method, params }: Message): string | undefined => {
  const { exceptionDetails, type, args, entry } = params as {
    readonly exceptionDetails?: unknown
    readonly type?: string
    readonly args?: unknown
    readonly entry?: { readonly level: string }
  }
  if (method === 'Runtime.exceptionThrown') return JSON.stringify(exceptionDetails)
  if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(type ?? ''))
    return JSON.stringify(args)
  if (method === 'Log.entryAdded' && ['error', 'warning'].includes(entry?.level ?? '')) {
    return JSON.stringify(entry)
  }
  return undefined
}

/** Starts the browser; its own files go to this folder. */
export const startBrowser = async (program: string, folder: string): Promise<Browser> => {
  const flags = quiet.filter((flag) => !/logging|host-resolver/.test(flag))
  const child: ChildProcess = spawn(
    program,
    [...flags, '--remote-debugging-pipe', '--enable-precise-memory-info', `--user-data-dir=${folder}`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const [input, output] = [child.stdio[3] as Writable, child.stdio[4] as Readable]
  const waiting = new Map<number, Waiting>()
  const complaints = new Map<string, string[]>()
  let count = 0
  framed(output, (message) => {
    const { id, sessionId, result, error } = message
    if (id !== undefined) {
      const { resolve, reject } = waiting.get(id) as Waiting
      waiting.delete(id)
      if (error === undefined) resolve(result ?? {})
      else reject(new Error(error.message))
      return
    }
    const complaint = complaintOf(message)
    if (complaint !== undefined && sessionId !== undefined) complaints.get(sessionId)?.push(complaint)
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error('the browser has ended'))
      resolve()
    })
  })
  const send = (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      waiting.set(++count, { resolve, reject })
      input.write(`${JSON.stringify({ id: count, method, params, sessionId })}\0`)
    })

  const open: Browser['open'] = async (url, before = '') => {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
    complaints.set(sessionId, [])
    const own = (method: string, params: object = {}) => send(method, params, sessionId)
    for (const domain of ['Runtime', 'Log', 'Page']) await own(`${domain}.enable`)
    await own('Page.addScriptToEvaluateOnNewDocument', { source: before })
    await own('Page.navigate', { url })
    const evaluate = async <A>(expression: string): Promise<A> => {
      const { result, exceptionDetails } = (await own('Runtime.evaluate', {
        ...{ expression, awaitPromise: true, returnByValue: true },
      })) as { result: { value: A }; exceptionDetails?: unknown }
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
      return result.value
    }
    // Until the address is that of the page: before, an expression would run in the empty one.
    while (!(await evaluate<boolean>(`location.href !== 'about:blank' && document.readyState === 'complete'`))) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return { evaluate, send: own, complaints: () => complaints.get(sessionId) ?? [] }
  }
  const close = async (): Promise<void> => {
    await Promise.race([send('Browser.close').catch(() => undefined), gone])
    await gone
  }
  return { open, close }
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  safetensors: 'application/octet-stream',
  wasm: 'application/wasm',
}

/** What a server gives for a path; undefined where there is nothing. */
export type Content = (path: string) => string | Uint8Array | undefined

/** Serves contents; under /isolated/ with the headers that make a page cross-origin isolated. */
export const serve = async (content: Content): Promise<{ readonly url: string; readonly server: Server }> => {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://x').pathname
    const found = path === '/favicon.ico' ? '' : content(path.replace(/^\/isolated/, ''))
    const isolation = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    }
    response.writeHead(found === undefined ? 404 : 200, {
      'Content-Type': types[path.split('.').at(-1) ?? ''] ?? 'text/plain',
      ...(path.startsWith('/isolated/') && isolation),
    })
    response.end(found)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}
