import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface CoreProcess {
  readonly configuration: string
  /** How often it has published since it was first started. */
  readonly publications: number
  /** Resolves when it has published so many times more. */
  published (times: number): Promise<void>
  /** `kill -9`. */
  kill (): Promise<void>
  start (): Promise<void>
}

/** A core of its own process that can be killed and started again at the same address. */
export async function coreProcess (options: { dataFolder: string, databaseUrl?: string, node: string, port: number, regenerateSeconds: number, seed: boolean }): Promise<CoreProcess> {
  let child: ChildProcess | undefined
  let publications = 0
  const waiting = new Set<() => void>()
  const start = async (): Promise<void> => {
    const next = spawn(process.execPath, [join(import.meta.dirname, 'run-core.ts'), JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = next
    await new Promise<void>((resolve, reject) => {
      next.once('exit', () => { reject(new Error(`core ${options.node} ended`)) })
      let buffered = ''
      next.stdout.on('data', (chunk) => {
        buffered += String(chunk)
        const lines = buffered.split('\n')
        buffered = lines.pop()!
        for (const line of lines) {
          if (line.includes('"configuration published"')) publications++
          if (line.includes('"msg":"ready"')) resolve()
        }
        for (const wake of waiting) wake()
      })
    })
  }
  await start()
  return {
    configuration: `http://127.0.0.1:${options.port}`,
    get publications () { return publications },
    published: (times) => new Promise((resolve) => {
      const wanted = publications + times
      const look = (): void => {
        if (publications < wanted) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
    }),
    kill: async () => {
      const gone = child!
      if (gone.exitCode !== null || gone.signalCode !== null) return
      gone.kill('SIGKILL')
      await once(gone, 'exit')
    },
    start
  }
}
