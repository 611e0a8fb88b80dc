import { join } from 'node:path'
import { createLogger, Closer, systemClock, deriveKey, loadOrCreateKey, readKeyFile, Seal, type Clock, type Logger } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, IDENTITY_SCHEMA } from '@trembita/daemon/accounts'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { refreshDue } from './analysis/refresh.ts'
import { RETRY, type RetryTerms } from './analysis/retry.ts'
import { ANALYSIS_SCHEMA } from './analysis/schema.ts'
import { AnalysisStore } from './analysis/store.ts'
import { DOCUMENT_SCHEMA, Inbox } from './documents/inbox.ts'
import { portalKeysIn } from './documents/verify-document.ts'
import type { Registers } from './exchange/registers.ts'
import { loadOrCreateActKey, type ActKey } from './join/act-key.ts'
import { JoinChecks } from './join/checks.ts'
import { Participations, type Holders } from './join/participation.ts'
import { JOIN_SCHEMA } from './join/schema.ts'
import { MAINTENANCE_SCHEMA, MaintenanceNotices } from './maintenance.ts'
import { Deliveries } from './offers/deliver.ts'
import { Offers } from './offers/offers.ts'
import { isOver, PROJECT, type Project } from './project.ts'
import type { ProgrammeContent } from './programmes/programme.ts'
import programmes from './programmes/programmes.json' with { type: 'json' }
import { PROGRAMME_SCHEMA, Programmes } from './programmes/store.ts'
import { PSEUDONYMISATION_SCHEMA, PseudonymisationComponent } from './pseudonymisation/index.ts'
import { Worker } from './worker.ts'

export interface CabinetOptions {
  readonly dataFolder: string
  /** Where people reach the pages. */
  readonly publicUrl: URL
  readonly registers: Registers
  /** File of 32 bytes that the registers have too; without it one is made in the data folder, and no register knows anybody. */
  readonly pseudonymKeyFile?: string | undefined
  /** JWKS of the portal. */
  readonly portalKeysFile?: string | undefined
  /** Offers go to the portal's app too. */
  readonly portalChannel?: boolean | undefined
  readonly project?: Project | undefined
  readonly retry?: RetryTerms | undefined
  readonly clock?: Clock | undefined
  readonly log?: Logger | undefined
  /** Told after each step of joining, leaving and asking that is on disk; for tests that end the process there. */
  readonly onStep?: ((step: string) => void) | undefined
}

/** The parts of the cabinet, without pages and listeners. */
export interface Cabinet {
  readonly store: SqlStore
  readonly key: Uint8Array
  readonly clock: Clock
  readonly log: Logger
  readonly publicUrl: URL
  readonly project: Project
  readonly programmes: Programmes
  readonly maintenance: MaintenanceNotices
  readonly checks: JoinChecks
  readonly participations: Participations
  readonly pseudonyms: PseudonymisationComponent
  readonly analysis: AnalysisStore
  readonly offers: Offers
  readonly deliveries: Deliveries
  readonly inbox: Inbox
  readonly actKey: ActKey
  readonly worker: Worker
  close (): Promise<void>
}

