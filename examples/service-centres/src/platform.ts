import { join } from 'node:path'
import { Closer, createLogger, systemClock, deriveKey, loadOrCreateKey, Seal, type Clock, type Logger } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, IDENTITY_SCHEMA } from '@trembita/daemon/accounts'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { Passes } from './visits/passes.ts'
import type { QualityService, QueueService } from './exchange/index.ts'
import { Ratings, RATING_SCHEMA } from './ratings/index.ts'
import { Visits, VISIT_SCHEMA } from './visits/index.ts'

export interface PlatformOptions {
  readonly dataFolder: string
  readonly queue: QueueService
  readonly quality: QualityService
  /** After how long what did not come through is tried again, at first; default 5. */
  readonly retrySeconds?: number | undefined
  readonly clock?: Clock | undefined
  readonly log?: Logger | undefined
  readonly onStep?: ((step: string) => void) | undefined
}

/** The parts of the platform, without pages, listeners and timers. */
export interface Platform {
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  /** Of sealed identities. */
  readonly sessionKey: Uint8Array
  readonly passes: Passes
  readonly queue: QueueService
  readonly visits: Visits
  readonly ratings: Ratings
  close (): Promise<void>
}

export async function openPlatform (options: PlatformOptions): Promise<Platform> {
  const { dataFolder, queue, quality, retrySeconds = 5, clock = systemClock, onStep } = options
  const closer = new Closer()
  try {
    const key = await loadOrCreateKey(join(dataFolder, 'centres.key'))
    const store = closer.use('store', await openSqliteStore(join(dataFolder, 'centres.db'), [ACCOUNT_SCHEMA, IDENTITY_SCHEMA, VISIT_SCHEMA, RATING_SCHEMA]))
    return {
      store,
      clock,
      log: options.log ?? createLogger('service-centres', 'silent'),
      sessionKey: deriveKey(key, 'sessions'),
      passes: new Passes(deriveKey(key, 'passes')),
      queue,
      visits: new Visits({ store, clock, seal: new Seal(deriveKey(key, 'visits')), queue, retrySeconds, onStep }),
      ratings: new Ratings({ store, clock, quality, retrySeconds, onStep }),
      close: () => closer.close()
    }
  } catch (error) {
    await closer.close()
    throw error
  }
}
