import t from 'tap'
import { ManualClock } from '@trembita/daemon'
import { JUSTICE, OFFICE, runOffice, until } from './running-office.ts'

t.setTimeout(60_000)

t.test('who may come in, and on whose word (DO-2, DO-3, DO-4)', async (t) => {
  const { office, gateways, person, official, personnel } = await runOffice(t)

  await t.test('nobody gets in without identification (DO-3)', async (t) => {
    const response = await fetch(`${office.url}/b/${JUSTICE}/letters`, { headers: { accept: 'text/html' }, redirect: 'manual' })
    t.equal(response.status, 303)
    t.match(response.headers.get('location'), '/sign-in')
  })

  await t.test('a person without РНОКПП is refused, with the reason (DO-4)', async (t) => {
    const { status, text } = await (await person('f13')).get('/')
    t.equal(status, 403)
    t.match(text, 'Потрібен РНОКПП')
    t.match(text, 'Кадрова система знаходить посадових осіб за РНОКПП')
  })

  await t.test('an official joins at will, checked through the gateway of the body, and leaves at will (DO-2)', async (t) => {
    const somebody = await person('o03')
    t.match((await somebody.get('/')).text, 'Доступ за вашим бажанням')
    t.match((await somebody.post('/', '/join', { body: JUSTICE })).text, 'Доступ за вашим бажанням', 'not without consent')
    const joined = await somebody.post('/', '/join', { body: JUSTICE, agree: 'on' })
    t.match(joined.text, 'кадрова система підтвердила вашу посаду')
    const asked = gateways.justice.seen.filter(({ service }) => service.endsWith('/HRM/officialStatus'))
    t.ok(asked.length > 0 && asked.every(({ client }) => client === `TEST/GOV/${JUSTICE}/OFFICE`), 'the body asks by its own subsystem')
    t.equal(gateways.office.seen.filter(({ service }) => service.endsWith('/officialStatus')).length, 0)
    const mine = await somebody.get(`/b/${JUSTICE}/me`)
    t.match(mine.text, 'Ви приєдналися')
    t.match(mine.text, asked[0]!.id)
    t.match((await somebody.post(`/b/${JUSTICE}/me`, `/b/${JUSTICE}/leave`, {})).text, 'Ви вийшли з Дія.Офіс')
    t.match((await somebody.get(`/b/${JUSTICE}/letters`)).text, 'Доступ за вашим бажанням')
  })

  await t.test('nobody but an official of the body is let in (DO-2)', async (t) => {
    const citizen = await person('f01')
    const refused = await citizen.post('/', '/join', { body: JUSTICE, agree: 'on' })
    t.equal(refused.status, 403)
    t.match(refused.text, 'не знає вас як посадову особу')
    t.match((await (await person('o02')).post('/', '/join', { body: JUSTICE, agree: 'on' })).text, 'не знає вас як посадову особу', 'nor one of another body')
  })

  await t.test('dismissal ends access within one sync in that body alone, and a return opens it again (DO-2)', async (t) => {
    const somebody = await official('f09', OFFICE)
    await somebody.post('/?said=x', '/join', { body: JUSTICE, agree: 'on' })
    t.equal((await somebody.get(`/b/${OFFICE}/today`)).status, 200)
    await personnel('/admin/statuses', { rnokpp: '7000900950', body: OFFICE, status: 'dismissed' })
    t.equal((await office.syncNow()).unanswered, 0)
    const refused = await somebody.get(`/b/${OFFICE}/letters`)
    t.equal(refused.status, 403)
    t.match(refused.text, 'ви більше не працюєте в цьому органі')
    t.equal((await somebody.get(`/b/${JUSTICE}/today`)).status, 200, 'the other body keeps its official')
    await personnel('/admin/statuses', { rnokpp: '7000900950', body: OFFICE, status: 'suspended' })
    await office.syncNow()
    t.match((await somebody.get(`/b/${OFFICE}/letters`)).text, 'призупинено')
    await personnel('/admin/statuses', { rnokpp: '7000900950', body: OFFICE, status: 'active' })
    await office.syncNow()
    t.equal((await somebody.get(`/b/${OFFICE}/letters`)).status, 200)
  })

  await t.test('an outage of the personnel system is told as one, lets in nobody new and throws nobody out (DO-2)', async (t) => {
    const inside = await official('o02', OFFICE)
    await personnel('/admin/outage', { down: true })
    const outside = await person('o01')
    const told = await outside.post('/', '/join', { body: JUSTICE, agree: 'on' })
    t.equal(told.status, 503)
    t.match(told.text, 'Це збій, а не відмова')
    const again = await person('o02')
    t.equal((await again.get(`/b/${OFFICE}/letters`)).status, 503, 'a new sign-in is checked anew')
    t.same(await office.syncNow().then(({ unanswered }) => unanswered > 0), true)
    t.equal((await inside.get(`/b/${OFFICE}/letters`)).status, 200)
    await personnel('/admin/outage', { down: false })
    t.equal((await again.get(`/b/${OFFICE}/letters`)).status, 200)
  })
})

