import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface Child {
  readonly pid: number
  /** First line it printed. */
  readonly ready: string
  close (): Promise<void>
}

const READY_TIMEOUT_MS = 10_000

/** Starts a script of ours and waits for its first line, which says where it listens. */
export async function startChild (script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, timeoutMs = READY_TIMEOUT_MS): Promise<Child> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const ready = await firstLine(child, script, timeoutMs)
  return { pid: child.pid!, ready, close: () => stop(child) }
}

function firstLine (child: ChildProcess, name: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (): void => { reject(new Error(`${name} did not come up`)) }
    const deadline = setTimeout(() => { child.kill('SIGKILL') }, timeoutMs)
    let output = ''
    child.once('exit', fail)
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      if (output.includes('\n')) return
      output += text
      const end = output.indexOf('\n')
      if (end < 0) return
      clearTimeout(deadline)
      child.off('exit', fail)
      resolve(output.slice(0, end))
    })
  })
}

/** Ends a process that we started, by its id, and waits until it is gone. */
export async function stop (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const deadline = setTimeout(() => child.kill('SIGKILL'), 3000)
  await gone
  clearTimeout(deadline)
}
