import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { startPushService } from '@trembita/testnet/push-service'
import { defaultSettings, NOTICE_SCHEMA, NoticePersons, NoticeSeal, readVapidKeys } from '../../src/notice/index.ts'
import { INDEX } from './fixture.ts'

t.setTimeout(60_000)

/** As many immediate notices as a day may bring. */
const NOTICES = 5

t.test('a worker that is killed at any moment tells each access once: none is lost, none is shown twice', async (t) => {
  const folder = t.testdir({})
  const [path, vapid] = [join(folder, 'notices.db'), join(folder, 'vapid.json')]
  const push = await startPushService()
  t.teardown(() => push.close())
  await readVapidKeys(vapid)
  const store = await openSqliteStore(path, [NOTICE_SCHEMA])
  t.teardown(() => store.close())
  const persons = new NoticePersons({ store, seal: new NoticeSeal(Buffer.alloc(32, 7)), clock: systemClock })
  const person = persons.tagOf('somebody')
  await persons.save(person, true, { ...defaultSettings(), nightNotices: true })
  await persons.saveRoutes(person, { indexes: [{ domain: 'EDR', epoch: '2099-12', index: INDEX }], renewal: '' })
  const { endpoint, keys } = push.subscribe()
  await persons.addSubscription(person, { endpoint, ...keys, agent: '' })

  const worker = join(import.meta.dirname, 'worker-process.ts')
  for (const killAfterMs of [0, 15, 40, 80, 150]) {
    const child = spawn(process.execPath, [worker, path, vapid, push.host, INDEX, String(NOTICES)], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await new Promise((resolve) => { setTimeout(resolve, killAfterMs) })
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const last = spawn(process.execPath, [worker, path, vapid, push.host, INDEX, String(NOTICES)], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { last.kill('SIGKILL') })
  await push.untilMessages(NOTICES)
  for (;;) {
    const open = await store.get<{ count: number }>("SELECT count(*) AS count FROM notice_item WHERE state <> 'accepted'")
    if (open?.count === 0) break
    await new Promise((resolve) => { setTimeout(resolve, 20) })
  }
  const contents = push.messages().map(({ text }) => JSON.parse(text) as { body: string, tag: string })
  t.equal(contents.length, NOTICES, 'what was sent again took the place of the first')
  t.equal(new Set(contents.map(({ tag }) => tag)).size, NOTICES)
  t.same(contents.map(({ body }) => body).sort(), Array.from({ length: NOTICES }, (_, number) => `Орган ${number}: новий запис про доступ`))
  t.same(await store.all('SELECT state, count(*) AS count FROM notice_item GROUP BY state'), [{ state: 'accepted', count: NOTICES }])
})
