import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { Secret, systemClock, type Logger } from '@trembita/daemon'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { epochOf, type AccessEvent } from '@trembita/protocol/accessevent'
import { noteSigner, SIGNATURE_TYPE } from '@trembita/protocol/tlog'
import { checkAxe, openBrowser, screenshots, SIZES, type OpenBrowser, type PageOptions, type SizeName } from '@trembita/testnet/browser'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startMailbox, type Mailbox } from '@trembita/testnet/mailbox'
import { startPushService, type PushService } from '@trembita/testnet/push-service'
import { componentStates, eventReader, statistics, storeEvents, StoredFeed, type ComponentState } from '../../src/events/index.ts'
import { KeyServiceClient, startIndexKeys, type RunningIndexKeys } from '../../src/index-keys/index.ts'
import { Ledger, receiptsOf } from '../../src/ledger/index.ts'
import { MIGRATIONS } from '../../src/monitor.ts'
import { EndpointPolicy, Mailer, NoticePersons, Notices, NoticeSeal, readVapidKeys, WebPushSender } from '../../src/notice/index.ts'
import { createPortal, sendQuestions, type PortalDeps } from '../../src/portal/index.ts'
import { VisibilityChanges } from '../../src/visibility/index.ts'
import { eventOf } from '../notice/fixture.ts'

const silent = pino({ level: process.env.TREMBITA_LOG ?? 'silent' }) as Logger
/** Demian Gonta of the fixtures. */
export const RNOKPP = '7000100119'
/** A body whose accesses may be hidden for a time. */
export const HIDING = '90000999'
const COMPONENT = { id: 'PDAMS_LC_03', client: 'SEVDEIR-DEMO/GOV/90000038/PDAMS_LC_03', name: { uk: 'Міністерство юстиції', en: 'Ministry of Justice' } }

export interface Desk {
  readonly page: Page
  /** Errors of scripts, refusals of the policy, requests to elsewhere, answers that are errors. */
  readonly problems: readonly string[]
}

export interface RunningPortal {
  readonly url: string
  readonly app: FastifyInstance
  readonly store: SqlStore
  /** Everything that the portal and the centre keep on disk, but for the key service's. */
  bytesOnDisk (): Buffer
  /** Decisions about what is hidden. */
  readonly changes: VisibilityChanges
  readonly deps: PortalDeps
  readonly push: PushService
  readonly mailbox: Mailbox
  readonly keys: RunningIndexKeys
  /** The centre stores events of this person, as it does when a component reports them. */
  append (...events: readonly AccessEvent[]): Promise<void>
  /** The component was heard now. */
  heard (): Promise<void>
  components (change: (found: readonly ComponentState[]) => readonly ComponentState[]): void
  browser (): Promise<OpenBrowser>
  /** Somebody at a desk; signed in as the person whose name the pattern finds, unless told otherwise. */
  sit (options?: PageOptions & { readonly person?: RegExp | false }): Promise<Desk>
}

