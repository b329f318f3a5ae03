import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { where } from '../where.ts'

const works = (program: string, ask = '--version'): boolean => {
  try {
    execFileSync(program, [ask], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const serverProgram = ['redis-server', 'valkey-server'].find((program) => works(program))

export const hasServer = serverProgram !== undefined

/** Tests with `redis-server`, or Valkey's. */
export const withServer = where(hasServer, 'needs redis-server or valkey-server')

/** Tests with what makes certificates. */
export const withOpenssl = where(works('openssl', 'version'), 'needs openssl')

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const isUp = async (port: number): Promise<boolean> => {
  const socket = createConnection(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A server of a test's own, with an append-only file in a folder of its own. */
export interface Server {
  readonly port: number
  readonly url: string
  /** Begins again with what its file has. */
  readonly restart: (signal: NodeJS.Signals, away: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** @param flags  e.g. `--requirepass secret` */
export const startServer = async (...flags: readonly string[]): Promise<Server> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-redis-'))
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder]
  let child: ChildProcess
  const start = async (): Promise<void> => {
    const where = flags.includes('--tls-port') ? [] : ['--port', String(port)]
    const words = [...where, ...settings, ...flags.map((flag) => (flag === 'PORT' ? String(port) : flag))]
    child = spawn(serverProgram as string, words, { stdio: 'ignore' })
    while (!(await isUp(port))) await pause(20)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  await start()
  // A test that fails does not stop it.
  process.once('exit', () => child.kill('SIGKILL'))
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    restart: async (signal, away) => {
      await end(signal)
      await pause(away)
      await start()
    },
    stop: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
