import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { writeZip } from '@trembita/protocol/asic'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import { accessNow, checkPage, HIDING, RNOKPP, runPortal, sendQuestions, visitPage } from './running-portal.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

t.test('a citizen sees who, when, why, which data and on what ground, asks and complains (TR-5.3) (IP-2.4a) (IP-2.0) (UP-4b)', { skip }, async (t) => {
  const portal = await runPortal(t)
  await portal.heard()
  const first = accessNow({}, 30)
  const emergency = accessNow({
    emergency: { flag: true, justification: 'Пожежа в будинку заявника' }, recipient: { code: '90000133', name: { uk: 'Зарічненська громада', en: 'Zarichne community' }, system: 'QUEUE' }, purpose: { declarationId: 'P-4', text: { uk: 'Порятунок', en: 'Rescue' } }
  }, 20)
  const own = accessNow({
    recipient: { code: '90000050', name: { uk: 'Офіс розвитку підприємництва', en: 'Entrepreneurship Office' }, system: 'CABINET' },
    actor: { kind: 'system' },
    purpose: { declarationId: 'AGR-688-EDR', text: { uk: 'Підтримка підприємців', en: 'Support of entrepreneurs' }, dpv: 'https://w3id.org/dpv#RequestedServiceProvision' }
  }, 10)
  const hidden = accessNow({ visibility: { state: 'deferred', reason: 'CrimeInvestigationImpaired', until: new Date(Date.now() + 86_400_000).toISOString() }, recipient: { code: HIDING, name: { uk: 'Слідчий орган' }, system: 'CASE' } })
  await portal.append(first, accessNow({}, 29), accessNow({}, 28), emergency, own, hidden)

  const desk = await portal.sit()
  const { page } = desk
  await visitPage(t, desk, '/accesses', 'list')
  const list = await page.locator('main').innerText()
  for (const part of ['Бюро кредитних історій', '3 рази', 'Перевірка кредитної історії', 'Закон 2704-IV, стаття 9', 'прізвище та ім’я, адреса', 'Міністерство юстиції', 'ваш запит', 'екстрений доступ']) t.ok(list.includes(part), `the list says ${part}`)
  t.notOk(list.includes('Слідчий'), 'what is hidden is absent')
  t.match(list, /5 записів/, 'and is not counted')
  await page.goto('/accesses?recipient=90000133')
  t.equal(await page.locator('#results tbody tr').count(), 1)
  await page.goto('/accesses?people=on')
  t.notMatch(await page.locator('#results .table').innerText(), /Офіс розвитку/)
  await page.goto('/accesses?recipient=90000038')
  t.match(await page.locator('main').innerText(), /За цими умовами нічого не знайдено/)

  await visitPage(t, desk, `/accesses/${first.eventId}`, 'access')
  const detail = await page.locator('main').innerText()
  for (const part of ['Бюро кредитних історій', 'a7c1-90fe', 'фахівець', 'P-17', 'dpo@bureau.example', 'Віта Остапчук', 'EDR']) t.ok(detail.includes(part), `the page says ${part}`)
  await page.emulateMedia({ media: 'print' })
  t.equal(await page.locator('summary', { hasText: 'Запитати' }).isVisible(), false, 'on paper there is nothing to press')
  t.equal(await page.getByText('a7c1-90fe').isVisible(), true)
  await page.emulateMedia({ media: 'screen' })
  await page.locator('summary', { hasText: 'Запитати' }).click()
  await page.locator('wa-dialog[open]').getByLabel('Ваш текст').fill('Чому ви перевіряли мою кредитну історію? Я не просив кредиту.')
  await page.locator('wa-dialog[open]').getByRole('button', { name: 'Надіслати запитання' }).click()
  await page.waitForURL(/said=asked/)
  t.match(await page.locator('main').innerText(), /прийнято, передаємо органу/)
  t.equal(await sendQuestions(portal.deps), 1)
  await visitPage(t, desk, '/questions', 'questions')
  t.match(await page.locator('main').innerText(), /передано органу/)
  const letter = portal.mailbox.mails().find(({ to }) => to.includes('dpo@bureau.example'))
  t.match(letter?.text, new RegExp(first.eventId))
  t.match(letter?.text, /Ґонта/)

  await page.goto('/accesses?unread=on')
  t.equal(await page.locator('#results tbody tr').count(), 3, 'the opened one is read, two of its group are not')
  await page.getByRole('button', { name: 'Позначити прочитаними' }).click()
  await page.waitForURL(/said=read/)
  await page.goto('/accesses?unread=on')
  t.equal(await page.locator('#results tbody tr').count(), 0)
  t.same((await page.request.get(`/accesses/${hidden.eventId}`, { maxRedirects: 0 })).status(), 404, 'a hidden one is not found')
  t.same(desk.problems, [])
})