/** The portal over a real store, key service, log, identity provider, push service and mail server. */
export async function runPortal (t: Test): Promise<RunningPortal> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-portal-'))
  const store = await openSqliteStore(join(folder, 'monitor.db'), MIGRATIONS)
  const token = new Secret(Buffer.from(randomBytes(24).toString('hex')))
  const keyService = await startIndexKeys({
    dataFolder: join(folder, 'keys'), listen: { host: '127.0.0.1', port: 0 }, passphrase: new Secret(Buffer.from('passphrase')), portalToken: token, components: [{ component: COMPONENT.id, client: COMPONENT.client, domains: ['EDR'] }]
  }, silent)
  const keys = new KeyServiceClient(keyService.url, token, async () => ({ registries: ['EDR'], epochs: [epochOf(new Date().toISOString())] }))
  const { privateKey } = generateKeyPairSync('ed25519')
  const ledger = await Ledger.open({
    store, folder: join(folder, 'log'), signer: noteSigner('monitor.example/log', SIGNATURE_TYPE.ed25519, privateKey), witnesses: [], quorum: 0, clock: systemClock, log: silent
  })
  const feed = new StoredFeed(store)
  const push = await startPushService()
  const mailbox = await startMailbox()
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  const seal = new NoticeSeal(randomBytes(32))
  const persons = new NoticePersons({ store, seal, clock: systemClock })
  const endpoints = new EndpointPolicy({ allowedHosts: [], developmentHosts: [push.host] })
  const vapid = await readVapidKeys(join(folder, 'vapid.json'))
  let change = (found: readonly ComponentState[]): readonly ComponentState[] => found
  const receipts = receiptsOf({ store, ledger, witnesses: [], quorum: 0 })
  const listening = await freePortal()
  const mailer = new Mailer({ smtpUrl: mailbox.smtpUrl, from: 'Трембіта <no-reply@monitor.example>', portalUrl: listening.url })
  const notices = new Notices({ store, seal, clock: systemClock, log: silent, feed, keys, persons, channels: { persons, push: new WebPushSender({ keys: vapid, contact: 'mailto:monitor@example.gov.ua', policy: endpoints }), mailer } })
  feed.onAppended(() => { notices.wake() })
  const deps: PortalDeps = {
    store,
    clock: systemClock,
    log: silent,
    seal,
    publicUrl: listening.url,
    openId: { issuer: provider.issuer, clientId: 'trembita-monitor' },
    identityKey: randomBytes(32),
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    instance: 'SEVDEIR-DEMO',
    synthetic: true,
    events: eventReader(store, systemClock),
    receipts,
    indexes: keys,
    keys,
    components: async () => change(await componentStates(store, [COMPONENT], systemClock)),
    logState: async () => ledger.head === undefined
      ? undefined
      : { origin: ledger.head.checkpoint.origin, size: ledger.head.checkpoint.size, publishedAt: new Date(), witnesses: [], checkpoint: ledger.head.note, policy: `log ${ledger.verifierKey}\nquorum none\n` },
    figures: async () => await statistics(store),
    persons,
    notices,
    mailer,
    endpoints,
    vapidPublicKey: vapid.publicKey,
    appPush: false,
    contacts: { 90000127: { name: { uk: 'Бюро кредитних історій', en: 'Credit bureau' }, officer: { uk: 'Віта Остапчук', en: 'Vita Ostapchuk' }, email: 'dpo@bureau.example', phone: '+380 44 000 00 00' } }
  }
  const app = await createPortal(deps)
  await app.listen({ host: '127.0.0.1', port: listening.port })
  notices.start()
  let browser: OpenBrowser | undefined
  const openedBrowser = async (): Promise<OpenBrowser> => {
    browser ??= await openBrowser()
    return browser
  }
  t.teardown(async () => {
    await browser?.close()
    await notices.close()
    await app.close()
    await ledger.close()
    mailer.close()
    await Promise.all([keyService.close(), provider.close(), push.close(), mailbox.close(), endpoints.close()])
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  const heard = async (): Promise<void> => {
    const now = new Date().toISOString()
    await store.write((tx) => tx.run('INSERT INTO component (id, ack_seq, heard_at) VALUES (?, 0, ?) ON CONFLICT (id) DO UPDATE SET heard_at = excluded.heard_at', COMPONENT.id, now))
  }
  return {
    url: listening.url.href.replace(/\/$/, ''),
    app,
    store,
    changes: new VisibilityChanges({ store, clock: systemClock, mayHide: [HIDING], onChanged: () => { feed.ring() } }),
    bytesOnDisk: () => Buffer.concat(globSync(`${folder}/{monitor.db*,log/**,vapid.json}`).filter((file) => statSync(file).isFile()).map((file) => readFileSync(file))),
    deps,
    push,
    mailbox,
    keys: keyService,
    heard,
    components: (edit) => { change = edit },
    append: async (...events) => {
      const { indexes: [{ index } = { index: '' }] } = await keys.indexesOf({ idType: 'RNOKPP', id: RNOKPP }, [epochOf(new Date().toISOString())])
      const own = events.map((event): AccessEvent => ({ ...event, ...event.subject === undefined ? {} : { subject: { ...event.subject, index } } }))
      await store.write((tx) => storeEvents(tx, own, new Date().toISOString()))
      feed.ring()
      await ledger.flush()
    },
    browser: openedBrowser,
    sit: async ({ person = /Ґонта/, ...options } = {}) => {
      const { page, problems: found } = await (await openedBrowser()).open(listening.url.href, options)
      const failed: string[] = []
      page.on('response', (response) => { if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`) })
      if (person !== false) {
        await page.goto('/sign-in?return=/accesses')
        await page.getByRole('button', { name: person }).click()
        await page.waitForURL(`${listening.url.href}**`)
      }
      return { page, get problems () { return [...found.filter((problem) => !problem.startsWith(`elsewhere: ${provider.issuer}`)), ...failed] } }
    }
  }
}

/** The address must be known before the portal is made: it stands in what it signs and sends. */
async function freePortal (): Promise<{ readonly url: URL, readonly port: number }> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => { server.close(() => { resolve() }) })
  return { url: new URL(`http://127.0.0.1:${port}`), port }
}

/** An event of now. */
export function accessNow (change: Partial<AccessEvent> = {}, minutesAgo = 1): AccessEvent {
  const at = new Date(Date.now() - minutesAgo * 60_000).toISOString()
  return eventOf({ occurredAt: at, recordedAt: at, subject: { index: '', idType: 'RNOKPP', keyEpoch: epochOf(at), role: 'main' }, ...change })
}

export { sendQuestions }

/** Holds a page to what each must be, at both widths, in the language it stands in. */
export async function checkPage (t: Test, { page }: Desk, name: string): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    await page.setViewportSize(SIZES[size])
    t.same(await checkAxe(page), [], `${name}: axe finds nothing (${size})`)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name}: fits its width (${size})`)
  }
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, `monitor-${name}`, process.env.TREMBITA_SCREENSHOTS)
}

/** The same in English on a phone and in Ukrainian at a desk. */
export async function visitPage (t: Test, desk: Desk, path: string, name: string): Promise<void> {
  for (const [lang, size] of [['en', 'phone'], ['uk', 'desktop']] as const satisfies readonly (readonly [string, SizeName])[]) {
    const answer = await desk.page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
    t.equal(answer?.status(), 200, `${path} answers`)
    t.equal(await desk.page.locator('html').getAttribute('lang'), lang)
    await desk.page.setViewportSize(SIZES[size])
    await checkPage(t, desk, `${name}-${lang}`)
  }
}
