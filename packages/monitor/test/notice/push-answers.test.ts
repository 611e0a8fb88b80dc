import { createECDH, createPrivateKey, sign } from 'node:crypto'
import { request } from 'undici'
import webPush from 'web-push'
import t from 'tap'
import { BadSubscription, EndpointPolicy, parsePushSubscription, PUSH_SERVICE_HOSTS, WebPushSender, type VapidKeys } from '../../src/notice/index.ts'
import { isPrivateAddress } from '../../src/notice/endpoint-policy.ts'
import { EMAIL, eventOf, openBench, subscribe, vapidKeys } from './fixture.ts'
import { startPushService } from '@trembita/testnet/push-service'

const DAY_SECONDS = 86_400

t.test('429 waits as long as it says; 5xx and broken lines come again, and the notice arrives once', async (t) => {
  const bench = await openBench(t)
  const endpoint = await subscribe(bench)
  bench.push.script(endpoint, { status: 429, headers: { 'retry-after': '120' } }, { status: 503 }, { status: 201, reset: true })
  bench.append(eventOf())
  await bench.notices.run()
  bench.clock.advance(119)
  await bench.notices.run()
  t.same(await bench.store.all('SELECT attempts, result FROM notice_message'), [{ attempts: 1, result: '429' }], 'not before its time')
  bench.clock.advance(2)
  await bench.notices.run()
  t.same(await bench.store.all('SELECT attempts, result FROM notice_message'), [{ attempts: 2, result: '503' }])
  for (let round = 0; round < 4; round++) {
    bench.clock.advance(300)
    await bench.notices.run()
  }
  t.equal(bench.push.messages().length, 1)
})

t.test('413 is answered by less; what is refused for good falls back to e-mail; 72 hours of silence too', async (t) => {
  const bench = await openBench(t)
  const endpoint = await subscribe(bench)
  await bench.settings({ email: EMAIL, nightNotices: true })
  bench.push.script(endpoint, { status: 413 })
  bench.append(eventOf())
  await bench.notices.run()
  t.match(JSON.parse(bench.push.messages()[0]!.text), { title: 'Доступ до ваших персональних даних', body: '' })

  bench.push.script(endpoint, { status: 403 })
  bench.append(eventOf({ purpose: { declarationId: 'P-2', text: { uk: 'Мета' } } }))
  await bench.notices.run()
  t.equal(bench.mailbox.mails().length, 1)

  bench.push.script(endpoint, ...Array.from({ length: 400 }, () => ({ status: 500 })))
  bench.append(eventOf({ purpose: { declarationId: 'P-3', text: { uk: 'Мета' } } }))
  for (let hour = 0; hour < 74; hour++) {
    await bench.notices.run()
    bench.clock.advance(3600)
  }
  t.equal(bench.mailbox.mails().length, 2)
})

t.test('whom no channel reaches within five days is reported, and the list remains', async (t) => {
  const bench = await openBench(t)
  await bench.settings({ email: EMAIL, nightNotices: true })
  bench.mailbox.refuseNext(550)
  bench.append(eventOf())
  await bench.notices.run()
  t.match(await bench.notices.counts(), { failed: 1, escalated: 0 })
  bench.clock.advance(5 * DAY_SECONDS)
  await bench.notices.run()
  t.match(await bench.notices.counts(), { failed: 1, escalated: 1 })
})

t.test('each day the routes are renewed without the person, for a new month or a new register; old ones go', async (t) => {
  const bench = await openBench(t)
  t.same(await bench.store.all('SELECT routes_until FROM notice_person'), [{ routes_until: '2026-12-01T12:00:00.000Z' }])
  await bench.notices.run()
  t.same(await bench.store.all('SELECT epoch FROM notice_route'), [{ epoch: '2026-11' }], 'they are fresh')
  bench.clock.advance(2 * DAY_SECONDS)
  await bench.notices.run()
  t.same(await bench.store.all('SELECT routes_until FROM notice_person'), [{ routes_until: '2026-12-03T12:00:00.000Z' }])
  t.same(await bench.store.all('SELECT epoch FROM notice_route ORDER BY epoch'), [{ epoch: '2026-11' }, { epoch: '2027-01' }])
  bench.clock.advance(150 * DAY_SECONDS)
  await bench.notices.run()
  t.same(await bench.store.all("SELECT epoch FROM notice_route WHERE epoch < '2027-01'"), [])
})

