import type { Clock, Logger } from '@trembita/daemon'
import type { GlobalConf, Snapshot } from './globalconf/index.ts'
import type { OcspKeeper } from './ocsp/index.ts'
import type { Signer } from './signer/index.ts'

export interface UpkeepDeps {
  readonly globalconf: GlobalConf
  readonly ocsp: OcspKeeper
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Logger
  /** Takes over what the configuration in force says of this gateway. */
  readonly follow: (snapshot: Snapshot) => Promise<void>
  /** Called after anything that this gateway shows of itself may have changed. */
  readonly onChange: () => void
}

/** After a failed round the next one comes sooner (xroad-trust §3.4). */
const RETRY_SECONDS = 60

/**
 * Keeps what this gateway shows of itself in step with the configuration and with its token, and the OCSP responses of its
 * certificates fresh; without them neither sealing nor TLS works.
 */
export class Upkeep {
  readonly #deps: UpkeepDeps
  #timer: NodeJS.Timeout | undefined
  #last: Promise<void> = Promise.resolve()
  #waiting: { readonly all: boolean, readonly run: Promise<void> } | undefined
  #stopped = false
  #unsubscribe: () => void = () => {}

  constructor (deps: UpkeepDeps) {
    this.#deps = deps
  }

  /** The first round is waited for: when it resolves, what can work does. */
  async start (): Promise<void> {
    this.#unsubscribe = this.#deps.globalconf.onChange(() => {
      this.#deps.signer.reconsider()
      this.refresh().catch((error: unknown) => { this.#deps.log.error({ err: error }, 'upkeep failed') })
    })
    await this.refresh()
  }

  /** Takes up what changed and fetches every OCSP response anew. A call while one waits for its turn joins it. */
  refresh (): Promise<void> {
    return this.#enqueue(true)
  }

  /** Takes up what changed in the token or the server configuration; asks OCSP responders only for what is missing. */
  reconsider (): Promise<void> {
    return this.#enqueue(false)
  }

  close (): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }

  #enqueue (all: boolean): Promise<void> {
    if (this.#waiting !== undefined && (this.#waiting.all || !all)) return this.#waiting.run
    const run = this.#last.then(async () => {
      if (this.#waiting?.run === run) this.#waiting = undefined
      if (!this.#stopped) await this.#round(all)
    })
    this.#waiting = { all, run }
    this.#last = run.catch(() => {})
    return run
  }

  async #round (all: boolean): Promise<void> {
    const { globalconf, ocsp, signer, clock, log, follow } = this.#deps
    let failed = false
    let intervalSeconds = RETRY_SECONDS
    try {
      const snapshot = globalconf.current()
      snapshot.checkValid(clock.now())
      await follow(snapshot)
      intervalSeconds = snapshot.ocspFetchIntervalSeconds
      const trust = snapshot.trustOf(snapshot.instance)
      if (trust !== undefined) {
        const now = clock.now()
        const due = signer.certificates().filter(({ certificate }) =>
          certificate.notAfter > now && !certificate.isSelfSigned && (all || ocsp.get(certificate, trust) === undefined))
        const results = await Promise.allSettled(due.map(({ certificate }) => ocsp.refresh(certificate, trust)))
        failed = results.some(({ status }) => status === 'rejected')
        for (const result of results) if (result.status === 'rejected') log.error({ err: result.reason as unknown }, 'no OCSP response for a certificate of this gateway')
      }
    } catch (error) {
      failed = true
      if (!this.#stopped) log.error({ err: error }, 'OCSP responses could not be refreshed')
    }
    signer.reconsider()
    this.#deps.onChange()
    if (this.#stopped || (!all && !failed && this.#timer !== undefined)) return
    clearTimeout(this.#timer)
    const waitSeconds = failed ? Math.min(RETRY_SECONDS, intervalSeconds) : intervalSeconds
    this.#timer = setTimeout(() => { void this.refresh() }, waitSeconds * 1000)
    this.#timer.unref()
  }
}
