import type { Histogram, Metrics } from '@trembita/daemon'
import type { StoreClient } from './store-client.ts'

/** Figures of the message log. */
export class LogMetrics {
  readonly #duration: Histogram

  constructor (metrics: Metrics, store: StoreClient) {
    this.#duration = metrics.histogram({ name: 'messagelog_append_duration_seconds', help: 'From handing a record over until it is on disk.' })
    metrics.gauge({ name: 'messagelog_transactions', help: 'Database transactions since start; records share them.' },
      (gauge) => { gauge.set(store.transactions) })
    metrics.gauge({ name: 'messagelog_waiting_for_timestamp', help: 'Records without a time stamp.' },
      async (gauge) => { gauge.set(store.broken === undefined ? (await store.call('stampState')).waiting : NaN) })
  }

  appended (durationMs: number): void {
    this.#duration.observe(durationMs / 1000)
  }
}
