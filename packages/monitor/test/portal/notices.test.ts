import { createECDH, randomBytes } from 'node:crypto'
import t from 'tap'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import { accessNow, checkPage, runPortal, visitPage } from './running-portal.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

t.test('a person switches notices on, and the next access is on the screen of a real browser within five seconds (IP-2.4a) (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const desk = await portal.sit()
  const { page } = desk
  await page.context().grantPermissions(['notifications'], { origin: portal.url })
  // The language of the first look is that of the notices.
  await page.goto('/settings?lang=uk')
  await visitPage(t, desk, '/settings', 'settings')
  await page.getByLabel('Повідомляти мене про доступ до моїх даних').check()
  await page.getByLabel('термінові повідомляти й уночі').check()
  await page.getByRole('button', { name: 'Зберегти' }).click()
  await page.getByText('Налаштування збережено').waitFor()
  t.match(await page.locator('main').innerText(), /Ще жодного способу/)

  // No push service of a browser can be reached from a test; what the worker registered and how it tells is real all the same.
  await page.getByRole('button', { name: 'Увімкнути на цьому пристрої' }).click()
  await page.locator('[data-subscribe-status]', { hasText: /./ }).waitFor()
  t.match(await page.locator('[data-subscribe-status]').innerText(), /служба повідомлень браузера не відповідає|Браузер забороняє/)
  t.equal(await page.evaluate('navigator.serviceWorker.ready.then((registration) => registration.active.scriptURL)'), `${portal.url}/service-worker.js`)

  const curve = createECDH('prime256v1')
  curve.generateKeys()
  const auth = randomBytes(16)
  const subscription = portal.push.register({ curve, auth }, portal.deps.vapidPublicKey)
  const status = await page.evaluate<number>(`fetch('/settings/push', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': document.querySelector('[data-subscribe]').dataset.csrf }, body: ${JSON.stringify(JSON.stringify({ subscription }))} }).then((answer) => answer.status)`)
  t.equal(status, 204)
  await page.goto('/settings')
  t.match(await page.locator('main').innerText(), /Браузер Chrome/)
  await checkPage(t, desk, 'settings-on')

  const started = performance.now()
  await portal.append(accessNow())
  await portal.push.untilMessages(1)
  const tookMs = performance.now() - started
  t.ok(tookMs < 5000, `accepted after ${Math.round(tookMs)} ms`)
  const [message] = portal.push.messages()
  t.equal(message?.endpoint, subscription.endpoint)
  t.match(JSON.parse(message!.text), { title: 'Доступ до ваших персональних даних', body: 'Бюро кредитних історій: новий запис про доступ' })

  const cdp = await page.context().newCDPSession(page)
  await cdp.send('ServiceWorker.enable')
  const registrationId = await new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => { if (registrations[0] !== undefined) resolve(registrations[0].registrationId) })
    void cdp.send('ServiceWorker.enable')
  })
  // Twice, as a push service may: the tag shows it once.
  for (let time = 0; time < 2; time++) await cdp.send('ServiceWorker.deliverPushMessage', { origin: portal.url, registrationId, data: message!.text })
  const shown = async (): Promise<{ title: string, body: string }[]> => await page.evaluate('navigator.serviceWorker.ready.then((registration) => registration.getNotifications()).then((list) => list.map(({ title, body }) => ({ title, body })))')
  let notifications = await shown()
  for (let attempt = 0; notifications.length === 0 && attempt < 100; attempt++) notifications = await shown()
  t.same(notifications, [{ title: 'Доступ до ваших персональних даних', body: 'Бюро кредитних історій: новий запис про доступ' }])

  await page.getByRole('button', { name: 'Вилучити' }).click()
  await page.getByText('Пристрій вилучено').waitFor()
  t.same(desk.problems.filter((problem) => !problem.includes('Push API in incognito')), [])
})