t.test('the last good answer of the personnel system holds for a time, not for ever (DO-2)', async (t) => {
  const clock = new ManualClock(new Date())
  const { official, personnel } = await runOffice(t, { statusSeconds: 60 }, clock)
  const somebody = await official('o02', OFFICE)
  await personnel('/admin/outage', { down: true })
  clock.advance(59)
  t.equal((await somebody.get(`/b/${OFFICE}/letters`)).status, 200)
  clock.advance(2)
  t.equal((await somebody.get(`/b/${OFFICE}/letters`)).status, 503)
})

t.test('a body is connected by the technical administrator, step by step (DO-6)', async (t) => {
  const { person, personnel, gateways } = await runOffice(t)
  const administrator = await person('o04')
  const citizen = await person('f01')
  t.equal((await citizen.get('/admin/bodies')).status, 403)
  t.equal((await citizen.post('/', '/admin/sync', {})).status, 403)
  await until(async () => (await administrator.get('/admin/bodies')).text.includes('Міністерство юстиції') ? true : undefined, 'the demonstration connects its bodies')

  t.match((await administrator.post('/admin/bodies', '/admin/bodies', { code: '123' })).text, 'Перевірте значення')
  t.match((await administrator.post('/admin/bodies', '/admin/bodies', { code: JUSTICE })).text, 'Стан уже змінився', 'connected already')
  t.match((await administrator.post('/admin/bodies', '/admin/bodies', { code: '91000112' })).text, 'Заявку записано')
  await personnel('/admin/outage', { down: true })
  t.equal((await administrator.post('/admin/bodies/91000112', '/admin/bodies/91000112/check', {})).status, 503)
  await personnel('/admin/outage', { down: false })
  t.match((await administrator.post('/admin/bodies/91000112', '/admin/bodies/91000112/check', {})).text, 'У кадровій системі такого органу немає')
  await administrator.post('/admin/bodies', '/admin/bodies', { code: '90000073' })
  t.match((await administrator.post('/admin/bodies', '/admin/bodies/90000073/check', {})).text, 'Для органу не налаштовано його шлюз')
  t.ok(gateways.operator.seen.every(({ client }) => client === 'TEST/GOV/90000067/OFFICE'), 'the operator asks by its own gateway and subsystem')

  await administrator.post(`/admin/bodies/${JUSTICE}`, `/admin/bodies/${JUSTICE}/disconnect`, { note: 'наказ № 1' })
  t.match((await (await person('o01')).post('/', '/join', { body: JUSTICE, agree: 'on' })).text, 'Цей орган не підключено')
  await administrator.post('/admin/bodies', '/admin/bodies', { code: JUSTICE })
  await administrator.post(`/admin/bodies/${JUSTICE}`, `/admin/bodies/${JUSTICE}/check`, {})
  t.equal((await administrator.post(`/admin/bodies/${JUSTICE}`, `/admin/bodies/${JUSTICE}/activate`, {})).status, 409, 'not without an organisation administrator')
  t.equal((await administrator.post(`/admin/bodies/${JUSTICE}`, `/admin/bodies/${JUSTICE}/appoint`, { official: 'o-50-01' })).status, 404, 'nor with somebody of another body')
  t.match((await administrator.post(`/admin/bodies/${JUSTICE}`, `/admin/bodies/${JUSTICE}/appoint`, { official: 'o-38-01' })).text, 'Гайдук Соломія Романівна')
  const connected = await administrator.post(`/admin/bodies/${JUSTICE}`, `/admin/bodies/${JUSTICE}/activate`, {})
  t.match(connected.text, 'Орган підключено')
  for (const trace of ['наказ № 1', 'Іваненко Лідія', 'Демонстрація']) t.match(connected.text, trace)
})