t.test('the development push service refuses what real ones may let pass', async (t) => {
  const service = await startPushService()
  t.teardown(() => service.close())
  const keys = await vapidKeys(t)
  const subscription = service.subscribe(keys.publicKey)
  const details = (options: webPush.RequestOptions = {}): { headers: Record<string, string>, body: Buffer } => {
    const { headers, body } = webPush.generateRequestDetails(subscription, 'x', { TTL: 60, vapidDetails: { subject: 'mailto:a@example.org', ...keys }, contentEncoding: 'aes128gcm', ...options })
    return { headers: headers as Record<string, string>, body: body! }
  }
  const post = async ({ headers, body }: ReturnType<typeof details>): Promise<number> => {
    const answer = await request(subscription.endpoint, { method: 'POST', headers, body })
    await answer.body.dump()
    return answer.statusCode
  }
  const vapid = (audience: string, seconds: number): string => webPush.getVapidHeaders(audience, 'mailto:a@example.org', keys.publicKey, keys.privateKey, 'aes128gcm', Math.floor(Date.now() / 1000) + seconds).Authorization
  const good = details()
  t.equal(await post(good), 201)
  t.equal(await post(good), 400, 'salt used before')
  const change = (headers: Record<string, string | undefined>): ReturnType<typeof details> => {
    const made = details()
    const all = { ...made.headers, ...headers }
    return { headers: Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)), body: made.body }
  }
  t.equal(await post(change({ TTL: undefined })), 400, 'no TTL')
  t.equal(await post(change({ Authorization: undefined })), 401, 'no VAPID')
  t.equal(await post(change({ Authorization: vapid('https://elsewhere.example', 3600) })), 403, 'another audience')
  t.equal(await post(change({ Authorization: vapid(service.url, 3600) })), 201)
  t.equal(await post(change({ Topic: 'a topic' })), 400, 'topic')
  t.equal(await post(change({ 'Content-Encoding': 'aesgcm' })), 415, 'coding')
  t.equal(await post({ headers: change({ 'Content-Length': undefined }).headers, body: Buffer.alloc(5000) }), 413, 'size')
  const other = createECDH('prime256v1')
  other.generateKeys()
  t.equal(await post(details({ vapidDetails: { subject: 'mailto:a@example.org', publicKey: other.getPublicKey().toString('base64url'), privateKey: other.getPrivateKey().toString('base64url') } })), 403, 'a key that nobody subscribed with')
  t.equal(await post(change({ Authorization: longToken(service.url, keys) })), 403, 'a token of more than a day')
  service.expire(subscription.endpoint)
  t.equal(await post(details()), 410)
})

/** A token that is good for 25 hours: the library makes none. */
function longToken (aud: string, { publicKey, privateKey }: VapidKeys): string {
  const point = Buffer.from(publicKey, 'base64url')
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', d: privateKey, x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } })
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part({ aud, exp: Math.floor(Date.now() / 1000) + 25 * 3600, sub: 'mailto:a@example.org' })}`
  return `vapid t=${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}, k=${publicKey}`
}

t.test('a subscription leads to known push services and to no neighbour of ours', async (t) => {
  const lookup = ((_host: string, _options: object, done: (error: null, found: object[]) => void) => { done(null, [{ address: '10.0.0.7', family: 4 }]) }) as never
  const policy = new EndpointPolicy({ allowedHosts: PUSH_SERVICE_HOSTS, lookup })
  t.teardown(() => policy.close())
  policy.check('https://fcm.googleapis.com/fcm/send/x')
  policy.check('https://wns2-par02p.notify.windows.com/w/?token=x')
  for (const endpoint of ['http://fcm.googleapis.com/x', 'https://fcm.googleapis.com:8443/x', 'https://user@fcm.googleapis.com/x', 'https://fcm.googleapis.com.evil.example/x', 'https://127.0.0.1/x', 'https://[::1]/x', 'https://notify.windows.com.evil.example/']) {
    t.throws(() => { policy.check(endpoint) }, { name: 'BadSubscription' }, endpoint)
  }
  const sender = new WebPushSender({ keys: await vapidKeys(t), contact: 'mailto:a@example.org', policy })
  const curve = createECDH('prime256v1')
  const p256dh = curve.generateKeys().toString('base64url')
  t.match(await sender.send({ endpoint: 'https://fcm.googleapis.com/fcm/send/x', p256dh, auth: 'AAAAAAAAAAAAAAAAAAAAAA', agent: '' }, { payload: {}, ttlSeconds: 1, urgency: 'low', topic: 'x' }), { kind: 'later', result: 'EPRIVATE' }, 'a name that leads to a private address')
  for (const [address, isPrivate] of [['10.1.2.3', true], ['172.31.0.1', true], ['169.254.169.254', true], ['::1', true], ['::ffff:10.0.0.1', true], ['fd00::1', true], ['142.250.1.1', false], ['2a00:1450::1', false], ['nonsense', true]] as const) t.equal(isPrivateAddress(address), isPrivate, address)
  t.throws(() => parsePushSubscription({ endpoint: 'x', keys: {} }, ''), BadSubscription as never)
})
