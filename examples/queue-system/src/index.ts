import { join } from 'node:path'
import { Closer, type Clock } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { createInformationSystem, listen, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { Pins } from './pins.ts'
import { Queue, QUEUE_SCHEMA } from './queue.ts'
import { addRest } from './rest.ts'

export interface QueueSystemOptions extends ListenOptions {
  /** Bookings, and the key that PINs are computed with. */
  readonly dataFolder: string
  readonly clock?: Clock | undefined
}

/** Starts the queue of a hromada's centres: services by REST, each described at `/openapi/{code}.json`; `/health`. */
export async function startQueueSystem (options: QueueSystemOptions): Promise<InformationSystem> {
  const closer = new Closer()
  try {
    const store = closer.use('bookings', await openSqliteStore(join(options.dataFolder, 'queue.db'), [QUEUE_SCHEMA]))
    const app = createInformationSystem('queue-system', options)
    addRest(app, new Queue(store, await Pins.load(join(options.dataFolder, 'queue.key')), options.clock))
    const { url } = closer.use('listener', await listen(app, options))
    return { url, close: () => closer.close() }
  } catch (error) {
    await closer.close()
    throw error
  }
}
