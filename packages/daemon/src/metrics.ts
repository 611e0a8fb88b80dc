import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** From a tenth of a millisecond to a minute: an exchange on loopback and one with a slow registry both fall inside. */
export const DURATION_BUCKETS_SECONDS: readonly number[] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export interface MetricText {
  /** Without the prefix, unit last, as Prometheus names go: `exchange_duration_seconds`. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

/**
 * The metrics of one process object (a gateway, a core). Never prom-client's global registry: several gateways
 * may live in one process, and each must count for itself.
 */
export class Metrics {
  readonly registry = new Registry()
  readonly #prefix: string

  /** @param options.process also memory, CPU, event-loop and GC figures of the process; on for a daemon, off for a part embedded many times. */
  constructor (prefix: string, options: { process?: boolean } = {}) {
    this.#prefix = `${prefix}_`
    if (options.process ?? false) collectDefaultMetrics({ register: this.registry })
  }

  counter (metric: MetricText): Counter {
    return new Counter(this.#options(metric))
  }

  /** @param collect called at each scrape, for values that are looked up and not counted. */
  gauge (metric: MetricText, collect?: (gauge: Gauge) => void | Promise<void>): Gauge {
    if (collect === undefined) return new Gauge(this.#options(metric))
    return new Gauge({ ...this.#options(metric), collect (this: Gauge) { return collect(this) } })
  }

  histogram (metric: MetricText, buckets: readonly number[] = DURATION_BUCKETS_SECONDS): Histogram {
    return new Histogram({ ...this.#options(metric), buckets: [...buckets] })
  }

  /** The text a scraper reads. */
  text (): Promise<string> {
    return this.registry.metrics()
  }

  get contentType (): string {
    return this.registry.contentType
  }

  #options (metric: MetricText): { name: string, help: string, labelNames: string[], registers: Registry[] } {
    return { name: this.#prefix + metric.name, help: metric.help, labelNames: [...metric.labels ?? []], registers: [this.registry] }
  }
}

export function createMetrics (prefix: string, options: { process?: boolean } = {}): Metrics {
  return new Metrics(prefix, options)
}
