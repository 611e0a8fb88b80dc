/** `warn`: works, but a person should look. */
export type HealthStatus = 'pass' | 'warn' | 'fail'

export interface HealthResult {
  readonly status: HealthStatus
  /** Safe to show to anyone who can reach the operations port. */
  readonly message?: string | undefined
  /** Figures worth seeing beside it: ages, counts, times. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>> | undefined
}

export type HealthCheck = () => HealthResult | undefined | Promise<HealthResult | undefined>

export interface NamedHealth extends HealthResult {
  readonly name: string
}

export interface HealthReport {
  readonly status: HealthStatus
  readonly checks: readonly NamedHealth[]
}

export interface HealthOptions {
  /** `live`: a failure means that only a restart helps. `ready` (default): no work should be sent here now. */
  readonly kind?: 'live' | 'ready'
  readonly timeoutMs?: number
}

/** A result is reused this long, so that many probes do not become load. */
const CACHE_MS = 1000

/**
 * Named checks of a process. A check answers with a result, with nothing (pass), or throws (fail: the text of what was
 * thrown is not shown, only that it failed, since it may hold an address or a path).
 */
export class Health {
  readonly #checks = new Map<string, { kind: 'live' | 'ready', run: () => Promise<NamedHealth> }>()
  readonly #now: () => number

  constructor (options: { now?: () => number } = {}) {
    this.#now = options.now ?? (() => performance.now())
  }

  /** @returns a function that takes the check away again. */
  add (name: string, check: HealthCheck, options: HealthOptions = {}): () => void {
    if (this.#checks.has(name)) throw new Error(`health check ${name} exists already`)
    const timeoutMs = options.timeoutMs ?? 5000
    let running: Promise<NamedHealth> | undefined
    let known: { at: number, result: NamedHealth } | undefined
    const run = (): Promise<NamedHealth> => {
      if (known !== undefined && this.#now() - known.at < CACHE_MS) return Promise.resolve(known.result)
      running ??= runCheck(name, check, timeoutMs).then((result) => {
        known = { at: this.#now(), result }
        running = undefined
        return result
      })
      return running
    }
    this.#checks.set(name, { kind: options.kind ?? 'ready', run })
    return () => { this.#checks.delete(name) }
  }

  /** All checks of a kind; without a kind, all. Status is the worst of them. */
  async report (kind?: 'live' | 'ready'): Promise<HealthReport> {
    const asked = [...this.#checks.values()].filter((check) => kind === undefined || check.kind === kind)
    const checks = await Promise.all(asked.map((check) => check.run()))
    const has = (status: HealthStatus): boolean => checks.some((check) => check.status === status)
    return { status: has('fail') ? 'fail' : has('warn') ? 'warn' : 'pass', checks }
  }
}

export function createHealth (options?: { now?: () => number }): Health {
  return new Health(options)
}

async function runCheck (name: string, check: HealthCheck, timeoutMs: number): Promise<NamedHealth> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<HealthResult>((resolve) => {
    timer = setTimeout(() => { resolve({ status: 'fail', message: `no answer within ${timeoutMs} ms` }) }, timeoutMs)
  })
  try {
    const result = await Promise.race([Promise.resolve().then(check), late])
    return { name, ...result ?? { status: 'pass' } }
  } catch {
    return { name, status: 'fail', message: 'check failed' }
  } finally {
    clearTimeout(timer)
  }
}