/** Opens the stores, finishes what a crash cut off, and begins to work. */
export async function openCabinet (options: CabinetOptions): Promise<Cabinet> {
  const { dataFolder, registers, publicUrl, clock = systemClock, retry = RETRY, project = PROJECT, onStep = () => {} } = options
  const log = options.log ?? createLogger('business-cabinet', 'silent')
  const closer = new Closer()
  try {
    const key = await loadOrCreateKey(join(dataFolder, 'cabinet.key'))
    const store = closer.use('cabinet store', await openSqliteStore(join(dataFolder, 'cabinet.db'), [ACCOUNT_SCHEMA, IDENTITY_SCHEMA, PROGRAMME_SCHEMA, MAINTENANCE_SCHEMA, JOIN_SCHEMA, DOCUMENT_SCHEMA]))
    const pseudonyms = await openPseudonymisation(options, clock, closer)
    const analysis = new AnalysisStore(closer.use('analysis store', await openSqliteStore(join(dataFolder, 'analysis.db'), [ANALYSIS_SCHEMA])), clock, retry)
    const actKey = await loadOrCreateActKey(join(dataFolder, 'acts.pem'))
    const seal = new Seal(deriveKey(key, 'join'))
    const inbox = new Inbox({ store, clock, seal: new Seal(deriveKey(key, 'documents')), keys: portalKeysIn(options.portalKeysFile) })
    const programmesStore = new Programmes(store, clock)
    await programmesStore.seed(programmes as unknown as (ProgrammeContent & { id: string })[])
    const checks = new JoinChecks({ store, clock, seal, askEdr: registers.askEdr, retry })
    const holders = holdersOf({ pseudonyms, analysis, inbox, onStep })
    const participations = new Participations({ store, clock, seal, actKey, checks, holders })
    const offers = new Offers({ analysis, programmes: programmesStore, clock, displaced: (ref) => inbox.displaced(ref), portalChannel: options.portalChannel === true })
    const deliveries = new Deliveries({
      store: analysis.store,
      clock,
      programmes: programmesStore,
      deliver: registers.deliverOffer,
      publicUrl,
      retry,
      personOf: async (ref) => {
        const found = await participations.get(ref)
        return found?.state === 'joined' ? found.person : undefined
      }
    })
    const over = (): boolean => isOver(project, clock.now())
    const worker = new Worker({
      log: log.child({ part: 'worker' }),
      now: () => clock.now(),
      rounds: {
        joins: async () => { if (!over()) await checks.retryDue() },
        registers: async () => {
          if (over()) return
          await refreshDue({
            analysis,
            pseudonyms,
            ask: async (register, question, id) => {
              onStep(`asking ${register}`)
              const answer = await registers.askProfiles(register, question, id)
              onStep(`answered ${register}`)
              return answer
            },
            now: () => clock.now(),
            onAnswered: async (refs) => {
              onStep('kept')
              for (const ref of refs) await offers.renew(ref)
            }
          })
        },
        deliveries: async () => { if (!over()) await deliveries.deliverDue() }
      },
      nextDue: async () => earliest(over() ? [] : [await checks.nextDue(), await analysis.nextDue(), await deliveries.nextDue()])
    })
    closer.defer('worker', () => worker.close())
    await participations.resume()
    await analysis.closeInterrupted()
    // What was kept just before a crash may not have led to offers.
    await offers.renewAll()
    void worker.kick()
    return {
      store,
      key,
      clock,
      log,
      publicUrl,
      project,
      programmes: programmesStore,
      maintenance: new MaintenanceNotices(store, clock),
      checks,
      participations,
      pseudonyms,
      analysis,
      offers,
      deliveries,
      inbox,
      actKey,
      worker,
      close: () => closer.close()
    }
  } catch (error) {
    await closer.close()
    throw error
  }
}

/** A folder, keys and a store of its own: nothing else of the cabinet reads them. */
async function openPseudonymisation ({ dataFolder, pseudonymKeyFile }: CabinetOptions, clock: Clock, closer: Closer): Promise<PseudonymisationComponent> {
  const folder = join(dataFolder, 'pseudonymisation')
  return new PseudonymisationComponent({
    store: closer.use('pseudonymisation store', await openSqliteStore(join(folder, 'custody.db'), [PSEUDONYMISATION_SCHEMA])),
    clock,
    master: pseudonymKeyFile === undefined ? await loadOrCreateKey(join(folder, 'master.key')) : readKeyFile(pseudonymKeyFile),
    custodyKey: await loadOrCreateKey(join(folder, 'custody.key'))
  })
}

function holdersOf ({ pseudonyms, analysis, inbox, onStep }: { pseudonyms: PseudonymisationComponent, analysis: AnalysisStore, inbox: Inbox, onStep: (step: string) => void }): Holders {
  return {
    enrol: async (ref, code) => {
      onStep('joining')
      await pseudonyms.enrol(ref, code, 'join')
      onStep('enrolled')
    },
    openProfile: async (ref, kind) => {
      await analysis.open(ref, kind)
      onStep('profile opened')
    },
    count: async (ref) => ({ ...await analysis.count(ref), documents: await inbox.count(ref) }),
    eraseProfile: async (ref) => {
      await analysis.forget(ref)
      onStep('profile erased')
    },
    eraseDocuments: async (ref) => {
      await inbox.erase(ref)
      onStep('documents erased')
    },
    forgetCode: async (ref) => {
      onStep('leaving')
      await pseudonyms.forget(ref, 'leave')
      onStep('code erased')
    }
  }
}

function earliest (dates: readonly (Date | undefined)[]): Date | undefined {
  return dates.filter((date) => date !== undefined).sort((one, other) => one.getTime() - other.getTime())[0]
}
