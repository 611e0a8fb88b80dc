import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import t from 'tap'
import { freePorts } from '@trembita/testnet/federation'
import { displacedAnswer, runPortal, Visitor, type Received, type Reply } from './portal-under-test.ts'

const RECEIVE = 'GOV/90000050/CABINET/receiveDocuments'
const IDP = 'GOV/90000096/IDP/idpCertificate'

/** The cabinet: one receipt for one share, whatever comes twice. */
function cabinet (refused: readonly string[] = []): (received: Received) => Reply {
  return ({ body }) => ({
    status: 200,
    body: {
      receiptId: `R-${body.shareId}`,
      shareId: body.shareId,
      receivedAt: '2026-11-30T09:00:00.000Z',
      verdicts: body.documents.map(({ type }: { type: string }) => ({ type, verdict: refused.includes(type) ? 'REFUSED' : 'ACCEPTED', ...refused.includes(type) ? { reason: 'EXPIRED' } : {} })),
      missing: body.missing
    }
  })
}

t.test('a person picks copies, sees what goes and why, confirms, and has a receipt with a verdict on each (UP-8.1, UP-8.6, UP-R3.4)', async (t) => {
  const { portal, gateway } = await runPortal(t)
  gateway.services[RECEIVE] = cabinet(['foreign-passport'])
  const person = await Visitor.signIn(portal, 'f01')
  const choose = await person.get('/share')
  t.match(choose.text, /value="internal-passport"[^>]*checked/)
  t.match(choose.text, /тимчасово недоступний\. Зараз отримати неможливо/, 'the register of displaced people is down')
  t.equal((await person.post('/share/review')).status, 400, 'nothing chosen')
  const types = ['internal-passport', 'foreign-passport', 'taxpayer-card', 'displaced-certificate']
  const review = await person.post('/share/review', { types })
  t.match(review.text, /Офіс розвитку підприємництва[\s\S]*безоплатно[\s\S]*999\d{6}[\s\S]*7000100119[\s\S]*технічно неможливо отримати/)
  t.same(gateway.received.filter(({ service }) => service === RECEIVE), [], 'nothing has gone yet')

  const receipt = await person.post('/share/send', { types: types.join(',') })
  t.match(receipt.url, /\/receipts\/[0-9a-f-]{36}$/)
  t.match(receipt.text, /отримано[\s\S]*R-[\s\S]*Паспорт громадянина[\s\S]*прийнято[\s\S]*не прийнято[\s\S]*строк дії копії минув[\s\S]*не передано[\s\S]*технічно неможливо/)
  const [sent] = gateway.received.filter(({ service }) => service === RECEIVE)
  t.match(sent, {
    client: 'SEVDEIR-DEMO/GOV/90000067/PORTAL',
    body: {
      subject: { rnokpp: '7000100119', name: "Ґонта Дем'ян Євгенович", assurance: 'substantial' },
      documents: [{ type: 'internal-passport', format: 'jws', content: /^eyJ/, issuedAt: String }, { type: 'foreign-passport' }, { type: 'taxpayer-card' }],
      missing: [{ type: 'displaced-certificate', reason: 'TECHNICALLY_IMPOSSIBLE' }]
    }
  })
  t.equal(sent!.id, sent!.body.shareId, 'one id for the share and its exchange')
  t.match((await person.get('/receipts')).text, /3 документи[\s\S]*отримано/)
  t.equal((await (await Visitor.signIn(portal, 'f02')).get(receipt.url)).status, 404, 'a receipt is its owner\'s')
  t.notMatch(await (await fetch(receipt.url, { redirect: 'manual' })).text(), /R-/, 'and nobody else\'s')
})

t.test('copies that the cabinet did not take at once go again under the same id, and a refusal ends it (UP-8.6)', async (t) => {
  const { portal, gateway, folder } = await runPortal(t)
  let attempts = 0
  gateway.services[RECEIVE] = (received) => ++attempts < 3 ? { status: 500, body: {}, fault: 'Server.ServerProxy.ServiceFailed' } : cabinet()(received)
  gateway.services[IDP] = () => displacedAnswer('active')
  const person = await Visitor.signIn(portal, 'f08')
  const first = await person.post('/share/send', { types: 'internal-passport,displaced-certificate' })
  t.match(first.text, /передається[\s\S]*портал передасть їх/)
  let page = first.text
  for (let tries = 0; tries < 100 && !page.includes('R-'); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    page = (await person.get(first.url)).text
  }
  t.match(page, /отримано[\s\S]*R-/)
  t.equal(new Set(gateway.received.filter(({ service }) => service === RECEIVE).map(({ id }) => id)).size, 1)

  gateway.services[RECEIVE] = () => ({ status: 500, body: {}, fault: 'Server.ServerProxy.AccessDenied' })
  t.match((await person.post('/share/send', { types: 'internal-passport' })).text, /не прийнято[\s\S]*AccessDenied/)
  gateway.services[RECEIVE] = () => ({ status: 403, body: { code: 'not-joined' } })
  t.match((await person.post('/share/send', { types: 'internal-passport' })).text, /не прийнято[\s\S]*спершу приєднайтеся/, 'the cabinet\'s own reason is told')
  const db = new Database(join(folder, 'portal.db'), { readonly: true })
  t.same(db.prepare('SELECT count(*) AS n FROM share WHERE request IS NOT NULL').get(), { n: 0 }, 'what was sent is not kept')
  db.close()
})

t.test('a portal killed while it sends (kill -9) sends the same share after its start, once for the cabinet', async (t) => {
  const { provider, gateway } = await runPortal(t)
  const folder = t.testdir()
  const [port, servicesPort] = await ports()
  const start = async (): Promise<ReturnType<typeof spawn>> => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url)), '--port', String(port), '--services-port', String(servicesPort)], {
      env: { ...process.env, DIIA_PORTAL_DATA_FOLDER: folder, DIIA_PORTAL_IDENTITY_PROVIDER_ISSUER: provider.issuer, DIIA_PORTAL_GATEWAY_URL: gateway.url, DIIA_PORTAL_LOG: 'false' },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    await once(child.stdout!, 'data')
    return child
  }
  const url = `http://127.0.0.1:${port}`
  let child = await start()
  const person = await Visitor.signIn({ url } as never, 'f02')
  // The cabinet takes it, and the portal dies before it hears so.
  const taken = new Promise<void>((resolve) => {
    gateway.services[RECEIVE] = async (received) => {
      resolve()
      await once(child, 'exit')
      return cabinet()(received)
    }
  })
  const cut = person.post('/share/send', { types: 'internal-passport,taxpayer-card' }).catch(() => undefined)
  await taken
  child.kill('SIGKILL')
  await cut
  t.notMatch(readFileSync(join(folder, 'portal.db')).toString('latin1') + readFileSync(join(folder, 'portal.db-wal')).toString('latin1'), /7000200223/, 'the number stands nowhere on disk')
  gateway.services[RECEIVE] = cabinet()
  child = await start()
  t.teardown(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  let list = ''
  for (let tries = 0; tries < 100 && !list.includes('отримано'); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    list = (await person.get('/receipts')).text
  }
  t.match(list, /2 документи[\s\S]*отримано/, 'the session went on, and the share arrived')
  const sent = gateway.received.filter(({ service }) => service === RECEIVE)
  t.equal(sent.length, 2)
  t.same(sent[0]!.body, sent[1]!.body, 'the very same copies')
})

async function ports (): Promise<[number, number]> {
  const first = await freePorts(2)
  return [first, first + 1]
}