t.test('what the law hid appears when it is lifted, with that it was delayed and why, and is told in its own words (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const desk = await portal.sit()
  const { page } = desk
  await page.goto('/settings')
  await page.getByLabel('Повідомляти мене про доступ до моїх даних').check()
  await page.getByLabel('термінові повідомляти й уночі').check()
  await page.getByRole('button', { name: 'Зберегти' }).click()
  await page.getByText('Налаштування збережено').waitFor()
  const { endpoint, keys } = portal.push.subscribe(portal.deps.vapidPublicKey)
  const row = await portal.store.get<{ tag: string }>('SELECT tag FROM notice_person')
  await portal.deps.persons.addSubscription(row!.tag, { endpoint, ...keys, agent: '' })
  const hidden = accessNow({ visibility: { state: 'deferred', reason: 'CrimeInvestigationImpaired', until: new Date(Date.now() + 86_400_000).toISOString() }, recipient: { code: HIDING, name: { uk: 'Слідчий орган', en: 'Investigators' }, system: 'CASE' } })
  await portal.append(hidden)
  await portal.heard()
  await page.goto('/accesses')
  t.match(await page.locator('main').innerText(), /Записів про звернення до ваших даних немає/)
  t.equal(portal.push.messages().length, 0)

  await portal.changes.apply('oversight', { selector: { eventId: hidden.eventId }, newState: 'lifted' })
  const [message] = await portal.push.untilMessages(1)
  t.match(JSON.parse(message!.text), { title: 'Відкладене повідомлення про доступ до ваших даних', body: 'Слідчий орган: запис про доступ, який закон дозволяв відкласти' })
  await visitPage(t, desk, '/accesses', 'list-lifted')
  t.match(await page.locator('#results').innerText(), /Слідчий орган[\s\S]*показано із затримкою/)
  await visitPage(t, desk, `/accesses/${hidden.eventId}`, 'access-lifted')
  t.match(await page.locator('main').innerText(), /Повідомлення надійшло із затримкою[\s\S]*щоб не зашкодити розслідуванню злочину/)
  t.same(desk.problems, [])
})

t.test('nothing on disk names the person, after they signed in, were told, asked and read (UP-13)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const { page } = await portal.sit()
  await page.goto('/settings')
  await page.getByLabel('Повідомляти мене про доступ до моїх даних').check()
  await page.getByRole('button', { name: 'Зберегти' }).click()
  await page.getByText('Налаштування збережено').waitFor()
  await page.getByLabel('Адреса').fill('demian@mail.example')
  await page.getByRole('button', { name: 'Надіслати код' }).click()
  await page.getByText('Ми надіслали код').waitFor()
  const access = accessNow()
  await portal.append(access)
  await page.goto(`/accesses/${access.eventId}`)
  await page.locator('summary', { hasText: 'Запитати' }).click()
  await page.locator('wa-dialog[open]').getByLabel('Ваш текст').fill('Чому мене перевіряли у цю п’ятницю?')
  await page.locator('wa-dialog[open]').getByRole('button', { name: 'Надіслати запитання' }).click()
  await page.waitForURL(/said=asked/)
  const bytes = portal.bytesOnDisk()
  t.ok(bytes.includes(Buffer.from(access.eventId)), 'these are the files')
  for (const secret of [RNOKPP, 'Ґонта', 'demian@mail.example', 'цю п’ятницю', Buffer.from(RNOKPP).toString('base64')]) t.notOk(bytes.includes(Buffer.from(secret)), secret)
})

