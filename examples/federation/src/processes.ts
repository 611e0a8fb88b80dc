import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'

/** A program of the checkout. */
export const program = (path: string): URL => new URL(`../../../${path}`, import.meta.url)

/** A program to run: its output goes to a file, and it is up when its address answers. */
export interface Program {
  readonly name: string
  readonly file: URL
  readonly args: readonly string[]
  readonly readyUrl: string
}

/** A process of the federation. */
export interface Started {
  readonly name: string
  stop (): Promise<void>
}

/** The whole federation has to fit on a laptop: a heap that is collected sooner, and young objects in less room. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--optimize-for-size'] as const
const READY_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 15_000

/** @throws {Error} that names the port and what to do, when something else listens there. */
export async function checkPortsFree (ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    await new Promise<void>((resolve, reject) => {
      const server = createServer()
      server.once('error', () => { reject(new Error(`port ${port} on 127.0.0.1 is taken: stop what listens there (another demonstration?) and start again`)) })
      server.listen(port, '127.0.0.1', () => { server.close(() => { resolve() }) })
    })
  }
}

/** Starts a program of the project, its output in a file, and waits until it answers. @throws {Error} that names the file, when it does not. */
export async function startProcess ({ name, file, args, readyUrl }: Program, logFile: string): Promise<Started> {
  const log = createWriteStream(logFile, { flags: 'a' })
  const child = spawn(process.execPath, [...NODE_OPTIONS, file.pathname, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  const exited = new Promise<void>((resolve) => { child.once('exit', () => { resolve() }) })
  try {
    await untilReady(child, readyUrl)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${name} did not come up: ${(error as Error).message}; see ${logFile}`, { cause: error })
  }
  return {
    name,
    async stop () {
      child.kill('SIGTERM')
      const timer = setTimeout(() => { child.kill('SIGKILL') }, STOP_TIMEOUT_MS)
      await exited
      clearTimeout(timer)
    }
  }
}

async function untilReady (child: ChildProcess, url: string): Promise<void> {
  const until = performance.now() + READY_TIMEOUT_MS
  let last = 'no answer'
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`)
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
      if (response.ok) return
      last = `${url} answers HTTP ${response.status}`
    } catch (error) {
      last = (error as Error).message
    }
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
  throw new Error(last)
}
