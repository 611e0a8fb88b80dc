import type { Test } from 'tap'
import type { SqlStore } from '@trembita/daemon/store'
import { EMAIL, eventOf, INDEX, openBench, subscribe } from './fixture.ts'

const contentOf = (text: string): { title: string, body: string, tag: string } => JSON.parse(text) as never

/** What holds on both stores. */
export async function behaves (t: Test, open: () => Promise<SqlStore>): Promise<void> {
  await t.test('an access becomes a push that names the body and nothing else (TR-5.3) (IP-2.4a)', async (t) => {
    const bench = await openBench(t, { store: await open() })
    await subscribe(bench)
    bench.append(eventOf())
    await bench.notices.run()
    const [message] = bench.push.messages()
    const { title, body } = contentOf(message!.text)
    t.equal(title, 'Доступ до ваших персональних даних')
    t.equal(body, 'Бюро кредитних історій: новий запис про доступ')
    t.notMatch(message!.text, /address|name|P-17|2704|Перевірка|019ac0de/, 'no data, purpose, ground or event')
    await bench.notices.run()
    t.equal(bench.push.messages().length, 1, 'and once')
    t.same(await bench.store.all('SELECT state FROM notice_item'), [{ state: 'accepted' }])
    const [evidence] = await bench.store.all<Record<string, unknown>>('SELECT channel, state, result, template, text_hash, attempts FROM notice_message')
    t.match(evidence, { channel: 'push', state: 'accepted', result: '201', template: 'notice/1', attempts: 1, text_hash: /^[\w-]{43}$/ })
    await bench.notices.seen(bench.person)
    t.same(await bench.store.all('SELECT state FROM notice_item'), [{ state: 'seen' }])
  })

  await t.test('the store names neither person, nor index, nor address, nor event', async (t) => {
    const bench = await openBench(t, { store: await open() })
    const endpoint = await subscribe(bench)
    await bench.settings({ email: EMAIL, appSubject: 'subject-of-f01' })
    const event = eventOf()
    bench.append(event)
    await bench.notices.run()
    const tables = ['notice_person', 'notice_subscription', 'notice_route', 'notice_known', 'notice_item', 'notice_message']
    const rows = JSON.stringify(await Promise.all(tables.map((table) => bench.store.all(`SELECT * FROM ${table}`))))
    for (const secret of [INDEX, Buffer.from(INDEX, 'base64url').toString('base64'), endpoint, EMAIL.address, event.eventId, 'subject-of-f01', '90000127', 'EDR', 'калина']) {
      t.notOk(rows.includes(secret), secret.slice(0, 12))
    }
  })

  await t.test('the same event told again, or a restart in the middle of sending, tells nothing twice', async (t) => {
    const bench = await openBench(t, { store: await open() })
    const endpoint = await subscribe(bench)
    const event = eventOf()
    bench.append(event, event)
    bench.push.script(endpoint, { status: 201, reset: true })
    await bench.notices.run()
    t.equal(bench.push.messages().length, 0, 'the line broke')
    bench.clock.advance(5)
    await Promise.all([bench.again().run()])
    t.equal(bench.push.messages().length, 1)
    t.equal((await bench.store.all('SELECT tag FROM notice_item')).length, 1)
  })

  await t.test('a subscription that is gone is removed, and e-mail takes its place', async (t) => {
    const bench = await openBench(t, { store: await open() })
    const endpoint = await subscribe(bench)
    await bench.settings({ email: EMAIL })
    bench.push.expire(endpoint)
    bench.append(eventOf())
    await bench.notices.run()
    t.same(await bench.persons.subscriptions(bench.person), [])
    const [mail] = bench.mailbox.mails()
    t.match(mail, { to: [EMAIL.address], subject: 'Доступ до ваших персональних даних' })
    t.same(await bench.store.all('SELECT channel, state FROM notice_message ORDER BY channel'), [{ channel: 'email', state: 'accepted' }, { channel: 'push', state: 'failed' }])
  })

  await t.test('one digest a local day, whatever restarts', async (t) => {
    const bench = await openBench(t, { store: await open() })
    await bench.settings({ email: EMAIL })
    const known = eventOf({ notifyClass: 'immediate' })
    bench.append(known)
    await bench.notices.run()
    bench.append(...Array.from({ length: 3 }, () => eventOf({ notifyClass: 'digest' })))
    await bench.notices.run()
    await bench.again().run()
    bench.append(eventOf({ notifyClass: 'digest' }))
    await bench.again().run()
    const digests = bench.mailbox.mails().filter(({ subject }) => subject.startsWith('Доступ до ваших даних за'))
    t.equal(digests.length, 1)
    t.match(digests[0]!.text, /Бюро кредитних історій: 3 рази/)
    bench.clock.advance(24 * 3600)
    await bench.notices.run()
    t.equal(bench.mailbox.mails().length, 3, 'what came later is in the digest of the next day')
  })
}
