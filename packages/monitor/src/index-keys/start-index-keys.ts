import { Closer, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { createExchangeApp, describedService } from '../exchange/index.ts'
import { lockDataFolder } from '../data-folder-lock.ts'
import type { IndexKeysConfig } from './config.ts'
import { EpochKeys } from './epoch-keys.ts'
import { EnumerationWatch, HourlyQuota } from './quota.ts'
import { indexKeysRoutes } from './routes.ts'

export interface RunningIndexKeys extends AsyncDisposable {
  readonly url: string
  readonly keys: EpochKeys
  /** How often somebody was seen to walk through identifiers. */
  readonly enumerationAlarms: () => number
  close (): Promise<void>
}

const SUBJECT_KEY = {
  code: 'subjectKey', base: '/subject-keys', title: 'Ключі індексу осіб · Keys of the index of persons', description: 'Keys for local components, sealed to them, for their own registers.'
}

/** Starts the key service. */
export async function startIndexKeys (config: IndexKeysConfig, log: Logger, clock: Clock = systemClock): Promise<RunningIndexKeys> {
  const closer = new Closer()
  try {
    closer.use('data folder', lockDataFolder(config.dataFolder))
    const keys = await EpochKeys.open(config.dataFolder, config.passphrase, clock)
    const enumeration = new EnumerationWatch()
    const app = await createExchangeApp(log, [describedService(SUBJECT_KEY, async (part) => {
      await part.register(indexKeysRoutes, {
        config, keys, log, enumeration, keyQuota: new HourlyQuota(clock, config.keysPerHour ?? 2000), questionQuota: new HourlyQuota(clock, config.questionsPerHour ?? 20_000)
      })
    })])
    closer.defer('listener', async () => { await app.close() })
    const url = await app.listen({ ...config.listen })
    return { url, keys, enumerationAlarms: () => enumeration.alarms, close: () => closer.close(), [Symbol.asyncDispose]: () => closer.close() }
  } catch (error) {
    await closer.close()
    throw error
  }
}
