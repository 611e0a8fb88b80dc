import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Cabinet } from '../src/cabinet.ts'
import { DECLARATION_HASH } from '../src/join/declaration.ts'
import { joinFop, openIn } from './open.ts'
import { EDR_PROFILE, EDR_SUBJECT, F01, startWorld, TAX_PROFILE } from './world.ts'

const PERSONS: readonly (readonly [sub: string, rnokpp: string, name: string, edr: string, tax: string])[] = [
  ['f01', '7000100119', "Ґонта Дем'ян Євгенович", 'FOUND', 'PARTIAL'],
  ['f02', '7000200223', 'Їжак Єлизавета Петрівна', 'FOUND', 'PARTIAL'],
  ['f03', '7000300315', 'Коваль-Щирий Юрій Степанович', 'FOUND', 'PARTIAL'],
  ['f06', '7000600649', 'Сорока Аліна Вікторівна', 'FOUND', 'DISCREPANCY'],
  ['f08', '7000800822', 'Яворська Ксенія Олегівна', 'FOUND', 'NO_DATA'],
  ['f11', '7001101139', 'Шевчук Богдан Тарасович', 'FOUND', 'PARTIAL']
]

async function refOf (cabinet: Cabinet, sub: string): Promise<string> {
  return (await cabinet.participations.of(sub))!.ref
}

t.test('each outcome is kept with its exchange, and no gap becomes a zero (UP-12)', async (t) => {
  const world = await startWorld(t)
  const cabinet = await openIn(world)
  t.teardown(() => cabinet.close())
  for (const [sub, rnokpp, name] of PERSONS) await joinFop(cabinet, { sub, rnokpp, name })
  for (const [sub, , , edr, tax] of PERSONS) {
    const { latest } = await cabinet.analysis.answers(await refOf(cabinet, sub))
    t.equal(latest.EDR?.outcome, edr, `${sub} EDR`)
    t.equal(latest.TAX?.outcome, tax, `${sub} TAX`)
    for (const answer of [latest.EDR!, latest.TAX!]) t.ok(world.gateway.passed.some(({ id, status }) => id === answer.exchangeId && status === 200), 'its exchange went through the gateway')
  }
  const f03 = await cabinet.offers.profile(await refOf(cabinet, 'f03'))
  t.match(f03, { taxSystem: { known: true, value: { code: 'GENERAL' } } })
  const f06 = await cabinet.offers.profile(await refOf(cabinet, 'f06'))
  t.match(f06, { income: { known: false, gap: 'SOURCE_CONFLICT' }, mainKved: { known: true } })
  const f02 = await cabinet.offers.profile(await refOf(cabinet, 'f02'))
  t.match(f02, { employees: { known: false, gap: 'NOT_RECORDED' } })
  const offers = await cabinet.offers.list(await refOf(cabinet, 'f06'))
  t.equal(offers.find(({ programmeId }) => programmeId === 'vlasna-sprava')?.verdict, 'cannotTell', 'contradicting income is no refusal')
  t.match((await cabinet.offers.list(await refOf(cabinet, 'f01'))).find(({ programmeId }) => programmeId === 'it-eksport'), { verdict: 'eligible' })

  await t.test('what is sent to the registers about profiles are pseudonyms, other ones for each; no code stands in the analysis, its log or its questions (UP-10a, UP-10b, UP-10c)', async (t) => {
    const questions = world.gateway.bodies.filter((body) => body.includes('pseudonyms')).map((body) => JSON.parse(body) as { agreement: string, pseudonyms: string[], fields?: string[] })
    t.ok(questions.every(({ agreement, fields }) => agreement === 'AGR-688-TAX' ? fields === undefined : fields?.join() === 'mainKved,location,registrationDate,terminationRecordDate'))
    const all = questions.map(({ agreement, pseudonyms }) => ({ agreement, pseudonyms }))
    const of = (wanted: string): string[] => all.filter(({ agreement }) => agreement === wanted).flatMap(({ pseudonyms }) => pseudonyms)
    t.notOk(of('AGR-688-EDR').some((one) => of('AGR-688-TAX').includes(one)))
    // Written out, so that nothing hides in a log of changes; then the bytes of every file but those of the component and its custody.
    await cabinet.analysis.store.write(async () => {})
    const bytes = filesBelow(join(world.folder, 'data')).map((path) => [path, readFileSync(path)] as const)
    for (const [, rnokpp, name] of PERSONS) {
      for (const [path, content] of bytes) {
        t.notOk(content.includes(rnokpp), `no code in ${path.split('/').at(-1)}`)
        t.notOk(content.includes(Buffer.from(name)), `no name in ${path.split('/').at(-1)}`)
      }
      t.notOk(questions.some((question) => JSON.stringify(question).includes(rnokpp)))
    }
  })

  await t.test('asked again with the same result, the proof is the new one and nothing is doubled (UP-12)', async (t) => {
    const ref = await refOf(cabinet, 'f01')
    const before = (await cabinet.analysis.answers(ref)).latest.EDR!
    await cabinet.analysis.askNow(ref)
    await cabinet.worker.kick()
    const after = (await cabinet.analysis.answers(ref)).latest.EDR!
    t.not(after.exchangeId, before.exchangeId)
    t.equal((await cabinet.analysis.history(ref)).filter(({ register }) => register === 'EDR').length, 1)
    t.equal((await cabinet.offers.list(ref)).length, (await cabinet.programmes.list()).length)
  })

  await t.test('the proof of a question about several people is nobody\'s to take: it holds what a register says of the others (UP-10a)', async (t) => {
    const [f01, f02] = [await refOf(cabinet, 'f01'), await refOf(cabinet, 'f02')]
    await cabinet.analysis.askNow(f01)
    await cabinet.worker.kick()
    const alone = (await cabinet.analysis.answers(f01)).latest.TAX!
    t.ok((await cabinet.analysis.ownExchanges(f01)).has(alone.exchangeId))
    t.notOk((await cabinet.analysis.ownExchanges(f02)).has(alone.exchangeId))
    await cabinet.analysis.askNow(f01)
    await cabinet.analysis.askNow(f02)
    await cabinet.worker.kick()
    const shared = (await cabinet.analysis.answers(f01)).latest.TAX!
    t.equal(shared.exchangeId, (await cabinet.analysis.answers(f02)).latest.TAX!.exchangeId, 'one exchange for both')
    t.notOk((await cabinet.analysis.ownExchanges(f01)).has(shared.exchangeId))
  })
})

