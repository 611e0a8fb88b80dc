import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { startServiceCentres } from '../src/index.ts'
import { INDICATORS, startWorld, SUBMIT, Visitor } from './world.ts'

t.setTimeout(60_000)

async function start (t: Test) {
  const world = await startWorld(t)
  const clock = new ManualClock(new Date('2026-11-30T10:00:00Z'))
  const centres = await startServiceCentres({ clock, dataFolder: join(world.folder, 'centres'), gateway: { url: world.gateway.url, client: world.gateway.client, timeoutMs: 5000 }, retrySeconds: 60, indicatorsSeconds: 3600, rateLimit: { perSecond: 10_000, perMinute: 100_000 } })
  t.teardown(() => centres.close())
  return { world, clock, centres, visitor: new Visitor(centres.url) }
}

const scores = { waiting: '2', politeness: '5', clarity: '4', result: '3' }

t.test('ratings wait out an outage of the quality system and arrive once; indicators keep what was known, with its moment (CD-7.3) (CD-18) (CD-8.7)', async (t) => {
  const { world, clock, centres, visitor } = await start(t)
  world.gateway.down.add(SUBMIT)
  const id = randomUUID()
  const sent = await visitor.post('/centres/vinnytsia-1/rate', { id, ...scores, service: '00025', remark: 'Довго чекали', channel: 'visit' })
  t.match(sent, { path: `/ratings/${id}`, text: /чекає на передачу/ })
  await visitor.post('/centres/vinnytsia-1/rate', { id, ...scores, channel: 'visit' })
  await centres.deliverNow()
  await visitor.post('/centres/vinnytsia-1/rate', { id: randomUUID(), ...scores, result: '5' })
  t.match((await visitor.get('/state')).text, /Жодна оцінка не губиться/)
  world.gateway.down.clear()
  world.gateway.lost.add(SUBMIT)
  clock.advance(60)
  await centres.deliverNow()
  t.match(await world.quality('/indicators', {}), { items: [{ count: 1 }] }, 'it arrived, and the receipt was lost')
  world.gateway.lost.clear()
  clock.advance(300)
  await centres.deliverNow()
  t.match(await world.quality('/indicators', {}), { items: [{ centre: 'vinnytsia-1', count: 2, remarks: 1, means: { result: 4 } }] })
  t.match((await visitor.get(`/ratings/${id}`)).text, /передано до системи якості/)
  t.match(await centres.platform.ratings.delivery(), { counts: { waiting: 0, delivered: 2, refused: 0 }, problem: undefined })

  await centres.pullNow()
  t.match((await visitor.get('/centres/vinnytsia-1')).text, /2 оцінки[\s\S]*Станом на/)
  world.gateway.down.add(INDICATORS)
  await centres.pullNow()
  t.match((await visitor.get('/state')).text, /показано останнє отримане/)
  t.match((await visitor.get('/centres/vinnytsia-1')).text, /2 оцінки/, 'what was known stays known')
})

t.test('a rating has no identity anywhere: not on its way, not in the store (CD-7.3)', async (t) => {
  const { world, centres, visitor } = await start(t)
  await visitor.post('/centres/vinnytsia-1/rate', { id: randomUUID(), ...scores, name: 'Яворська Ксенія', remark: 'Чемно' })
  await centres.deliverNow()
  const batch = world.gateway.bodies.find((body) => body.includes('ratingId'))!
  t.same(Object.keys(JSON.parse(batch).ratings[0]).sort(), ['centre', 'channel', 'ratedOn', 'ratingId', 'remark', 'scores'])
  t.notMatch(batch, /Яворська/)
  const rows = await centres.platform.store.all<Record<string, unknown>>('SELECT * FROM ratings')
  t.same(rows.map(({ body, state }) => [body, state]), [[null, 'delivered']], 'the content goes with the delivery')
  t.match(await visitor.post('/centres/vinnytsia-1/rate', { id: randomUUID(), ...scores, result: '6' }), { status: 400, text: /Оберіть оцінку: Результат/ })
})
