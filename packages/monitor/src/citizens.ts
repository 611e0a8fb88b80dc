import { hkdfSync } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Clock, Closer, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { MonitorConfig, PortalConfig } from './config.ts'
import { componentStates, eventReader, statistics, type PersonIndexes, type Receipts, type StoredFeed } from './events/index.ts'
import type { KeyServiceClient } from './index-keys/index.ts'
import { logPolicy, logRoutes, type Ledger } from './ledger/index.ts'
import { AppPush, EndpointPolicy, Mailer, NoticePersons, Notices, NoticeSeal, readVapidKeys, WebPushSender } from './notice/index.ts'
import { createPortal, sendQuestions, type LogState } from './portal/index.ts'

export interface CitizensDeps {
  readonly config: MonitorConfig
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  readonly ledger: Ledger
  readonly receipts: Receipts
  readonly feed: StoredFeed
  readonly keys: KeyServiceClient & PersonIndexes
  /** Of tiles and checkpoint. */
  readonly logFolder: string
  /** Where the portal will listen, when the configuration does not say what browsers see. */
  readonly publicUrl: URL
}

export interface Citizens {
  readonly app: FastifyInstance
  /** To be called once the portal listens. */
  start (): void
}

const QUESTIONS_EVERY_MS = 60_000
const LOG_PREFIX = '/log'

/** The citizens' side: pages with the public log beside them, and notices. Closed by `closer`. */
export async function createCitizens (deps: CitizensDeps, closer: Closer): Promise<Citizens> {
  const { config, store, clock, log, ledger, receipts, feed, keys, logFolder, publicUrl } = deps
  const { portal } = config
  const seal = new NoticeSeal(keyOf(portal, 'notices'))
  const persons = new NoticePersons({ store, seal, clock })
  const vapid = await readVapidKeys(join(config.dataFolder, 'vapid.json'))
  const endpoints = closer.use('push endpoints', new EndpointPolicy({ allowedHosts: portal.pushHosts, developmentHosts: portal.developmentPushHosts }))
  const mailer = portal.mail === undefined ? undefined : new Mailer({ smtpUrl: portal.mail.smtpUrl.bytes.toString('utf8').trim(), from: portal.mail.from, portalUrl: publicUrl })
  if (mailer !== undefined) closer.use('mailer', mailer)
  const appPush = portal.appPush === undefined ? undefined : new AppPush({ ...portal.appPush, inboxUrl: new URL('/accesses', publicUrl).href })
  const push = new WebPushSender({ keys: vapid, contact: portal.pushContact, policy: endpoints })
  const notices = closer.use('notices', new Notices({ store, seal, clock, log: log.child({ part: 'notices' }), feed, keys, persons, channels: { persons, push, mailer, appPush } }))
  const app = await createPortal({
    store,
    clock,
    log,
    seal,
    publicUrl,
    openId: portal.openId,
    identityKey: keyOf(portal, 'identities'),
    rateLimit: portal.rateLimit,
    instance: config.instance,
    synthetic: portal.synthetic,
    events: eventReader(store, clock),
    receipts,
    indexes: keys,
    keys,
    components: () => componentStates(store, config.components, clock),
    logState: async () => stateOf(deps),
    figures: () => statistics(store),
    persons,
    notices,
    mailer,
    endpoints,
    vapidPublicKey: vapid.publicKey,
    appPush: appPush !== undefined,
    contacts: portal.contacts
  })
  await app.register(logRoutes, { prefix: LOG_PREFIX, folder: logFolder, verifierKey: () => ledger.verifierKey })
  const takeAway = feed.onAppended(() => { notices.wake() })
  closer.defer('feed', takeAway)
  return {
    app,
    start: () => {
      notices.start()
      const timer = setInterval(() => {
        sendQuestions({ store, seal, clock, mailer, contacts: portal.contacts }).catch((error: unknown) => { log.error({ err: error }, 'questions to bodies could not be sent') })
      }, QUESTIONS_EVERY_MS)
      closer.defer('questions', () => { clearInterval(timer) })
    }
  }
}

function keyOf ({ key }: PortalConfig, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.bytes, '', `trembita monitor ${purpose} v1`, 32))
}

function stateOf ({ config, ledger, publicUrl }: CitizensDeps): LogState | undefined {
  const { head } = ledger
  if (head === undefined) return undefined
  const tilesUrl = new URL(LOG_PREFIX, publicUrl).href
  return {
    origin: head.checkpoint.origin,
    size: head.checkpoint.size,
    publishedAt: head.signedAt,
    witnesses: head.cosignatures.map(({ witness, at }) => ({ name: witness.name, at })),
    checkpoint: head.note,
    policy: logPolicy({ ledger, witnesses: config.log.witnesses, quorum: config.log.quorum, logUrl: tilesUrl }),
    tilesUrl
  }
}
