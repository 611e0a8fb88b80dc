import { randomUUID } from 'node:crypto'
import t from 'tap'
import { developmentPerson } from '@trembita/testnet/identity-provider'
import { startPushService } from '@trembita/testnet/push-service'
import { ask, runPortal, Visitor, type Received, type Reply } from './portal-under-test.ts'

const CABINET = 'GOV/90000050/CABINET'
const MONITOR = 'GOV/90000104/MONITOR'
const FEEDBACK = 'GOV/90000050/CABINET/offerFeedback'
const subjectOf = (id: string): string => developmentPerson(id).subject!

function offer (more: object): object {
  return {
    offerId: 'O-1',
    title: { uk: 'Грант на обладнання', en: 'Grant for equipment' },
    body: { uk: 'До 500 000 грн', en: 'Up to UAH 500,000' },
    reasons: [{ uk: 'Ваш КВЕД 62.01 у переліку', en: 'Your activity 62.01 is listed' }],
    link: 'http://127.0.0.1:4310/offers/O-1',
    ...more
  }
}

async function until (done: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await done()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it did not happen')
}

t.test('an offer reaches a sole entrepreneur who signed in, once; others are refused with the reason (UP-2, UP-7c, UP-7d)', async (t) => {
  const { portal, gateway } = await runPortal(t)
  const deliver = async (more: object, client = CABINET): Promise<any> => await ask(portal, 'POST', '/offers', client, offer(more))
  t.match((await deliver({ subject: subjectOf('f01') })).body, { status: 'recipient-not-reachable' }, 'before the first sign-in')
  const person = await Visitor.signIn(portal, 'f01')
  const first = await deliver({ subject: subjectOf('f01') })
  t.match(first, { status: 200, body: { status: 'accepted', deliveryId: String } })
  t.same((await deliver({ subject: subjectOf('f01') })).body, first.body, 'the same offer again is the same delivery')
  t.match((await deliver({ offerId: 'O-2', rnokpp: '7000100119' })).body, { status: 'accepted' }, 'by the number')
  t.match((await deliver({ offerId: 'O-3', subject: subjectOf('f01'), recipientKind: 'legalEntity' })).body, { status: 'refused', reason: 'legal-entity' })
  t.match((await deliver({ offerId: 'O-3', subject: subjectOf('f01'), validUntil: '2020-01-01T00:00:00Z' })).body, { status: 'refused', reason: 'expired' })
  await Visitor.signIn(portal, 'f13')
  t.match((await deliver({ offerId: 'O-4', subject: subjectOf('f13') })).body, { status: 'refused', reason: 'no-rnokpp' })
  t.match(await deliver({ offerId: 'O-5', subject: subjectOf('f01'), link: 'https://elsewhere.example/' }), { status: 400, body: { code: 'link-not-allowed' } })
  for (const client of [MONITOR, 'GOV/90000127/BUREAU', 'CABINET']) t.match(await deliver({ subject: subjectOf('f01') }, client), { status: 403, body: { code: 'not-a-partner' } }, client)
  const federated = await fetch(`${portal.servicesUrl}/offers`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-road-client': `OTHER/${CABINET}`, 'x-road-id': randomUUID() }, body: JSON.stringify(offer({ subject: subjectOf('f01') }))
  })
  t.equal(federated.status, 403, 'the same codes in another instance')
  t.match(await deliver({ subject: subjectOf('f01'), title: { uk: 'лише українською' } }), { status: 400 })
  t.notMatch(JSON.stringify(await deliver({ rnokpp: '70001001191' })), /70001001191/, 'a refusal does not repeat the number')

  await person.post('/settings/offers', { channel: 'off' })
  t.match((await deliver({ offerId: 'O-6', subject: subjectOf('f01') })).body, { status: 'channel-off' })
  await person.post('/settings/offers', { channel: 'on' })
  gateway.services[`${CABINET}/offersForUser`] = () => ({ status: 200, body: { joined: true, items: [], missing: [] } })
  t.match((await person.get('/offers')).text, /Грант на обладнання[\s\S]*нова/)
})