t.test('a receipt is downloaded, and verified in the browser, on the server, and by trembita-verify; a changed one is refused (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const access = accessNow()
  await portal.append(access, accessNow(), accessNow())
  const desk = await portal.sit()
  const { page } = desk
  await page.goto(`/accesses/${access.eventId}`)
  await page.getByRole('button', { name: 'Перевірити в цьому браузері' }).click()
  await page.locator('[data-verdict=good]').waitFor()
  t.match(await page.locator('[data-verdict]').innerText(), /Розписка справжня[\s\S]*monitor\.example\/log[\s\S]*лист 0 з 3/)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Завантажити розписку' }).click()
  const file = await (await download).path()

  await visitPage(t, desk, `/accesses/${access.eventId}/verification`, 'receipt-verified')
  t.match(await page.locator('main').innerText(), /Розписка справжня/)

  const anybody = await portal.sit({ person: false })
  await visitPage(t, anybody, '/verification', 'verification')
  await anybody.page.getByLabel('Розписка (ZIP)').setInputFiles({ name: 'receipt.zip', mimeType: 'application/zip', buffer: await readFile(file) })
  await anybody.page.getByRole('button', { name: 'Перевірити' }).click()
  await anybody.page.getByText('Розписка справжня').waitFor()

  const verifier = join(import.meta.dirname, '../../../protocol/bin/trembita-verify.ts')
  const { proof, opening, policy } = (await portal.deps.receipts.of(access.eventId))!
  await writeFile(`${file}.policy`, policy)
  const { stdout } = await promisify(execFile)(process.execPath, [verifier, file, '--policy', `${file}.policy`])
  t.match(stdout, /: VERIFIED/)
  t.match(stdout, new RegExp(access.eventId))

  const forged = await writeZip([
    { name: 'receipt.tlog-proof', bytes: Buffer.from(proof.replace(/^extra .*\n/m, '')) }, { name: 'opening.json', bytes: Buffer.from(opening.replace('retrieve', 'modify')) }, { name: 'policy.txt', bytes: Buffer.from(policy) }
  ], { at: new Date() })
  await anybody.page.goto('/verification')
  await anybody.page.getByLabel('Розписка (ZIP)').setInputFiles({ name: 'receipt.zip', mimeType: 'application/zip', buffer: Buffer.from(forged) })
  await anybody.page.getByRole('button', { name: 'Перевірити' }).click()
  await anybody.page.getByText('Розписку не підтверджено').waitFor()
  t.match(await anybody.page.locator('main').innerText(), /Запису немає в журналі, або його змінено/)

  const exported = await (await page.request.get('/accesses/export')).json() as { accesses: { event: { eventId: string }, receipt: { proof: string } }[], policy: string }
  t.equal(exported.accesses.length, 3)
  t.ok(exported.accesses.every(({ receipt }) => receipt.proof.startsWith('c2sp.org/tlog-proof@v1')))
  t.same(anybody.problems, [])
  t.same(desk.problems, [])
})

t.test('an empty list says what it means, and a silent source is never shown as nothing (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  await portal.heard()
  const anybody = await portal.sit({ person: false })
  await visitPage(t, anybody, '/', 'front')
  t.match(await anybody.page.locator('main').innerText(), /Що видно[\s\S]*Чого тут немає[\s\S]*стаття 21/)
  t.same(anybody.problems, [])

  const desk = await portal.sit()
  await visitPage(t, desk, '/accesses', 'list-empty')
  t.match(await desk.page.locator('main').innerText(), /Записів про звернення до ваших даних немає[\s\S]*на зв’язку/)
  portal.components((found) => found.map((component) => ({ ...component, status: 'silent', heardAt: new Date(Date.now() - 3_600_000) })))
  await visitPage(t, desk, '/accesses', 'list-silent')
  t.match(await desk.page.locator('#results').innerText(), /Записів поки що не надійшло[\s\S]*Це не означає, що їх немає/)
  t.match(await desk.page.locator('.alert').first().innerText(), /Деякі джерела мовчать[\s\S]*Міністерство юстиції: немає зв’язку з/)
  t.same(desk.problems, [])

  await portal.keys.close()
  t.equal((await desk.page.goto('/accesses'))?.status(), 503)
  t.match(await desk.page.locator('main').innerText(), /Це не означає, що записів немає/)

  const passport = await portal.sit({ person: /Мороз/ })
  t.match(await passport.page.locator('main').innerText(), /Ми не можемо знайти ваші записи/)
})

t.test('every page is readable in the dark too (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const access = accessNow({ emergency: { flag: true, justification: 'Пожежа' }, data: { categories: ['health'], special: true } })
  await portal.append(access)
  const desk = await portal.sit({ scheme: 'dark' })
  for (const [path, name] of [['/accesses', 'list'], [`/accesses/${access.eventId}`, 'access'], [`/accesses/${access.eventId}/verification`, 'receipt-verified'], ['/settings', 'settings'], ['/', 'front']] as const) {
    await desk.page.goto(path)
    await checkPage(t, desk, `${name}-dark`)
  }
})

t.test('everything works without scripts and by keyboard (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const access = accessNow()
  await portal.append(access)
  const { page } = await portal.sit({ scripts: false })
  await page.goto(`/accesses/${access.eventId}`)
  t.equal(await page.getByRole('button', { name: 'Перевірити в цьому браузері' }).isVisible(), false)
  await page.getByRole('link', { name: 'Перевірити на сервері' }).click()
  await page.getByText('Розписка справжня').waitFor()
  await page.goto(`/accesses/${access.eventId}`)
  await page.locator('summary', { hasText: 'Поскаржитися' }).press('Enter')
  await page.locator('#f-complaint').fill('Так')
  await page.getByRole('button', { name: 'Надіслати скаргу' }).click()
  await page.getByText('Напишіть щонайменше кілька слів').waitFor()
  await page.locator('#f-complaint').fill('Цього звернення не мало бути.')
  await page.getByRole('button', { name: 'Надіслати скаргу' }).press('Enter')
  await page.getByText('Скаргу прийнято').waitFor()
})
