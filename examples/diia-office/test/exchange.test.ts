import t from 'tap'
import { JUSTICE, OFFICE, runOffice, until } from './running-office.ts'

t.setTimeout(60_000)

const own = `/b/${JUSTICE}`
const other = `/b/${OFFICE}`
const idOf = (text: string, kind: string): string => new RegExp(`/${kind}/([0-9a-f-]{36})`).exec(text)?.[1] ?? ''

/** A call as a gateway would hand it over. */
async function call (url: string, path: string, client: string, body: object): Promise<{ status: number, body: any }> {
  const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-road-client': client, 'x-road-id': 'test-1' }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

t.test('officials of two bodies work together through the gateways of both (DO-1)', async (t) => {
  const { office, gateways, official } = await runOffice(t)
  const justice = await official('o03', JUSTICE)
  const head = await official('o01', JUSTICE)
  const eepo = await official('o02', OFFICE)

  await t.test('a letter with a file: delivered once, marks come back, the thread goes on (DO-5.3)', async (t) => {
    const file = Buffer.from('Проєкт наказу\n')
    const sent = await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: 'Узгодження <переліку>', text: 'Просимо узгодити.' }, [{ name: 'проєкт.txt', bytes: file }])
    t.match(sent.text, 'Лист записано')
    const id = idOf(sent.url, 'letters')
    const delivered = await until(async () => { const page = await justice.get(`${own}/letters/${id}`); return page.text.includes('доставлено') ? page.text : undefined }, 'mark of delivery')
    const exchange = gateways.justice.seen.find(({ service }) => service.endsWith('/sendMessage'))!
    t.same([exchange.client, exchange.service], [`TEST/GOV/${JUSTICE}/OFFICE`, `TEST/GOV/${OFFICE}/OFFICE/sendMessage`])
    t.match(delivered, exchange.id, 'the letter names its exchange')
    t.equal(gateways.office.seen.find(({ service }) => service.endsWith('/acknowledge'))!.client, `TEST/GOV/${OFFICE}/OFFICE`, 'the mark comes by the other body’s gateway')

    t.match((await eepo.get(`${other}/letters`)).text, 'Узгодження &lt;переліку&gt;')
    const opened = await eepo.get(`${other}/letters/${id}`)
    t.match(opened.text, 'проєкт.txt')
    t.same((await eepo.get(`${other}/letters/${id}/files/1`)).bytes, file)
    await until(async () => (await justice.get(`${own}/letters/${id}`)).text.includes('прочитано') ? true : undefined, 'mark of reading')

    const answer = await eepo.post(`${other}/letters/${id}/reply`, `${other}/letters`, { to: JUSTICE, reply: id, official: 'o-38-06', subject: 'Re: Узгодження', text: 'Узгоджено.' })
    const reply = idOf(answer.url, 'letters')
    const thread = await until(async () => { const page = await justice.get(`${own}/letters/${reply}`); return page.status === 200 ? page.text : undefined }, 'the reply')
    t.match(thread, 'Листування')
    t.match(thread, `/letters/${id}`)
  })

  await t.test('a letter is read by whom it is for, and stays with the body, whose administrator answers for it (DO-5.3)', async (t) => {
    const sent = await eepo.post(`${other}/letters/new?to=${JUSTICE}`, `${other}/letters`, { to: JUSTICE, reply: '', official: 'o-38-06', subject: 'Особисто', text: 'Лише вам.' })
    const id = idOf(sent.url, 'letters')
    await until(async () => (await head.get(`${own}/letters?box=body`)).text.includes('Особисто') ? true : undefined, 'the letter')
    t.equal((await head.get(`${own}/letters/${id}`)).status, 200, 'the organisation administrator')
    const nosy = await official('f09', JUSTICE)
    t.equal((await nosy.get(`${own}/letters/${id}`)).status, 404)
    t.equal((await nosy.get(`${own}/letters/${id}/files/1`)).status, 404)
    t.notMatch((await nosy.get(`${own}/letters?box=body`)).text, 'Особисто')
    const exchange = gateways.office.seen.findLast(({ service }) => service.endsWith('/sendMessage'))!
    t.equal((await head.get(`${own}/exchanges/${exchange.id}`)).status, 200)
    t.equal((await nosy.get(`${own}/exchanges/${exchange.id}`)).status, 404, 'the sealed message says what the letter says')
    const asked = gateways.justice.seen.findLast(({ service }) => service.endsWith('/officialStatus'))!
    t.equal((await nosy.get(`${own}/exchanges/${asked.id}`)).status, 200, 'one\'s own check')
    t.equal((await head.get(`${own}/exchanges/${asked.id}`)).status, 404, 'holds the code of its person')
    t.match((await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: '', text: 'x' })).text, 'Заповніть це поле')
    const tooLarge = await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: 'x', text: 'x' }, [{ name: 'a', bytes: Buffer.alloc(2 * 1024 * 1024 + 1) }])
    t.equal(tooLarge.status, 422)
    t.match(tooLarge.text, '2 МБ')
  })

  await t.test('while the line is down a letter waits, and goes when it is up (DO-5.3)', async (t) => {
    gateways.justice.down = true
    const refused = await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: 'Крізь збій', text: 'Довгий текст' })
    t.equal(refused.status, 422, 'nothing is promised that cannot be checked')
    t.match(refused.text, 'адресата зараз не перевірити')
    t.match(refused.text, 'Довгий текст', 'what was written stays in the form')
    gateways.justice.down = false
    gateways.office.down = true
    const id = idOf((await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: 'Без позначки', text: 'x' })).url, 'letters')
    await until(async () => (await justice.get(`${own}/letters/${id}`)).text.includes('прийнято органом') ? true : undefined, 'taken')
    gateways.office.down = false
    await until(async () => { await office.deliverNow(); return (await justice.get(`${own}/letters/${id}`)).text.includes('доставлено') ? true : undefined }, 'the mark after the outage')
    t.pass('the mark is not lost')
  })

  await t.test('a letter by another channel while the line is down: marked as such, and the same letter when the line is up (DO-7c)', async (t) => {
    const chief = await official('o05', OFFICE)
    gateways.justice.refuses = (service) => service.endsWith('/sendMessage')
    const id = idOf((await head.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: 'Іншим каналом', text: 'x' }, [{ name: 'a.txt', bytes: Buffer.from('вміст') }])).url, 'letters')
    t.equal((await justice.post(`${own}/letters`, `${own}/letters/${id}/hand-over`, { channel: 'x' })).status, 404, 'only the organisation administrator')
    t.equal((await head.post(`${own}/letters/${id}`, `${own}/letters/${id}/hand-over`, { channel: '' })).status, 409)
    const file = await head.post(`${own}/letters/${id}`, `${own}/letters/${id}/hand-over`, { channel: 'захищена пошта, лист № 5' })
    t.match((await head.get(`${own}/letters/${id}`)).text, 'Поза «Трембітою»')
    const bytes = Buffer.from(file.text)
    t.equal((await eepo.post(`${other}/letters`, `${other}/letters/take-in`, { channel: 'x' }, [{ name: 'l.json', bytes, field: 'file' }])).status, 404)
    t.equal((await chief.post(`${other}/letters?box=body`, `${other}/letters/take-in`, { channel: 'x' }, [{ name: 'l.json', bytes: Buffer.from('{}'), field: 'file' }])).status, 409)
    const taken = await chief.post(`${other}/letters?box=body`, `${other}/letters/take-in`, { channel: 'захищена пошта, лист № 5' }, [{ name: 'l.json', bytes, field: 'file' }])
    t.match(taken.text, 'Лист прийнято з іншого каналу')
    t.match(taken.text, 'Поза «Трембітою»')
    gateways.justice.refuses = undefined
    await until(async () => { await office.deliverNow(); return (await eepo.get(`${other}/letters/${id}`)).text.includes('потім і обміном') ? true : undefined }, 'the exchange')
    t.equal((await eepo.get(`${other}/letters`)).text.split('Іншим каналом').length - 1, 1, 'once')
  })

  await t.test('what comes twice is taken once; another thing under a known id is refused (DO-5.3)', async (t) => {
    const client = `TEST/GOV/${OFFICE}/OFFICE`
    const letter = { letterId: '11111111-1111-4111-8111-111111111111', threadId: '11111111-1111-4111-8111-111111111111', subject: 'Двічі', text: 'x', from: { official: 'o-50-01', name: 'Дорошенко', post: 'x' }, to: { official: 'o-38-06', name: 'Бойчук' }, sentAt: '2026-11-30T10:00:00.000Z', attachments: [] }
    const first = await call(office.servicesUrl, `/bodies/${JUSTICE}/messages`, client, letter)
    t.match(first.body, { outcome: 'FOUND', data: { letterId: letter.letterId }, requestId: 'test-1' })
    t.same((await call(office.servicesUrl, `/bodies/${JUSTICE}/messages`, client, letter)).body.data, first.body.data)
    t.equal((await justice.get(`${own}/letters`)).text.split('Двічі').length - 1, 1)
    t.equal((await call(office.servicesUrl, `/bodies/${JUSTICE}/messages`, client, { ...letter, text: 'інше' })).status, 400)
    t.equal((await call(office.servicesUrl, `/bodies/${JUSTICE}/messages`, client, { ...letter, more: 1, letterId: 'x' })).status, 400)
    const forged = { ...letter, letterId: '22222222-1111-4111-8111-111111111111', attachments: [{ name: 'a', type: 'b', digest: 'A'.repeat(43), content: 'AAAA' }] }
    t.equal((await call(office.servicesUrl, `/bodies/${JUSTICE}/messages`, client, forged)).status, 400, 'a file that is not what its digest says')
    for (const stranger of ['TEST/GOV/90000050/CABINET', `TEST/GOV/${JUSTICE}/OFFICE`, 'ZZ/GOV/90000050/OFFICE', '']) {
      t.equal((await call(office.servicesUrl, `/bodies/${JUSTICE}/messages`, stranger, letter)).status, 403, stranger)
    }
    t.equal((await call(office.servicesUrl, `/bodies/${JUSTICE}/acknowledgements`, client, { letterId: letter.letterId, mark: 'read', at: '2026-11-30T10:00:00.000Z' })).status, 400, 'no mark for a letter that was not ours')
  })

  await t.test('a task for an official of another body, and how it stands comes back (DO-5.4)', async (t) => {
    t.match((await justice.post(`${own}/tasks/new`, `${own}/tasks`, { for: JUSTICE, official: 'o-38-06', kind: 'event', title: 'Нарада', text: '', starts: '2099-01-05T10:00', ends: '2099-01-05T11:00', remind: '2020-01-01T09:00' })).text, 'Додано до плану')
    t.match((await justice.get(`${own}/tasks?view=day&date=2099-01-05`)).text, 'Нарада')
    const today = await justice.get(`${own}/today`)
    t.match(today.text, 'Нагадування: Нарада')
    const seen = /tasks\/([0-9a-f-]{36})\/reminded/.exec(today.text)![1]!
    t.notMatch((await justice.post(`${own}/today`, `${own}/tasks/${seen}/reminded`, {})).text, 'Нагадування: Нарада')
    t.match((await justice.post(`${own}/tasks/new`, `${own}/tasks`, { for: OFFICE, official: 'o-50-01', kind: 'task', title: 'Підготувати дані', text: '', starts: '2099-01-06T10:00', ends: '', remind: '' })).text, 'Додано до плану')
    const page = await until(async () => { const { text } = await eepo.get(`${other}/tasks?view=day&date=2099-01-06`); return text.includes('Підготувати дані') ? text : undefined }, 'the task')
    const id = /tasks\/([0-9a-f-]{36})\/state/.exec(page)![1]!
    await eepo.post(`${other}/tasks?view=day&date=2099-01-06`, `${other}/tasks/${id}/state`, { state: 'accepted' })
    await eepo.post(`${other}/tasks?view=day&date=2099-01-06`, `${other}/tasks/${id}/state`, { state: 'done' })
    await until(async () => (await justice.get(`${own}/tasks?view=given`)).text.includes('виконано') ? true : undefined, 'the state')
    t.equal((await justice.post(`${own}/tasks`, `${own}/tasks/${id}/state`, { state: 'declined' })).status, 404, 'only whose task it is says how it stands')
    t.match((await justice.post(`${own}/tasks/new`, `${own}/tasks`, { for: JUSTICE, official: 'o-38-06', kind: 'task', title: 'x', text: '', starts: 'учора', ends: '', remind: '' })).text, 'Перевірте дату')
  })

  await t.test('a survey of two bodies: one answer each, anonymous, results by rights (DO-5.2)', async (t) => {
    const form = { title: 'Зручність сервісу', question1: 'Чи зручно?', options1: 'Так\nНі', question2: 'Що змінити?', options2: '', audience: [OFFICE, `${JUSTICE}/u-38-1`], anonymous: 'on', openResults: 'on', deadline: '2099-01-01T10:00' }
    t.match((await head.post(`${own}/surveys/new`, `${own}/surveys`, form)).text, 'Опитування розіслано')
    const id = idOf((await head.get(`${own}/surveys`)).text, 'surveys')
    await until(async () => (await eepo.get(`${other}/surveys`)).text.includes('Зручність сервісу') ? true : undefined, 'the invitation')
    t.match((await eepo.post(`${other}/surveys/${id}`, `${other}/surveys/${id}/answers`, { q1: 'Можливо', q2: '' })).text, 'Перевірте значення')
    t.match((await eepo.post(`${other}/surveys/${id}`, `${other}/surveys/${id}/answers`, { q1: 'Так', q2: 'Пошук' })).text, 'Відповідь прийнято')
    t.equal((await eepo.post(`${other}/surveys/${id}`, `${other}/surveys/${id}/answers`, { q1: 'Ні', q2: '' })).status, 422, 'one answer')
    await justice.post(`${own}/surveys/${id}`, `${own}/surveys/${id}/answers`, { q1: 'Ні', q2: '' })
    const few = await until(async () => { const { text } = await head.get(`${own}/surveys/${id}`); return text.includes('Відповідей: 2') ? text : undefined }, 'both answers')
    t.match(few, 'Анонімні підсумки показуються')
    await head.post(`${own}/surveys/${id}`, `${own}/surveys/${id}/answers`, { q1: 'Так', q2: '' })
    const results = await head.get(`${own}/surveys/${id}`)
    t.match(results.text, 'Відповідей: 3')
    t.match(results.text, 'Пошук')
    t.notMatch(results.text.replace(/[\s\S]*Підсумки/, ''), 'Дорошенко')
    t.match((await justice.get(`${own}/surveys/${id}`)).text, 'Підсумки відкриються після завершення')
    t.equal((await call(office.servicesUrl, `/bodies/${JUSTICE}/survey-results`, `TEST/GOV/${OFFICE}/OFFICE`, { surveyId: id })).status, 400, 'not before it is over')
    t.notOk(gateways.office.seen.some(({ service }) => service.endsWith('/surveyResults')))
  })

  await t.test('the directory: tree, staff, contacts, gaps told in words, search by parts of words (DO-5.1a, DO-5.1b)', async (t) => {
    t.match((await justice.get(`${own}/directory`)).text, 'Відповідь неповна')
    const body = (await justice.get(`${own}/directory/${JUSTICE}`)).text
    for (const text of ['Відділ методології', 'не зазначено', 'телефонів: 1', 'Штатний розпис', 'є вакансія', 'records@justice.gov.ua.test']) t.match(body, text)
    t.equal((await justice.get(`${own}/directory/91000112`)).status, 404)
    const found = (await justice.post(`${own}/officials`, `${own}/officials`, { words: 'sampl', body: '' })).text
    t.match(found, /<td[^>]*>Sample Joan<|Sample Joan/)
    t.notMatch(found, /Sample Joan null|undefined/)
    t.match((await justice.post(`${own}/officials`, `${own}/officials`, { words: 'нікого', body: '' })).text, 'Нікого не знайдено')
  })

  await t.test('a further service has rights of its own (DO-5.5)', async (t) => {
    const certificate = await justice.get(`${own}/services/employment-certificate`)
    for (const text of ['Бойчук Назар Петрович', 'головний спеціаліст', '/exchanges/']) t.match(certificate.text, text)
    t.notMatch((await justice.get(`${own}/services`)).text, 'Черга відправлень')
    t.equal((await justice.get(`${own}/services/delivery-watch`)).status, 404)
    t.match((await head.get(`${own}/services/delivery-watch`)).text, 'Чекає обміну')
  })

  await t.test('services are described for each body (DO-7b)', async (t) => {
    const description = await (await fetch(`${office.servicesUrl}/bodies/${OFFICE}/openapi.json`)).json() as { paths: Record<string, any> }
    t.same(Object.keys(description.paths).map((path) => path.slice(`/bodies/${OFFICE}`.length)).sort(), ['/acknowledgements', '/answers', '/messages', '/survey-results', '/surveys', '/tasks', '/tasks/state'])
    const one = await (await fetch(`${office.servicesUrl}/bodies/${OFFICE}/openapi/tasks.json`)).json() as { paths: object }
    t.same(Object.keys(one.paths).sort(), ['/', '/state'])
  })
})