t.test('the portal as a whole may have the channel off (UP-2)', async (t) => {
  const { portal } = await runPortal(t, { offersChannel: false })
  await Visitor.signIn(portal, 'f01')
  t.match((await ask(portal, 'POST', '/offers', CABINET, offer({ subject: subjectOf('f01') }))).body, { status: 'channel-off' })
})

t.test('a person sees offers with the reasons and what is missing, and what they say goes to the cabinet once each (UP-8.7, UP-3.4)', async (t) => {
  const { portal, gateway } = await runPortal(t)
  const person = await Visitor.signIn(portal, 'f01')
  t.match((await person.get('/offers')).text, /Кабінет зараз не відповідає[\s\S]*не означає, що нових немає/)
  gateway.services[`${CABINET}/offersForUser`] = () => ({ status: 200, body: { joined: false, items: [], missing: [] } })
  t.match((await person.get('/offers')).text, /не приєдналися/)
  gateway.services[`${CABINET}/offersForUser`] = () => ({ status: 403, body: { code: 'not-joined' } })
  t.match((await person.get('/offers')).text, /не приєдналися/)
  gateway.services[`${CABINET}/offersForUser`] = () => ({ status: 403, body: { code: 'channel-for-entrepreneurs-only' } })
  t.match((await person.get('/offers')).text, /Канал порталу — для фізичних осіб — підприємців/)
  gateway.services[`${CABINET}/offersForUser`] = ({ body }) => ({
    status: body.subject.rnokpp === '7000100119' && body.subject.sub === subjectOf('f01') ? 200 : 400,
    body: {
      joined: true,
      items: [{ offerId: 'L-1', programme: { id: 'p', version: 1, title: { uk: 'Позика', en: 'Loan' }, provider: { uk: 'Фонд', en: 'Fund' }, kind: 'loan' }, verdict: 'cannotTell', reasons: [{ criterion: 'employees', verdict: 'cannotTell', text: { uk: 'Невідомо, скільки працівників', en: 'Number of employees unknown' } }], state: 'new', link: 'http://127.0.0.1:4310/offers/L-1' }],
      missing: [{ register: 'TAX', what: { uk: 'кількість працівників за 2025 рік', en: 'employees in 2025' } }]
    }
  })
  await ask(portal, 'POST', '/offers', CABINET, offer({ subject: subjectOf('f01') }))
  const list = await person.get('/offers')
  t.match(list.text, /Даних недостатньо[\s\S]*кількість працівників за 2025 рік[\s\S]*Грант на обладнання[\s\S]*Позика[\s\S]*може підійти/)
  let down = 2
  const heard: any[] = []
  gateway.services[FEEDBACK] = ({ body }: Received): Reply => {
    if (down-- > 0) return { status: 500, body: {}, fault: 'Server.ServerProxy.NetworkError' }
    heard.push(body)
    return { status: 200, body: { offerId: body.offerId, state: body.feedback } }
  }
  for (let times = 0; times < 3; times++) t.match((await person.get('/offers/O-1')).text, /Ваш КВЕД 62\.01 у переліку/)
  t.match((await person.get('/offers/L-1')).text, /Невідомо, скільки працівників/)
  t.match((await person.post('/offers/O-1/applied')).text, /Позначено: заявку подано[\s\S]*заявку подано/)
  t.match((await person.post('/offers/L-1/dismissed')).text, /Позначено: не цікаво/)
  await until(() => heard.length === 4)
  t.same(heard.map(({ offerId, feedback }) => `${offerId} ${feedback}`).sort(), ['L-1 dismissed', 'L-1 viewed', 'O-1 applied', 'O-1 viewed'])
  t.match(heard[0], { subject: { sub: subjectOf('f01'), rnokpp: '7000100119', assurance: 'substantial' } })
  t.equal((await (await Visitor.signIn(portal, 'f02')).get('/offers/O-1')).status, 404, 'another\'s offer is nobody\'s business')
})

