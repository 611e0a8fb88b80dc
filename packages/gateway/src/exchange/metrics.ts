import type { Counter, Histogram, Metrics } from '@trembita/daemon'

/** Called when a step of an exchange is done, before the next begins: for watching the flow from outside, as tests of crashes do. */
export type OnStep = (side: 'consumer' | 'provider', step: string) => void

/** Counts exchanges and where their time goes. No content, no identifiers: what concerns persons is not in metrics. */
export class ExchangeMetrics {
  readonly #exchanges: Counter
  readonly #duration: Histogram
  readonly #steps: Counter
  readonly #onStep: OnStep | undefined

  constructor (metrics: Metrics, onStep?: OnStep) {
    this.#onStep = onStep
    this.#exchanges = metrics.counter({ name: 'exchanges_total', help: 'Exchanges by side, protocol and outcome: ok, or the kind of fault', labels: ['side', 'protocol', 'outcome'] })
    this.#duration = metrics.histogram({ name: 'exchange_duration_seconds', help: 'Whole time of an exchange at this gateway', labels: ['side', 'protocol'] })
    this.#steps = metrics.counter({ name: 'exchange_step_seconds_total', help: 'Time spent in each step of the flow, waiting included', labels: ['side', 'step'] })
  }

  start (side: 'consumer' | 'provider'): StepTimer {
    return new StepTimer((step, seconds) => {
      this.#steps.inc({ side, step }, seconds)
      this.#onStep?.(side, step)
    })
  }

  finished (side: 'consumer' | 'provider', protocol: string, outcome: string, seconds: number): void {
    this.#exchanges.inc({ side, protocol, outcome })
    this.#duration.observe({ side, protocol }, seconds)
    this.#onStep?.(side, 'reply')
  }
}

/** Stopwatch of one exchange: `step` ends the step that has just been done. */
export class StepTimer {
  readonly #report: (step: string, seconds: number) => void
  readonly #started = performance.now()
  #last = this.#started

  constructor (report: (step: string, seconds: number) => void) {
    this.#report = report
  }

  step (name: string): void {
    const now = performance.now()
    this.#report(name, (now - this.#last) / 1000)
    this.#last = now
  }

  get elapsedMs (): number {
    return performance.now() - this.#started
  }
}
