import type { Clock, Logger } from '@trembita/daemon'
import type { GlobalConf } from './globalconf/index.ts'
import type { OcspKeeper } from './ocsp/index.ts'
import type { Signer } from './signer/index.ts'

export interface UpkeepDeps {
  readonly globalconf: GlobalConf
  readonly ocsp: OcspKeeper
  readonly signer: Signer
  readonly clock: Clock
  readonly log: Logger
  /** Called after anything that this gateway shows of itself may have changed. */
  readonly onChange: () => void
}

/** After a failed round the next one comes sooner (xroad-trust §3.4). */
const RETRY_SECONDS = 60

/** Keeps the OCSP responses of our own certificates fresh; without them neither sealing nor TLS works. */
export class Upkeep {
  readonly #deps: UpkeepDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #stopped = false
  #unsubscribe: () => void = () => {}

  constructor (deps: UpkeepDeps) {
    this.#deps = deps
  }

  /** The first round is waited for: when it resolves, what can work does. */
  async start (): Promise<void> {
    this.#unsubscribe = this.#deps.globalconf.onChange(() => {
      this.#deps.signer.reconsider()
      this.refresh().catch((error: unknown) => { this.#deps.log.error({ err: error }, 'OCSP upkeep failed') })
    })
    await this.refresh()
  }

  /** Fetches what is missing or ages; a call during a round waits for that one. */
  refresh (): Promise<void> {
    this.#running ??= this.#round().finally(() => { this.#running = undefined })
    return this.#running
  }

  close (): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }

  async #round (): Promise<void> {
    const { globalconf, ocsp, signer, clock, log } = this.#deps
    let failed = false
    let intervalSeconds = RETRY_SECONDS
    try {
      const snapshot = globalconf.current()
      snapshot.checkValid(clock.now())
      intervalSeconds = snapshot.ocspFetchIntervalSeconds
      const trust = snapshot.trustOf(snapshot.instance)
      if (trust !== undefined) {
        const now = clock.now()
        const due = signer.certificates().filter(({ certificate }) => certificate.notAfter > now && !certificate.isSelfSigned)
        const results = await Promise.allSettled(due.map(({ certificate }) => ocsp.refresh(certificate, trust)))
        failed = results.some(({ status }) => status === 'rejected')
        for (const result of results) if (result.status === 'rejected') log.error({ err: result.reason as unknown }, 'no OCSP response for a certificate of this gateway')
      }
    } catch (error) {
      failed = true
      log.error({ err: error }, 'OCSP responses could not be refreshed')
    }
    signer.reconsider()
    this.#deps.onChange()
    if (this.#stopped) return
    clearTimeout(this.#timer)
    const waitSeconds = failed ? Math.min(RETRY_SECONDS, intervalSeconds) : intervalSeconds
    this.#timer = setTimeout(() => { void this.refresh() }, waitSeconds * 1000)
    this.#timer.unref()
  }
}
