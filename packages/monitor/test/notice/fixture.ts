import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { AccessEvent } from '@trembita/protocol/accessevent'
import { ManualClock, type Logger } from '@trembita/daemon'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { startMailbox, type Mailbox } from '@trembita/testnet/mailbox'
import { startPushService, type PushService } from '@trembita/testnet/push-service'
import {
  defaultSettings, EndpointPolicy, Mailer, NOTICE_SCHEMA, NoticePersons, Notices, NoticeSeal, readVapidKeys, WebPushSender, type AppPush, type EventFeed, type FeedItem, type NoticeSettings, type SubjectIndexes, type VapidKeys
} from '../../src/notice/index.ts'

export const silent = pino({ level: 'silent' }) as Logger
/** 14:00 in Kyiv: nobody sleeps, the digest of the day is due. */
export const NOON = new Date('2026-11-30T12:00:00Z')

export async function vapidKeys (t: Test): Promise<VapidKeys> {
  return await readVapidKeys(join(t.testdir({}), 'vapid.json'))
}

export const INDEX = randomBytes(32).toString('base64url')
/** The same person's in another month. */
const LATER_INDEX = randomBytes(32).toString('base64url')

let count = 0

/** An access of the ministry to the person behind `INDEX`. */
export function eventOf (change: Partial<AccessEvent> = {}): AccessEvent {
  count++
  const at = new Date(NOON.getTime() - 60_000 + count).toISOString()
  return {
    schema: 'monitor.event/1',
    eventId: `019ac0de-0000-7000-8000-${String(count).padStart(12, '0')}`,
    source: { component: 'PDAMS_LC_03', seq: count, capture: 'gateway' },
    occurredAt: at,
    recordedAt: at,
    exchange: { protocol: 'xroad-rest', messageId: `m-${count}`, service: 'SEVDEIR-DEMO/GOV/90000038/EDR/subjectByCode', direction: 'out' },
    subject: { index: INDEX, idType: 'RNOKPP', keyEpoch: at.slice(0, 7), role: 'main' },
    holder: { code: '90000038', name: { uk: 'Міністерство юстиції', en: 'Ministry of Justice' }, registry: 'EDR' },
    recipient: { code: '90000127', name: { uk: 'Бюро кредитних історій', en: 'Credit bureau' }, system: 'BUREAU' },
    actor: { kind: 'person', handle: 'a7c1-90fe', role: 'фахівець' },
    operation: 'retrieve',
    outcome: 'ok',
    data: { categories: ['name', 'address'], special: false },
    purpose: { declarationId: 'P-17', text: { uk: 'Перевірка кредитної історії', en: 'Credit check' } },
    legalBasis: { citation: 'Закон 2704-IV, стаття 9' },
    visibility: { state: 'open' },
    notifyClass: 'immediate',
    retainUntil: '2029-11-30',
    ...change
  }
}

/** A ledger that is a list. */
export function feedOf (items: FeedItem[]): EventFeed {
  return { after: async (position, limit) => items.filter((item) => item.position > position).slice(0, limit) }
}

export interface Bench {
  readonly store: SqlStore
  readonly clock: ManualClock
  readonly push: PushService
  readonly mailbox: Mailbox
  readonly persons: NoticePersons
  readonly notices: Notices
  readonly person: string
  readonly items: FeedItem[]
  /** Another worker over the same store, as after a crash. */
  again (): Notices
  /** What happened in the ledger. */
  append (...events: readonly AccessEvent[]): void
  settings (change: Partial<NoticeSettings>): Promise<void>
}

export const KEYS: SubjectIndexes = {
  indexesOf: async () => ({ indexes: [{ domain: 'EDR', epoch: '2026-11', index: INDEX }], renewal: 'sealed' }),
  renew: async () => ({ indexes: [{ domain: 'EDR', epoch: '2027-01', index: LATER_INDEX }], renewal: 'sealed' })
}

/** Notices over a real store, the strict push service and a real mail server; one person who wants to be told. */
export async function openBench (t: Test, options: { readonly store?: SqlStore, readonly at?: Date, readonly appPush?: AppPush } = {}): Promise<Bench> {
  const clock = new ManualClock(options.at ?? NOON)
  const store = options.store ?? await openSqliteStore(join(t.testdir({}), 'notices.db'), [NOTICE_SCHEMA])
  const push = await startPushService()
  const mailbox = await startMailbox()
  const seal = new NoticeSeal(Buffer.alloc(32, 7))
  const persons = new NoticePersons({ store, seal, clock })
  const policy = new EndpointPolicy({ allowedHosts: [], developmentHosts: [push.host] })
  const keys = await vapidKeys(t)
  const mailer = new Mailer({ smtpUrl: mailbox.smtpUrl, from: 'Трембіта <no-reply@monitor.example>', portalUrl: new URL('http://monitor.example:4100') })
  const items: FeedItem[] = []
  const deps = {
    store,
    seal,
    clock,
    persons,
    log: silent,
    feed: feedOf(items),
    keys: KEYS,
    channels: { persons, push: new WebPushSender({ keys, contact: 'mailto:monitor@example.gov.ua', policy }), mailer, appPush: options.appPush }
  }
  const notices = new Notices(deps)
  const person = persons.tagOf('subject-of-f01')
  await persons.save(person, true, { ...defaultSettings(), phrase: 'калина-42' })
  await persons.saveRoutes(person, await KEYS.indexesOf({ idType: 'RNOKPP', id: '' }, []))
  t.teardown(async () => {
    await notices.close()
    mailer.close()
    await policy.close()
    await push.close()
    await mailbox.close()
    if (options.store === undefined) await store.close()
  })
  return {
    store,
    clock,
    push,
    mailbox,
    persons,
    notices,
    person,
    items,
    again: () => new Notices(deps),
    append: (...events) => { for (const event of events) items.push({ position: items.length + 1, event, lifted: event.visibility.state === 'lifted' }) },
    settings: async (change) => {
      const found = await persons.find(person)
      await persons.save(person, true, { ...found!.settings, ...change })
    }
  }
}

/** The person's browser subscribes at the push service. */
export async function subscribe ({ push, persons, person }: Bench): Promise<string> {
  const { endpoint, keys } = push.subscribe()
  await persons.addSubscription(person, { endpoint, ...keys, agent: 'Chrome' })
  return endpoint
}

export const EMAIL = { address: 'demian@mail.example', confirmed: true } as const
