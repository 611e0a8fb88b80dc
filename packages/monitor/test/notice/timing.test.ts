import t from 'tap'
import { isQuiet, localTime, minutesOf } from '../../src/notice/wall-clock.ts'
import { noticeText } from '../../src/notice/texts.ts'
import { EMAIL, eventOf, INDEX, openBench, subscribe } from './fixture.ts'

t.test('quiet hours hold even immediate notices, unless the person allows the night', async (t) => {
  const bench = await openBench(t, { at: new Date('2026-11-30T21:30:00Z') })
  await subscribe(bench)
  bench.append(eventOf())
  await bench.notices.run()
  t.equal(bench.push.messages().length, 0, '23:30 in Kyiv')
  bench.clock.advance(8 * 3600)
  await bench.notices.run()
  t.equal(bench.push.messages().length, 0, '07:30')
  bench.clock.advance(1800)
  await bench.notices.run()
  t.equal(bench.push.messages().length, 1, '08:00')

  bench.clock.advance(15 * 3600)
  await bench.settings({ nightNotices: true })
  bench.append(eventOf({ purpose: { declarationId: 'P-18', text: { uk: 'Інша мета' } } }))
  await bench.notices.run()
  t.equal(bench.push.messages().length, 2, 'at night, because it may')
})

t.test('a person who lives elsewhere is quiet by their own clock, spans over midnight and empty ones too', async (t) => {
  const at = new Date('2026-07-01T05:30:00Z')
  t.equal(isQuiet(at, { zone: 'Europe/Kyiv', quietFrom: '22:00', quietTo: '08:00' }), false)
  t.equal(isQuiet(at, { zone: 'America/Toronto', quietFrom: '22:00', quietTo: '08:00' }), true)
  t.equal(isQuiet(at, { zone: 'Asia/Tokyo', quietFrom: '12:00', quietTo: '15:00' }), true)
  t.equal(isQuiet(at, { zone: 'UTC', quietFrom: '08:00', quietTo: '08:00' }), false)
})

for (const [zone, spring, autumn] of [['Europe/Kyiv', '2027-03-28', '2026-10-25'], ['America/New_York', '2027-03-14', '2026-11-01'], ['Australia/Lord_Howe', '2026-10-04', '2027-04-04']] as const) {
  t.test(`one digest a local date over both changes of the clock in ${zone}, with restarts at each step`, async (t) => {
    for (const [date, digestAt] of [[spring, '02:15'], [autumn, '01:45']] as const) {
      const bench = await openBench(t, { at: new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000) })
      await bench.persons.saveRoutes(bench.person, { indexes: [{ domain: 'EDR', epoch: date.slice(0, 7), index: INDEX }], renewal: 'sealed' })
      await bench.settings({ email: EMAIL, zone, digestAt, quietFrom: '00:00', quietTo: '00:00' })
      bench.append(eventOf())
      await bench.notices.run()
      const digests = (): string[] => bench.mailbox.mails().map(({ subject }) => subject).filter((subject) => subject.startsWith('Доступ до ваших даних за'))
      const days = new Set<string>()
      for (let step = 0; step < 4 * 60; step++) {
        const { date: local, minutes } = localTime(bench.clock.now(), zone)
        if (step % 4 === 0) bench.append(eventOf({ notifyClass: 'digest' }))
        if (minutes >= minutesOf(digestAt)) days.add(local)
        await bench.again().run()
        bench.clock.advance(15 * 60)
      }
      t.equal(digests().length, new Set(digests()).size, `${date}: no date twice`)
      t.equal(digests().length, days.size, `${date}: each date whose hour came`)
    }
  })
}

t.test('repeats within a quarter of an hour are one notice with a count; the sixth notice of a day joins the digest', async (t) => {
  const bench = await openBench(t)
  await subscribe(bench)
  bench.append(eventOf())
  await bench.notices.run()
  bench.append(eventOf(), eventOf(), eventOf())
  bench.clock.advance(60)
  await bench.notices.run()
  t.equal(bench.push.messages().length, 1)
  bench.clock.advance(15 * 60)
  await bench.notices.run()
  t.match(JSON.parse(bench.push.messages().at(-1)!.text), { body: 'Бюро кредитних історій: 3 нові записи про доступ' })

  bench.append(...['P-1', 'P-2', 'P-3', 'P-4', 'P-5'].map((declarationId) => eventOf({ purpose: { declarationId, text: { uk: 'Мета' } } })))
  await bench.notices.run()
  t.equal(bench.push.messages().length, 5, 'five a day')
  t.same(await bench.store.all("SELECT count(*) AS count FROM notice_item WHERE class = 'digest'"), [{ count: 2 }])
})

t.test('what was hidden and is lifted is told in its own words; what is muted is not told, unless it is grave', async (t) => {
  const bench = await openBench(t)
  await subscribe(bench)
  bench.append(eventOf({ visibility: { state: 'lifted' } }))
  await bench.notices.run()
  t.match(JSON.parse(bench.push.messages()[0]!.text), { title: 'Відкладене повідомлення про доступ до ваших даних' })
  await bench.settings({ muted: [{ recipientCode: '90000127', recipientName: 'Бюро', purposeId: 'P-17', purposeText: 'Перевірка' }] })
  bench.append(eventOf())
  await bench.notices.run()
  t.equal(bench.push.messages().length, 1)
  bench.append(eventOf({ data: { categories: ['health'], special: true } }))
  await bench.notices.run()
  t.equal(bench.push.messages().length, 2)
})

t.test('whoever switches notices off is told nothing of what waits, and is no unsettled case afterwards', async (t) => {
  const bench = await openBench(t, { at: new Date('2026-11-30T21:30:00Z') })
  await subscribe(bench)
  bench.append(eventOf())
  await bench.notices.run()
  const { settings } = (await bench.persons.find(bench.person))!
  await bench.persons.save(bench.person, false, settings)
  bench.append(eventOf())
  for (let day = 0; day < 6; day++) {
    bench.clock.advance(86_400)
    await bench.notices.run()
  }
  t.equal(bench.push.messages().length, 0)
  t.same(await bench.notices.counts(), { pending: 0, queued: 0, failed: 0, escalated: 0 })
  t.same(await bench.store.all('SELECT renewal FROM notice_person'), [{ renewal: null }])
})

t.test('Ukrainian counts 1, 2, 5, 11, 21, 22, 25 and 111 as people do; English has its two forms', async (t) => {
  const of = (count: number, lang: 'uk' | 'en', hideBodyName = false): string => noticeText('immediate', Array.from({ length: count }, () => ({
    eventId: '', recipient: { code: '1', uk: 'Бюро', en: 'Bureau' }, occurredAt: '2026-11-30T10:00:00.000Z', ownRequest: false
  })), { lang, hideBodyName }, '2026-11-30').short
  t.same([1, 2, 5, 11, 21, 22, 25, 111].map((count) => of(count, 'uk', true)), [
    'Новий запис про доступ', '2 нові записи про доступ', '5 нових записів про доступ', '11 нових записів про доступ', '21 новий запис про доступ', '22 нові записи про доступ', '25 нових записів про доступ', '111 нових записів про доступ'
  ])
  t.same([1, 2].map((count) => of(count, 'en')), ['Bureau: a new record of access', 'Bureau: 2 new records of access'])
})