t.test('an address is confirmed by a code; mails carry the phrase, nothing remote and one click to stop (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const desk = await portal.sit()
  const { page } = desk
  await page.goto('/settings')
  await page.getByLabel('Повідомляти мене про доступ до моїх даних').check()
  await page.getByLabel('термінові повідомляти й уночі').check()
  await page.getByLabel('Контрольна фраза').fill('три тополі')
  await page.getByRole('button', { name: 'Зберегти' }).click()
  await page.getByText('Налаштування збережено').waitFor()
  await page.getByLabel('Адреса').fill('demian@mail.example')
  await page.getByRole('button', { name: 'Надіслати код' }).click()
  await page.getByText('Ми надіслали код').waitFor()
  await checkPage(t, desk, 'settings-code')
  const [letter] = await portal.mailbox.untilMails(1)
  const code = /\d{6}/.exec(letter!.text)![0]
  await page.getByLabel('Код із листа').fill(code === '000000' ? '000001' : '000000')
  await page.getByRole('button', { name: 'Підтвердити адресу' }).click()
  await page.getByText('Код не підходить').waitFor()
  await portal.append(accessNow())
  await page.getByLabel('Код із листа').fill(code)
  await page.getByRole('button', { name: 'Підтвердити адресу' }).click()
  await page.getByText('Адресу підтверджено').waitFor()
  t.equal(portal.mailbox.mails().length, 1, 'nothing is sent to an address before it is confirmed')

  await portal.append(accessNow({ data: { categories: ['health'], special: true } }))
  const [, notice] = await portal.mailbox.untilMails(2)
  t.match(notice, { to: ['demian@mail.example'], subject: 'Доступ до ваших персональних даних' })
  t.match(notice!.text, /три тополі/)
  t.match(notice!.text, /Бюро кредитних історій/)
  t.notMatch(notice!.text + notice!.html, /health|здоров|P-17|019ac0de|<img|src=/, 'no data, no purpose, no event, nothing remote')
  t.equal(notice!.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click')
  const link = /<(.+)>/.exec(notice!.headers['list-unsubscribe']!)![1]!
  t.ok(link.startsWith(`${portal.url}/unsubscribe/`))

  const anybody = await portal.sit({ person: false })
  await visitPage(t, anybody, new URL(link).pathname, 'unsubscribe')
  t.match((await portal.deps.persons.find(portal.deps.persons.tagOf((await subject(portal)))))?.settings.email, { confirmed: true }, 'looking changes nothing')
  const answer = await fetch(link, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' })
  t.equal(answer.status, 200, 'as mail programs do it (RFC 8058)')
  t.equal((await portal.deps.persons.find(portal.deps.persons.tagOf((await subject(portal)))))?.settings.email, undefined)
  t.same(desk.problems, [])
})

t.test('wrong settings are told, and subscriptions that lead elsewhere are refused (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const { page } = await portal.sit()
  await page.goto('/settings')
  await page.getByLabel('Часовий пояс').fill('Марс')
  await page.getByRole('button', { name: 'Зберегти' }).click()
  await page.getByRole('alert').getByText('Такого часового поясу немає').waitFor()
  const good = portal.push.subscribe()
  const csrf = await page.locator('[data-subscribe]').getAttribute('data-csrf')
  const send = async (subscription: object): Promise<number> => (await page.request.post('/settings/push', { headers: { 'x-csrf-token': csrf!, origin: portal.url, accept: 'application/json' }, data: { subscription } })).status()
  for (const [subscription, why] of [
    [{ ...good, endpoint: 'http://127.0.0.1:1/x' }, 'another port of this machine'],
    [{ ...good, endpoint: 'https://169.254.169.254/latest' }, 'an address'],
    [{ ...good, endpoint: 'https://evil.example/push' }, 'a host that is no push service'],
    [{ ...good, keys: { ...good.keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } }, 'a key that is no point'],
    [{ ...good, keys: { ...good.keys, auth: 'AAAA' } }, 'a short secret']
  ] as const) t.equal(await send(subscription), 400, why)
  t.equal(await send(good), 204)
  t.equal((await page.request.post('/settings/push', { headers: { origin: portal.url, accept: 'application/json' }, data: { subscription: good } })).status(), 403, 'without the token of the session')
})

async function subject ({ deps }: Awaited<ReturnType<typeof runPortal>>): Promise<string> {
  const row = await deps.store.get<{ person_id: string }>('SELECT person_id FROM account_session')
  return row!.person_id
}

t.test('nobody is flooded with codes from here, whatever addresses are given (TR-5.3)', { skip }, async (t) => {
  const portal = await runPortal(t)
  const { page } = await portal.sit()
  await page.goto('/settings?lang=uk')
  for (let time = 0; time < 4; time++) {
    await page.getByLabel('Адреса').fill(`somebody-${time}@mail.example`)
    await page.getByRole('button', { name: 'Надіслати код' }).click()
    await page.getByText(time < 3 ? 'Ми надіслали код' : 'Кодів надіслано забагато').waitFor()
  }
  t.equal(portal.mailbox.mails().length, 3)
  for (const query of ['recipient=a&recipient=b', 'offset=1e300', 'from=x&until=275760-09-13', 'offset=-1&view=each&view=x']) t.equal((await page.request.get(`/accesses?${query}`)).status(), 200, query)
})