t.test('five verbs of notices: template, distribution, its state, its recipients, its deletion; the same message is one distribution', async (t) => {
  const { portal } = await runPortal(t)
  const person = await Visitor.signIn(portal, 'f01')
  const template = { code: 'visit', title: { uk: 'Візит {date}', en: 'Visit {date}' }, body: { uk: 'Чекаємо: {place}', en: 'We wait at {place}' }, link: 'http://127.0.0.1:4330/bookings' }
  t.match(await ask(portal, 'POST', '/templates', 'GOV/90000080/CENTRES', template), { status: 201, body: { code: 'visit', version: 1 } })
  t.match((await ask(portal, 'POST', '/templates', 'GOV/90000080/CENTRES', template)).body, { version: 1 })
  t.match((await ask(portal, 'POST', '/templates', 'GOV/90000080/CENTRES', { ...template, title: { uk: 'Ваш візит {date}', en: 'Your visit {date}' } })).body, { version: 2 })
  t.match(await ask(portal, 'POST', '/templates', MONITOR, { ...template, code: 'access-notice' }), { status: 409 })

  const id = randomUUID()
  const push = { template: 'visit', parameters: { date: '3.12' }, recipients: [{ subject: subjectOf('f01'), parameters: { place: 'вул. Нова', place_en: 'Nova street' } }, { rnokpp: '7000200223', parameters: { place: 'x' } }] }
  const made = await ask(portal, 'POST', '/push-notifications', 'GOV/90000080/CENTRES', push, id)
  t.match(made, { status: 202, body: { accepted: 1, notReachable: 1 } })
  t.same((await ask(portal, 'POST', '/push-notifications', 'GOV/90000080/CENTRES', push, id)).body, made.body, 'delivered twice is one')
  t.match(await ask(portal, 'POST', '/push-notifications', 'GOV/90000080/CENTRES', { ...push, template: 'plain-message' }, id), { status: 409 })
  t.match(await ask(portal, 'POST', '/push-notifications', MONITOR, push), { status: 404, body: { code: 'unknown-template' } }, 'a template is its maker\'s')
  t.match(await ask(portal, 'POST', '/push-notifications', 'GOV/90000080/CENTRES', { ...push, parameters: {} }), { status: 400, body: { code: 'parameter-missing', detail: /date/ } })

  const inbox = await person.get('/notices')
  t.match(inbox.text, /Ваш візит 3\.12[\s\S]*Платформа Центрів[\s\S]*нове/)
  t.equal(inbox.text.match(/Ваш візит/g)?.length, 1)
  const { distributionId } = made.body
  t.match((await ask(portal, 'GET', `/distribution-status/${distributionId}`, 'GOV/90000080/CENTRES')).body, { template: 'visit', states: { inbox: 1, read: 0, 'not-reachable': 1 } })
  t.match(await ask(portal, 'GET', `/distribution-status/${distributionId}`, MONITOR), { status: 404 })
  const [, notice] = /href="(\/notices\/[0-9a-f-]+)"/.exec(inbox.text)!
  t.match((await person.get(`${notice}?lang=en`)).text, /Your visit 3\.12[\s\S]*We wait at Nova street[\s\S]*127\.0\.0\.1:4330/)
  t.equal((await (await Visitor.signIn(portal, 'f02')).get(notice!)).status, 404)
  const { body: results } = await ask(portal, 'GET', `/distribution-recipients/${distributionId}?limit=10`, 'GOV/90000080/CENTRES')
  t.match(results.recipients, [{ position: 0, state: 'read', readAt: String }, { position: 1, state: 'not-reachable' }])
  t.notMatch(JSON.stringify(results), /700/, 'no number travels back')
  for (let times = 0; times < 2; times++) t.match(await ask(portal, 'DELETE', `/distributions/${distributionId}`, 'GOV/90000080/CENTRES'), { status: 200, body: { deleted: true } })
  t.notMatch((await person.get('/notices')).text, /Your visit|Ваш візит/)
  t.match((await ask(portal, 'GET', `/distribution-status/${distributionId}`, 'GOV/90000080/CENTRES')).body, { deletedAt: String })
})