t.test('a register that is down is an outage and never an absence; it is asked again and then answers (UP-12)', async (t) => {
  const world = await startWorld(t)
  const cabinet = await openIn(world)
  t.teardown(() => cabinet.close())
  world.gateway.down.add(TAX_PROFILE)
  const { ref } = await joinFop(cabinet, F01)
  const { latest, unreachable } = await cabinet.analysis.answers(ref)
  t.equal(latest.TAX, undefined)
  t.ok(unreachable.has('TAX'))
  t.match(await cabinet.offers.profile(ref), { income: { known: false, gap: 'OUTAGE' }, mainKved: { known: true } })
  t.match((await cabinet.analysis.questions(ref)).find(({ register }) => register === 'TAX'), { problem: 'unavailable' })
  world.gateway.down.delete(TAX_PROFILE)
  await cabinet.analysis.askNow(ref)
  await cabinet.worker.kick()
  t.match(await cabinet.offers.profile(ref), { income: { known: true } })

  await t.test('what was known stays known while the register is down later (UP-12)', async (t) => {
    world.gateway.down.add(TAX_PROFILE).add(EDR_PROFILE)
    await cabinet.analysis.askNow(ref)
    await cabinet.worker.kick()
    t.match(await cabinet.offers.profile(ref), { income: { known: true }, mainKved: { known: true } })
    world.gateway.down.clear()
  })

  await t.test('a right that was taken away is told as a refusal (UP-9b)', async (t) => {
    world.gateway.denied.add(EDR_PROFILE)
    await cabinet.analysis.askNow(ref)
    await cabinet.worker.kick()
    t.match((await cabinet.analysis.questions(ref)).find(({ register }) => register === 'EDR'), { problem: 'refused' })
    world.gateway.denied.clear()
  })

  await t.test('data whose checksum does not fit are kept but not used (UP-10a)', async (t) => {
    world.gateway.tamper = (service, text) => service === EDR_PROFILE ? text.replace('62.01', '01.11') : text
    await cabinet.analysis.askNow(ref)
    await cabinet.worker.kick()
    t.match((await cabinet.analysis.answers(ref)).latest.EDR, { damaged: true })
    t.match(await cabinet.offers.profile(ref), { mainKved: { known: false, gap: 'DAMAGED' } })
  })
})

