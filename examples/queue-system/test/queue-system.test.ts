import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startQueueSystem } from '../src/index.ts'

const DAY_MS = 86_400_000

async function open (t: Test) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'trembita-queue-'))
  let system = await startQueueSystem({ dataFolder })
  t.teardown(async () => {
    await system.close()
    await rm(dataFolder, { recursive: true, force: true })
  })
  const ask = async (path: string, body: object): Promise<{ status: number, body: any }> => {
    const response = await fetch(`${system.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return { status: response.status, body: await response.json() }
  }
  const slots = async (service = '00034') => (await ask('/slots', { centre: 'vinnytsia-1', service, from: new Date().toISOString(), until: new Date(Date.now() + 14 * DAY_MS).toISOString() })).body.slots as any[]
  const restart = async () => {
    await system.close()
    system = await startQueueSystem({ dataFolder })
  }
  return { ask, slots, restart, url: () => system.url }
}

const person = { name: 'Яворська Ксенія', phone: '+380 00 000 00 00' }

t.test('a visit is booked, moved and cancelled, and its places follow (CD-7.2)', async (t) => {
  const { ask, slots, restart } = await open(t)
  const [first, second] = await slots()
  t.match(first, { centre: 'vinnytsia-1', service: '00034', capacity: 1, free: 1 })
  const booked = await ask('/bookings', { requestId: 'request-1', slot: first.id, person })
  t.match(booked, { status: 200, body: { number: /^Q-\d{6}$/, pin: /^\d{6}$/, state: 'booked' } })
  const { number, pin } = booked.body
  t.equal((await slots())[0].free, 0)
  t.match(await ask('/moves', { number, pin, slot: second.id }), { status: 200, body: { slot: { id: second.id } } })
  t.match((await slots()).slice(0, 2).map(({ free }) => free), [1, 0])
  await restart()
  t.match((await ask('/booking-status', { number, pin })).body, { state: 'booked', history: [{ event: 'booked' }, { event: 'moved' }] }, 'it is on disk')
  t.match(await ask('/cancellations', { number, pin }), { status: 200, body: { state: 'cancelled' } })
  t.match(await ask('/cancellations', { number, pin }), { status: 200, body: { state: 'cancelled' } }, 'twice is as once')
  t.match((await slots()).slice(0, 2).map(({ free }) => free), [1, 1])
  t.match(await ask('/moves', { number, pin, slot: first.id }), { status: 404 })
})

t.test('of twenty who want the last place at once one gets it; the same request again has the same answer (CD-8.3)', async (t) => {
  const { ask, slots, restart } = await open(t)
  const [slot] = await slots()
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => ask('/bookings', { requestId: `request-${i}0000`, slot: slot.id, person })))
  t.equal(all.filter(({ status }) => status === 200).length, 1)
  t.same([...new Set(all.filter(({ status }) => status !== 200).map(({ status, body }) => `${status} ${body.code}`))], ['409 slot-taken'])
  const winner = all.findIndex(({ status }) => status === 200)
  await restart()
  t.same((await ask('/bookings', { requestId: `request-${winner}0000`, slot: slot.id, person })).body, all[winner]!.body)
  t.match(await ask('/bookings', { requestId: `request-${winner}0000`, slot: slot.id, person: { name: 'Інша Особа' } }), { status: 409, body: { code: 'request-conflict' } })
})

t.test('a PIN cannot be tried through, and what is asked wrongly is refused', async (t) => {
  const { ask, slots } = await open(t)
  const [slot] = await slots()
  const { number, pin } = (await ask('/bookings', { requestId: 'request-1', slot: slot.id, person })).body
  const wrong = pin === '000000' ? '000001' : '000000'
  for (let i = 0; i < 5; i++) t.match(await ask('/booking-status', { number, pin: wrong }), { status: 404, body: { code: 'unknown-booking' } })
  t.match(await ask('/booking-status', { number, pin }), { status: 429, body: { code: 'too-many-attempts' } })
  t.match(await ask('/booking-status', { number: 'Q-999999', pin }), { status: 404, body: { code: 'unknown-booking' } })
  t.match(await ask('/bookings', { requestId: 'request-2', slot: 'vinnytsia-1.00034.20200101T0900Z', person }), { status: 404, body: { code: 'unknown-slot' } })
  t.match(await ask('/slots', { centre: 'vinnytsia-1', service: '00034', from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' }), { status: 400 })
})

t.test('each service has a description of its own, which names personal data and why no subject is captured (CD-15a)', async (t) => {
  const { url } = await open(t)
  for (const code of ['slots', 'book', 'move', 'cancel', 'bookingStatus']) {
    const { paths, servers } = await (await fetch(`${url()}/openapi/${code}.json`)).json() as any
    t.match(paths['/'].post, { operationId: code })
    t.match(servers[0].url, /^http:.*\/[a-z-]+$/)
    if (code === 'book') t.match(paths['/'].post, { 'x-processing': { operation: 'modify', onNoSubject: { ignore: /.{10}/ } }, requestBody: { content: { 'application/json': { schema: { properties: { person: { properties: { name: { 'x-personal-category': 'name' } } } } } } } } })
  }
})
