import type { Counter, Histogram, Metrics } from '@trembita/daemon'

/** What monitoring sees of publication. */
export class PublishingMetrics {
  readonly #generations: Counter
  readonly #duration: Histogram

  constructor (metrics: Metrics, expiresAt: () => Date | undefined) {
    this.#generations = metrics.counter({ name: 'configuration_generations_total', help: 'Attempts to make and publish the signed configuration', labels: ['result'] })
    this.#duration = metrics.histogram({ name: 'configuration_generation_duration_seconds', help: 'Time to make, sign and publish all versions' })
    metrics.gauge({ name: 'configuration_expires_timestamp_seconds', help: 'When the published configuration expires' }, (gauge) => {
      const at = expiresAt()
      if (at !== undefined) gauge.set(at.getTime() / 1000)
    })
  }

  published (durationMs: number): void {
    this.#generations.inc({ result: 'published' })
    this.#duration.observe(durationMs / 1000)
  }

  failed (): void {
    this.#generations.inc({ result: 'failed' })
  }
}
