import { join } from 'node:path'
import { Closer, type Clock } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { createInformationSystem, listen, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { QUALITY_SCHEMA, Ratings } from './ratings.ts'
import { addRest } from './rest.ts'

export type { Indicators, Rating, Receipt, Scores } from './ratings.ts'

export interface QualityMonitoringOptions extends ListenOptions {
  /** Ratings and receipts. */
  readonly dataFolder: string
  readonly clock?: Clock | undefined
}

/** Starts the monitoring of quality: services by REST, each described at `/openapi/{code}.json`; `/health`. */
export async function startQualityMonitoring (options: QualityMonitoringOptions): Promise<InformationSystem> {
  const closer = new Closer()
  try {
    const store = closer.use('ratings', await openSqliteStore(join(options.dataFolder, 'quality.db'), [QUALITY_SCHEMA]))
    const app = createInformationSystem('quality-monitoring', options)
    addRest(app, new Ratings(store, options.clock))
    const { url } = closer.use('listener', await listen(app, options))
    return { url, close: () => closer.close() }
  } catch (error) {
    await closer.close()
    throw error
  }
}
