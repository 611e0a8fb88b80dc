import { createECDH, randomBytes } from 'node:crypto'
import ece from 'http_ece'
import t from 'tap'
import { readPushMessage, startPushService } from '@trembita/testnet/push-service'
import { EndpointPolicy, padPayload, WebPushSender } from '../../src/notice/index.ts'
import { vapidKeys } from './fixture.ts'

/** RFC 8291 appendix A. */
const VECTOR = {
  text: 'When I grow up, I want to be a watermelon',
  userAgentPrivate: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  senderPrivate: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  userAgentPublic: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN'
}

function curveOf (privateKey: string): ReturnType<typeof createECDH> {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(Buffer.from(privateKey, 'base64url'))
  return curve
}

t.test('the vector of RFC 8291 is read by our user agent and written by the reference, byte for byte', async (t) => {
  const body = Buffer.from(VECTOR.body, 'base64url')
  const keys = { curve: curveOf(VECTOR.userAgentPrivate), auth: Buffer.from(VECTOR.auth, 'base64url') }
  t.equal(readPushMessage(body, keys).text, VECTOR.text)
  const written = ece.encrypt(Buffer.from(VECTOR.text), { version: 'aes128gcm', privateKey: curveOf(VECTOR.senderPrivate), dh: VECTOR.userAgentPublic, authSecret: VECTOR.auth, salt: VECTOR.salt })
  t.equal(written.toString('base64url'), VECTOR.body)
  for (const place of [0, 30, 90, body.length - 1]) {
    const changed = Buffer.from(body)
    changed[place]! ^= 1
    t.throws(() => readPushMessage(changed, keys), { name: 'UnreadableMessage' }, `a bit at ${place}`)
  }
  t.throws(() => readPushMessage(body.subarray(0, 60), keys), { name: 'UnreadableMessage' })
})

t.test('what we send is read by the reference, and is filled up so that its length says nothing (TR-5.3)', async (t) => {
  const service = await startPushService()
  t.teardown(() => service.close())
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  const auth = randomBytes(16)
  const keys = await vapidKeys(t)
  const { endpoint, keys: { p256dh, auth: authText } } = service.register({ curve, auth }, keys.publicKey)
  const policy = new EndpointPolicy({ allowedHosts: [], developmentHosts: [service.host] })
  t.teardown(() => policy.close())
  const sender = new WebPushSender({ keys, contact: 'mailto:monitor@example.gov.ua', policy })
  const send = async (body: string): Promise<void> => {
    t.same(await sender.send({ endpoint, p256dh, auth: authText, agent: '' }, { payload: { body }, ttlSeconds: 60, urgency: 'high', topic: `t${body.length}` }), { kind: 'accepted', result: '201' })
  }
  await send('коротко')
  await send('Міністерство юстиції України: 21 новий запис про доступ')
  const [short, long] = service.messages()
  t.equal(short?.bodyBytes, long?.bodyBytes)
  t.match(long, { urgency: 'high', ttlSeconds: 60 })
  t.same(JSON.parse(long!.text), { body: 'Міністерство юстиції України: 21 новий запис про доступ' })

  const again = ece.encrypt(padPayload({ body: 'x' }), { version: 'aes128gcm', privateKey: curveOf(VECTOR.senderPrivate), dh: p256dh, authSecret: authText, salt: VECTOR.salt })
  t.equal(ece.decrypt(again, { version: 'aes128gcm', privateKey: curve, authSecret: authText }).toString().trim(), '{"body":"x"}')
  t.equal(readPushMessage(again, { curve, auth }).text.trim(), '{"body":"x"}', 'their encryption, our reading')
  t.throws(() => padPayload({ body: 'x'.repeat(4000) }), RangeError)
})
