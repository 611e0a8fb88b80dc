import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startBusinessCabinet, type BusinessCabinet } from '../src/index.ts'
import { joinFop, RETRY } from './open.ts'
import { DELIVER, F01, startWorld, type World } from './world.ts'

const SUBJECT = { sub: F01.sub, rnokpp: F01.rnokpp, assurance: 'high' }

async function start (t: Test): Promise<{ world: World, system: BusinessCabinet, post: (path: string, body: object) => Promise<{ status: number, body: any }> }> {
  const world = await startWorld(t)
  const system = await startBusinessCabinet({
    dataFolder: join(world.folder, 'data'), port: 0, gateway: { url: world.gateway.url, client: world.gateway.client, timeoutMs: 5000 }, portalChannel: true, retry: RETRY, ...world.files
  })
  t.teardown(() => system.close())
  return {
    world,
    system,
    post: async (path, body) => {
      const response = await fetch(`${system.servicesUrl}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return { status: response.status, body: await response.json() }
    }
  }
}

t.test('documents: each is verified by itself, a foreign one is refused, a repetition changes nothing (UP-8.1, UP-8.2, UP-8.3, UP-8.4, UP-8.6, UP-3.2, UP-R3.4)', async (t) => {
  const { world: { portal }, system, post } = await start(t)
  await joinFop(system.cabinet, F01)
  const doc = (type: string, rnokpp: string = F01.rnokpp, data: object = { number: '999000111' }, change?: object): { type: string, content: string } => ({ type, content: portal.document(type, rnokpp, data, change) })
  const passport = doc('internal-passport')
  const share = {
    shareId: randomUUID(),
    subject: SUBJECT,
    documents: [
      { ...passport, format: 'jws', issuedAt: new Date().toISOString() },
      doc('foreign-passport'),
      doc('taxpayer-card', F01.rnokpp, { rnokpp: F01.rnokpp }),
      doc('income-sources', F01.rnokpp, { sources: [{ taxAgent: '91000033', accrued: '100.00', tax: '18.00', militaryLevy: '5.00' }] }),
      doc('internal-passport', '7000200223'),
      { type: 'internal-passport', content: passport.content.slice(0, -4) + 'AAAA' },
      doc('taxpayer-card', F01.rnokpp, { rnokpp: '9000100013' }),
      doc('internal-passport', F01.rnokpp, {}, { exp: 1 }),
      doc('driver-licence'),
      { type: 'internal-passport', content: 'eyJhbGciOiJub25lIn0.e30.' }
    ],
    missing: [{ type: 'displaced-certificate', reason: 'NO_RECORD' }]
  }
  const first = await post('/documents', share)
  t.equal(first.status, 200)
  t.same(first.body.verdicts.map(({ verdict, reason }: { verdict: string, reason?: string }) => reason ?? verdict),
    ['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'FOREIGN_DOCUMENT', 'BAD_SIGNATURE', 'MALFORMED', 'EXPIRED', 'UNKNOWN_TYPE', 'MALFORMED'])
  t.same((await post('/documents', share)).body, first.body, 'the same share, the same receipt')
  const again = await post('/documents', { ...share, shareId: randomUUID(), documents: [passport], missing: [] })
  t.same(again.body.verdicts, [{ type: 'internal-passport', verdict: 'ALREADY_HELD' }])
  const { ref } = (await system.cabinet.participations.of(F01.sub))!
  t.equal((await system.cabinet.inbox.list(ref)).length, 4)
  t.match(await system.cabinet.offers.profile(ref), { displaced: { known: false, gap: 'NO_RECORD' } })
  const [row] = await system.cabinet.store.all<{ sealed: string }>('SELECT sealed FROM document')
  t.notMatch(Buffer.from(row!.sealed, 'base64').toString('latin1'), /999000111/, 'kept sealed')
})

t.test('offers for the portal: reasons with them, gaps named; others are told why not (UP-8.7, UP-7c, UP-7d)', async (t) => {
  const { system, post } = await start(t)
  t.match(await post('/offers', { subject: SUBJECT }), { status: 403, body: { code: 'not-joined' } })
  t.same((await post('/join-status', { subject: SUBJECT })).body, { joined: false })
  await joinFop(system.cabinet, F01)
  t.match((await post('/join-status', { subject: SUBJECT })).body, { joined: true, kind: 'FOP' })
  const { body } = await post('/offers', { subject: SUBJECT })
  const offer = body.items.find(({ programme }: { programme: { id: string } }) => programme.id === 'it-eksport')
  t.match(offer, { verdict: 'eligible', link: /\/cabinet\/offers\// })
  t.match(offer.reasons.find(({ criterion }: { criterion: string }) => criterion === 'income'), { verdict: 'met', register: 'TAX', text: { en: /income of the last closed year: UAH 1,000,000 or more: UAH / } })
  const f02 = { sub: 'f02', rnokpp: '7000200223', name: 'Їжак Єлизавета Петрівна' }
  await joinFop(system.cabinet, f02)
  const { missing } = (await post('/offers', { subject: { sub: 'f02', rnokpp: f02.rnokpp, assurance: 'substantial' } })).body
  t.match(missing.find(({ criterion }: { criterion: string }) => criterion === 'employees'), { register: 'TAX', what: { en: /not recorded in the register/ } }, 'which answer is missing')
  t.equal((await post('/offer-feedback', { subject: SUBJECT, offerId: offer.offerId, feedback: 'dismissed' })).body.state, 'dismissed')
  t.notOk((await post('/offers', { subject: SUBJECT })).body.items.some(({ offerId }: { offerId: string }) => offerId === offer.offerId), 'what was put away is offered no more')
  t.match(await post('/offer-feedback', { subject: SUBJECT, offerId: randomUUID(), feedback: 'viewed' }), { status: 404, body: { code: 'unknown-offer' } })

  const { cabinet } = system
  const head = await cabinet.checks.begin('l01', { kind: 'ENTITY', code: '91000033', name: "В'юн Єва Олексіївна" })
  await cabinet.participations.join(head.id, { person: 'l01', assurance: 'high', at: new Date() })
  t.match(await post('/offers', { subject: { sub: 'l01', rnokpp: '9000200127', assurance: 'high' } }), { status: 403, body: { code: 'channel-for-entrepreneurs-only' } })
  t.match(await post('/offers', { subject: { sub: F01.sub, assurance: 'high' } }), { status: 403, body: { code: 'person-without-number' } })
  t.match(await post('/offers', { subject: { ...SUBJECT, rnokpp: '7000200223' } }), { status: 403, body: { code: 'not-joined' } }, 'subject and number of two persons')
  t.match(await post('/offers', { subject: { ...SUBJECT, assurance: 'low' } }), { status: 400, body: { code: 'invalid-request' } })
})

t.test('offers reach the portal once, after its outage too, and only those of entrepreneurs (UP-2, UP-7c)', async (t) => {
  const { world: { gateway, portal }, system: { cabinet } } = await start(t)
  gateway.down.add(DELIVER)
  const { ref } = await joinFop(cabinet, F01)
  t.equal(portal.delivered.length, 0)
  t.ok((await cabinet.offers.list(ref)).some(({ verdict }) => verdict === 'eligible'), 'on the web they stand meanwhile')
  gateway.down.clear()
  const soon = async (): Promise<void> => { await cabinet.analysis.store.write(async (tx) => { await tx.run("UPDATE delivery SET due_at = '2000-01-01T00:00:00Z'") }) }
  await soon()
  await cabinet.worker.kick()
  const eligible = (await cabinet.offers.list(ref)).filter(({ verdict }) => verdict === 'eligible').map(({ id }) => id)
  t.same(portal.delivered.map(({ offerId }) => offerId).sort(), eligible.sort())
  t.ok(portal.delivered.every(({ subject }) => subject === F01.sub))
  const before = gateway.passed.length
  await soon()
  await cabinet.worker.kick()
  t.equal(gateway.passed.length, before, 'nothing is sent twice')
  const head = await cabinet.checks.begin('l01', { kind: 'ENTITY', code: '91000033', name: "В'юн Єва Олексіївна" })
  await cabinet.participations.join(head.id, { person: 'l01', assurance: 'high', at: new Date() })
  await cabinet.worker.kick()
  t.equal(portal.delivered.length, eligible.length, 'offers of a legal entity stay in the cabinet')
})

t.test('programmes are public: for anyone, with criteria in words and no price; descriptions name whom a call concerns (UP-7a, UP-R3.4)', async (t) => {
  const { system } = await start(t)
  const get = async (path: string): Promise<any> => await (await fetch(system.servicesUrl + path)).json()
  const { items } = await get('/programmes')
  t.equal(items.length, 10)
  t.equal(new Set(items.map(({ provider }: { provider: { kind: string } }) => provider.kind)).size, 3, 'of the state, donors, international organisations')
  t.same((await get('/programmes?kind=loan')).items.length, 2)
  t.same((await get(`/programmes?q=${encodeURIComponent('ФЕРМЕР')}`)).items.map(({ id }: { id: string }) => id), ['fermery'])
  t.match((await get('/programmes/fermery')).requirements, [{ criterion: 'kved', text: { uk: 'основний КВЕД: 01' } }])
  const described = await get('/openapi.json')
  t.match(described.paths['/documents'].post.requestBody.content['application/json'].schema.properties.subject.properties.rnokpp, { 'x-personal-subject': { type: 'RNOKPP', role: 'main' } })
  t.same(Object.keys((await get('/openapi/offersForUser.json')).paths), ['/'])
  for (const page of ['/', '/about', '/programmes/fermery']) t.equal((await fetch(system.url + page)).status, 200, `${page} without sign-in`)
  for (const page of ['/cabinet', '/cabinet/documents', '/admin']) t.equal((await fetch(system.url + page)).status, 401, `${page} needs sign-in`)
})
