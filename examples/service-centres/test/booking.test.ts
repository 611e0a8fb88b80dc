import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { startServiceCentres } from '../src/index.ts'
import { BOOK, CANCEL, hidden, MOVE, SLOTS, slotsOf, startWorld, Visitor, type World } from './world.ts'

t.setTimeout(60_000)

async function start (t: Test, world: World) {
  // The queue lives in real time; when the platform tries again is told here.
  const clock = new ManualClock(new Date())
  const centres = await startServiceCentres({
    clock,
    dataFolder: join(world.folder, 'centres'),
    gateway: { url: world.gateway.url, client: world.gateway.client, timeoutMs: 5000 },
    retrySeconds: 60,
    rateLimit: { perSecond: 10_000, perMinute: 100_000 }
  })
  t.teardown(() => centres.close())
  return { centres, clock, visitor: new Visitor(centres.url) }
}

const FORM = '/centres/vinnytsia-1/book'

async function bookForm (world: World, visitor: Visitor, i = 0): Promise<Record<string, string>> {
  const slot = (await slotsOf(world, '00034')).filter(({ free }) => free > 0)[i]!
  const { text } = await visitor.get(`${FORM}?service=00034&week=${slot.start.slice(0, 10)}`)
  t.match(text, `value="${slot.id}|`, 'the calendar shows the time')
  return { id: hidden(text, 'id'), service: '00034', week: slot.start.slice(0, 10), slot: `${slot.id}|${slot.start}|${slot.end}`, name: 'Яворська Ксенія', phone: '+380 00 000 00 00' }
}

const numberOf = (text: string): string => /Q-\d{6}/.exec(text)?.[0] ?? ''
const pinOf = (text: string): string => /<dd>(\d{6})<\/dd>/.exec(text)?.[1] ?? ''

t.test('without signing in a visit is booked, found again, moved and cancelled over the hromada\'s queue (CD-7.2) (CD-15a)', async (t) => {
  const world = await startWorld(t)
  const { visitor, centres } = await start(t, world)
  const form = await bookForm(world, visitor)
  const booked = await visitor.post(FORM, form)
  t.match(booked, { status: 200, path: `/visits/${form.id}?said=booked` })
  const [number, pin] = [numberOf(booked.text), pinOf(booked.text)]
  t.match(await world.queue('/booking-status', { number, pin }), { state: 'booked' })
  const twice = await visitor.post(FORM, form)
  t.equal(numberOf(twice.text), number, 'the same form sent twice is one booking')
  t.match(await visitor.post(FORM, { ...form, name: 'Хтось Інший' }), { status: 409, text: /Форма застаріла/ })

  const stranger = new Visitor(centres.url)
  t.equal((await stranger.get(`/visits/${form.id}`)).path, '/visits', 'another browser does not see it')
  t.match(await stranger.post('/visits', { centre: 'vinnytsia-1', number, pin: pin === '000000' ? '000001' : '000000' }), { status: 400, text: /Запису з таким номером і PIN немає/ })
  t.match((await stranger.post('/visits', { centre: 'vinnytsia-1', number, pin })).path, `/visits/${form.id}`, 'with number and PIN it is found')

  const next = (await slotsOf(world, '00034')).find(({ free }) => free > 0)!
  const moved = await visitor.post(`/visits/${form.id}/move`, { slot: `${next.id}|${next.start}|${next.end}` })
  t.match(moved.path, /said=moved/)
  t.match(await world.queue('/booking-status', { number, pin }), { slot: { id: next.id } })
  t.match((await visitor.post(`/visits/${form.id}/cancel`, {})).text, /Запис скасовано/)
  t.match(await world.queue('/booking-status', { number, pin }), { state: 'cancelled' })
  t.match(await visitor.post(FORM, form, { 'sec-fetch-site': 'cross-site' }), { status: 403 }, 'another site cannot book for a visitor')
})

t.test('of two who want the last place one gets it, and the other reads a conflict, no outage and no booking (CD-7.2) (CD-8.3)', async (t) => {
  const world = await startWorld(t)
  const { centres } = await start(t, world)
  const [one, other] = [new Visitor(centres.url), new Visitor(centres.url)]
  const forms = [await bookForm(world, one), await bookForm(world, other)]
  const answers = await Promise.all([one.post(FORM, forms[0]!), other.post(FORM, forms[1]!)])
  t.same(answers.map(({ status }) => status).sort(), [200, 409])
  const conflict = answers.find(({ status }) => status === 409)!
  t.match(conflict.text, /Цей час щойно зайняли/)
  t.notMatch(conflict.text, /тимчасово неможливо/)
  t.match(conflict.text, /slot--taken/, 'the taken time is shown as taken at once')
  t.not(hidden(conflict.text, 'id'), forms[0]!.id)
})

t.test('an outage of the queue is never shown as no times; what was asked for is sent when it is back, once (CD-15a) (CD-8.3)', async (t) => {
  const world = await startWorld(t)
  const { visitor, centres, clock } = await start(t, world)
  const form = await bookForm(world, visitor)
  world.gateway.down.add(SLOTS).add(BOOK)
  const { text } = await visitor.get(FORM)
  t.match(text, /Записатися тимчасово неможливо/)
  t.notMatch(text, /часу за цією послугою немає/)
  const kept = await visitor.post(FORM, form)
  t.match(kept, { path: /said=sending/, text: /Черга ще не відповіла/ })
  world.gateway.down.clear()
  world.gateway.lost.add(BOOK)
  clock.advance(60)
  await centres.deliverNow()
  t.match((await visitor.get(`/visits/${form.id}`)).text, /Черга ще не відповіла/, 'an answer that was lost is no booking yet')
  world.gateway.lost.clear()
  clock.advance(120)
  await centres.deliverNow()
  const page = await visitor.get(`/visits/${form.id}`)
  t.match(page.text, /записано/)
  const number = numberOf(page.text)
  t.match(number, /Q-000001/, 'the lost answer was to the same booking')
  t.equal((await slotsOf(world, '00034')).filter(({ free }) => free === 0).length, 1)

  const next = (await slotsOf(world, '00034')).find(({ free }) => free > 0)!
  world.gateway.down.add(MOVE).add(CANCEL)
  t.match((await visitor.post(`/visits/${form.id}/move`, { slot: `${next.id}|${next.start}|${next.end}` })).text, /Прохання перенести/)
  world.gateway.down.clear()
  clock.advance(60)
  await centres.deliverNow()
  t.match(await world.queue('/booking-status', { number, pin: pinOf(page.text) }), { slot: { id: next.id } })
})

t.test('a centre without a queue says so; a form with gaps is shown again with what is wrong; names are in no address (CD-15a)', async (t) => {
  const world = await startWorld(t)
  const { visitor } = await start(t, world)
  t.match((await visitor.get('/centres/kyiv-1/book')).text, /не має власної електронної черги/)
  t.match((await visitor.get('/centres/kyiv-1')).text, /не має власної електронної черги/)
  t.match(await visitor.post('/centres/kyiv-1/book', {}), { status: 404 })
  const form = await bookForm(world, visitor)
  t.match(await visitor.post(FORM, { ...form, slot: '', name: '', phone: 'abc' }), { status: 400, text: /Оберіть час прийому[\s\S]*Напишіть, хто прийде[\s\S]*Телефон: цифри/ })
  t.match(await visitor.get('/centres/none'), { status: 404 })
  t.match((await visitor.get('/centres/vinnytsia-1/book?week=nonsense&service=99999')), { status: 200 })
})