t.test('a notice of access is pushed to the installed page without details, and opens the monitor (IP-2.4, TR-5.3)', async (t) => {
  await using service = await startPushService()
  const { portal } = await runPortal(t, { pushOrigins: [service.url] })
  const person = await Visitor.signIn(portal, 'f01')
  const [, key = ''] = /data-key="([^"]+)"/.exec((await person.get('/settings')).text)!
  const [phone, desk] = [service.subscribe(key), service.subscribe(key)]
  for (const bad of [{}, { ...phone, endpoint: 'https://elsewhere.example/push' }, { ...phone, endpoint: 'http://127.0.0.1:1/x' }, { ...phone, keys: { ...phone.keys, p256dh: Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url') } }, { ...phone, keys: { ...phone.keys, auth: 'AAAA' } }]) {
    t.equal(await person.postJson('/push/subscriptions', bad), 400)
  }
  t.equal(await person.postJson('/push/subscriptions', phone), 204)
  t.equal(await person.postJson('/push/subscriptions', desk), 204)
  service.script(phone.endpoint, { status: 503 })
  service.expire(desk.endpoint)
  const { body: { distributionId } } = await ask(portal, 'POST', '/push-notifications', MONITOR, { template: 'access-notice', recipients: [{ subject: subjectOf('f01'), parameters: { body_uk: 'Бюро кредитних історій', body_en: 'Credit bureau' } }] })
  const [message] = await service.untilMessages(1)
  t.match(JSON.parse(message!.text), { title: 'Хтось переглянув ваші дані', url: '/notices' })
  t.notMatch(message!.text, /Бюро/, 'a lock screen does not name the body')
  t.same(service.refused().filter(({ status }) => status !== 410), [], 'the push service, strict as it is, found nothing wrong')
  await until(async () => (await ask(portal, 'GET', `/distribution-status/${distributionId}`, MONITOR)).body.states.pushed === 1)
  t.match((await person.get('/settings')).text, /Увімкнено: 1 пристрій/, 'a browser that is gone is forgotten')
  const [, notice] = /href="(\/notices\/[0-9a-f-]+)"/.exec((await person.get('/notices')).text)!
  t.match((await person.get(notice!)).text, /Бюро кредитних історій отримує[\s\S]*http:\/\/127\.0\.0\.1:4100\/accesses[\s\S]*моніторинг доступу/)
  t.match((await person.post('/push/unsubscribe')).text, /вимкнено на всіх пристроях/)
})

t.test('the services describe themselves, with the fields that hold a person (TR-5.2)', async (t) => {
  const { portal } = await runPortal(t)
  const whole = await (await fetch(`${portal.servicesUrl}/openapi.json`)).json() as any
  t.same(Object.keys(whole.paths).sort(), ['/distribution-recipients/{id}', '/distribution-status/{id}', '/distributions/{id}', '/offers', '/push-notifications', '/templates'])
  t.match(whole.paths['/offers'].post.requestBody.content['application/json'].schema.properties.rnokpp, { 'x-personal-subject': { type: 'RNOKPP', role: 'main' } })
  for (const code of ['deliverOffer', 'createTemplate', 'pushNotification', 'distributionStatus', 'distributionRecipients', 'deleteDistribution']) {
    const one = await (await fetch(`${portal.servicesUrl}/openapi/${code}.json`)).json() as any
    t.equal(Object.keys(one.paths).length, 1, code)
  }
  t.match(await (await fetch(`${portal.servicesUrl}/health`)).json(), { status: 'UP', synthetic: true })
})
