import { randomUUID } from 'node:crypto'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { slotsOf, startWorld, Visitor, type World } from './world.ts'

t.setTimeout(120_000)

interface Running {
  readonly child: ChildProcess
  readonly visitor: Visitor
}

async function start (t: Test, { gateway }: World, folder: string, crashAt = ''): Promise<Running> {
  const child = fork(join(import.meta.dirname, 'centres-process.ts'), [folder, gateway.url, gateway.client, crashAt], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  t.teardown(() => { child.kill('SIGKILL') })
  const [url] = await once(child, 'message')
  return { child, visitor: new Visitor(url as string) }
}

/** What is due is sent, or the process dies over it. */
async function deliver ({ child }: Running): Promise<void> {
  child.send('deliver')
  await Promise.race([once(child, 'message'), once(child, 'exit')])
}

t.test('killed between the visitor\'s request and the answer at any step, there is one booking, and its page shows it (CD-7.2) (CD-8.3)', async (t) => {
  const world = await startWorld(t)
  for (const [i, step] of ['recorded', 'asking', 'answered', 'kept'].entries()) {
    const folder = join(world.folder, `booking-${i}`)
    const slot = (await slotsOf(world, '00108')).filter(({ free }) => free > 0)[0]!
    const form = { id: randomUUID(), service: '00108', week: slot.start.slice(0, 10), slot: `${slot.id}|${slot.start}|${slot.end}`, name: 'Мельник Ганна' }
    const first = await start(t, world, folder, step)
    const died = once(first.child, 'exit')
    await t.rejects(first.visitor.post('/centres/vinnytsia-1/book', form), `${step}: the answer never comes`)
    await died
    const second = await start(t, world, folder)
    await deliver(second)
    const page = await second.visitor.post('/centres/vinnytsia-1/book', form)
    t.match(page, { status: 200, path: `/visits/${form.id}?said=booked`, text: new RegExp(`Q-00000${i + 1}`) }, `${step}: booked once`)
    t.equal((await slotsOf(world, '00108')).filter(({ free }) => free === 0).length, i + 1)
    second.child.kill('SIGKILL')
  }
})

t.test('killed while a booking is moved or cancelled, the wish is carried out at the next start, once (CD-7.2) (CD-8.3)', async (t) => {
  const world = await startWorld(t)
  for (const [i, [what, step]] of ([['move', 'asking'], ['move', 'answered'], ['cancel', 'asking'], ['cancel', 'answered']] as const).entries()) {
    const folder = join(world.folder, `wish-${i}`)
    const [slot, next] = (await slotsOf(world, '00034')).filter(({ free }) => free > 0)
    const form = { id: randomUUID(), service: '00034', week: slot!.start.slice(0, 10), slot: `${slot!.id}|${slot!.start}|${slot!.end}`, name: 'Мельник Ганна' }
    const first = await start(t, world, folder)
    const { text } = await first.visitor.post('/centres/vinnytsia-1/book', form)
    first.child.kill('SIGKILL')
    const second = await start(t, world, folder, step)
    await second.visitor.post('/centres/vinnytsia-1/book', form)
    const died = once(second.child, 'exit')
    await t.rejects(second.visitor.post(`/visits/${form.id}/${what}`, what === 'move' ? { slot: `${next!.id}|${next!.start}|${next!.end}` } : {}))
    await died
    const third = await start(t, world, folder)
    await deliver(third)
    const booking = { number: /Q-\d{6}/.exec(text)![0], pin: /<dd>(\d{6})<\/dd>/.exec(text)![1] }
    t.match(await world.queue('/booking-status', booking), what === 'move' ? { state: 'booked', slot: { id: next!.id } } : { state: 'cancelled' }, `${what}, ${step}`)
    t.match((await third.visitor.post('/centres/vinnytsia-1/book', { ...form, name: 'Хтось Інший' })).status, 409)
    third.child.kill('SIGKILL')
  }
})

t.test('killed while ratings are passed on, each arrives exactly once (CD-18)', async (t) => {
  const world = await startWorld(t)
  for (const [i, step] of ['rating kept', 'batch asking', 'batch answered'].entries()) {
    const folder = join(world.folder, `rating-${i}`)
    const rating = { id: randomUUID(), waiting: '5', politeness: '5', clarity: '4', result: '3', service: '00108', channel: 'page' }
    const first = await start(t, world, folder, step)
    const died = once(first.child, 'exit')
    if (step === 'rating kept') await t.rejects(first.visitor.post('/centres/vinnytsia-1/rate', rating))
    else {
      await first.visitor.post('/centres/vinnytsia-1/rate', rating)
      await deliver(first)
    }
    await died
    const second = await start(t, world, folder)
    await deliver(second)
    t.match((await second.visitor.get(`/ratings/${rating.id}`)).text, /передано до системи якості/, step)
    t.match(await world.quality('/indicators', {}), { items: [{ count: i + 1 }] }, `${step}: counted once`)
    second.child.kill('SIGKILL')
  }
})
