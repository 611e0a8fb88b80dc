import { execFile, spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '../federation/index.ts'

const run = promisify(execFile)

/** A PostgreSQL server of this process's own. */
export interface RunningPostgres extends AsyncDisposable {
  /** `postgresql://…` of an empty database. */
  readonly url: string
  /** Ends it as a crash would. */
  kill (): Promise<void>
  start (): Promise<void>
  close (): Promise<void>
}

/** Folder of PostgreSQL's programs, which Debian keeps out of the path; undefined when it is not installed. */
export function postgresPrograms (): string | undefined {
  return globSync('/usr/lib/postgresql/*/bin').sort((left, right) => left.localeCompare(right, 'en', { numeric: true })).at(-1)
}

/**
 * Makes a new cluster in `folder` and starts it on a free port of loopback. PostgreSQL refuses to run as root; then the
 * system's `postgres` account runs it, and must be able to reach the folder.
 */
export async function startPostgres (folder: string): Promise<RunningPostgres> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed: run npm run setup:system')
  const account = process.getuid?.() === 0 ? accountOf('postgres') : undefined
  await mkdir(folder, { recursive: true, mode: 0o755 })
  if (account !== undefined) await chown(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const options = { cwd: folder, ...account }
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'trembita', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'], options)
  const port = await freePorts(1)
  let server = launch()
  await untilReady()

  function launch (): ReturnType<typeof spawn> {
    return spawn(join(programs!, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder], { ...options, stdio: 'ignore' })
  }

  async function untilReady (): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const ready = await run(join(programs!, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'trembita', '-d', 'postgres']).then(() => true, () => false)
      if (ready) return
      if (server.exitCode !== null || attempt > 200) throw new Error('PostgreSQL did not come up')
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
  }

  async function stop (signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = new Promise((resolve) => { server.once('exit', resolve) })
    server.kill(signal)
    await exited
  }

  const close = async (): Promise<void> => {
    await stop('SIGINT')
    await rm(folder, { recursive: true, force: true })
  }
  return {
    url: `postgresql://trembita@127.0.0.1:${port}/postgres`,
    // SIGQUIT is PostgreSQL's own "now, without a checkpoint": recovery at the next start.
    kill: () => stop('SIGQUIT'),
    start: async () => {
      server = launch()
      await untilReady()
    },
    close,
    [Symbol.asyncDispose]: close
  }
}

function accountOf (name: string): { readonly uid: number, readonly gid: number } {
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no account ${name}`)
  return { uid: Number(uid), gid: Number(gid) }
}