t.test('joining: only whom the register of entities knows as registered, and its answer is kept (UP-3.3, UP-R3.2)', async (t) => {
  const world = await startWorld(t)
  const cabinet = await openIn(world)
  t.teardown(() => cabinet.close())
  const begin = async (sub: string, kind: 'FOP' | 'ENTITY', code: string, name: string) => await cabinet.checks.begin(sub, { kind, code, name })
  const cases = [
    ['f05', 'FOP', '7000500534', 'Кравець Роман Ілліч', 'notRegistered', 'NO_DATA'],
    ['f04', 'FOP', '7000400442', 'Мельник Ганна Іллівна', 'terminated', 'FOUND'],
    ['f01', 'FOP', '7000100119', 'Хтось Інший Ім’ям', 'discrepancy', 'DISCREPANCY'],
    ['l04', 'ENTITY', '91000069', 'Будь Хто', 'terminated', 'FOUND'],
    ['l01', 'ENTITY', '91000033', 'Не Голова Зовсім', 'notHead', 'FOUND'],
    ['l00', 'ENTITY', '91000112', 'Будь Хто', 'notRegistered', 'NO_DATA']
  ] as const
  for (const [sub, kind, code, name, verdict, outcome] of cases) {
    const check = await begin(sub, kind, code, name)
    t.match(check, { state: 'answered', verdict, answer: { outcome } }, `${sub}: ${verdict}`)
    t.equal(await cabinet.participations.join(check.id, { person: sub, assurance: 'high', at: new Date() }), 'checkNotPassed')
    t.equal(await cabinet.checks.questionOf(check.id), undefined, 'the code is not kept')
  }
  const head = await begin('l01', 'ENTITY', '91000033', "В'юн Єва Олексіївна")
  const joined = await cabinet.participations.join(head.id, { person: 'l01', assurance: 'high', at: new Date('2026-11-30T10:00:00Z') })
  t.match(joined, { state: 'joined', kind: 'ENTITY', record: { declarationHash: DECLARATION_HASH, assurance: 'high', exchangeId: head.exchangeId, signedInAt: '2026-11-30T10:00:00.000Z' } })
  t.ok(typeof joined === 'object' && cabinet.actKey.verify(joined.record, joined.signature), 'sealed by the cabinet')
  t.notOk(typeof joined === 'object' && cabinet.actKey.verify({ ...joined.record, assurance: 'low' }, joined.signature))
  t.equal(await cabinet.participations.join(head.id, { person: 'somebody', assurance: 'high', at: new Date() }), 'checkMissing', 'another\'s check is nobody\'s')
  const again = await begin('l01-deputy', 'ENTITY', '91000033', "В'юн Єва Олексіївна")
  t.equal(await cabinet.participations.join(again.id, { person: 'l01-deputy', assurance: 'high', at: new Date() }), 'alreadyJoined')

  await t.test('whoever left joins again by a new check, not by the old one (UP-3.3)', async (t) => {
    const { ref } = (await cabinet.participations.of('l01'))!
    t.match(await cabinet.participations.leave(ref), { state: 'left', name: undefined })
    t.equal(await cabinet.participations.join(head.id, { person: 'l01', assurance: 'high', at: new Date() }), 'checkTooOld')
    const fresh = await begin('l01', 'ENTITY', '91000033', "В'юн Єва Олексіївна")
    t.match(await cabinet.participations.join(fresh.id, { person: 'l01', assurance: 'high', at: new Date() }), { state: 'joined' })
  })

  await t.test('while the register is down the check waits, and is asked again by itself (UP-3.3)', async (t) => {
    world.gateway.down.add(EDR_SUBJECT)
    const check = await begin('f01', 'FOP', F01.rnokpp, F01.name)
    t.match(check, { state: 'waiting', verdict: undefined })
    world.gateway.down.clear()
    await cabinet.store.write(async (tx) => { await tx.run("UPDATE join_check SET due_at = '2000-01-01T00:00:00Z' WHERE id = ?", check.id) })
    await cabinet.worker.kick()
    t.match(await cabinet.checks.get(check.id), { state: 'answered', verdict: 'registered' })
  })
})

function filesBelow (folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
}
