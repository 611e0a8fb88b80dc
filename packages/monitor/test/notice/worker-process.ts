import { pino } from 'pino'
import { systemClock, type Logger } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { EndpointPolicy, NOTICE_SCHEMA, NoticePersons, Notices, NoticeSeal, readVapidKeys, WebPushSender, type SubjectIndexes } from '../../src/notice/index.ts'
import { eventOf, feedOf } from './fixture.ts'

/** A worker of its own, to be killed: `worker-process.ts STORE VAPID PUSH-HOST INDEX EVENTS`. Says `ready` when it has begun. */
const [path = '', vapid = '', host = '', index = '', count = '0'] = process.argv.slice(2)
const log = pino({ level: 'silent' }) as Logger
const store = await openSqliteStore(path, [NOTICE_SCHEMA])
const seal = new NoticeSeal(Buffer.alloc(32, 7))
const persons = new NoticePersons({ store, seal, clock: systemClock })
const policy = new EndpointPolicy({ allowedHosts: [], developmentHosts: [host] })
const keys: SubjectIndexes = { indexesOf: async () => ({ indexes: [], renewal: '' }), renew: async () => ({ indexes: [], renewal: '' }) }
const at = new Date().toISOString()
// The same events at each start, as the ledger would tell them; each of another recipient, so that each is a notice of its own.
const items = Array.from({ length: Number(count) }, (_, position) => ({
  position: position + 1,
  lifted: false,
  event: eventOf({ occurredAt: at, recordedAt: at, subject: { index, idType: 'RNOKPP', keyEpoch: at.slice(0, 7), role: 'main' }, emergency: { flag: true, justification: 'x' }, recipient: { code: `9000${position}`, name: { uk: `Орган ${position}` }, system: 'S' } })
}))
const notices = new Notices({ store, seal, clock: systemClock, log, feed: feedOf(items), keys, persons, channels: { persons, push: new WebPushSender({ keys: await readVapidKeys(vapid), contact: 'mailto:a@example.org', policy }) }, tickMs: 100 })
notices.start()
process.stdout.write('ready\n')
