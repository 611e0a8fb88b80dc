import t from 'tap'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import type { ManagementRequest } from '@trembita/protocol/management'
import { CurrentTrust, Registration } from '../../src/registration/index.ts'
import { auth, der, GW1, GW2, OPERATOR, OTHER, OWNER, seedOf, STRANGER, verifiedRequest } from '../registration/registry-fixture.ts'
import { checkPage, runConsole, visitPage } from './running-console.ts'

t.setTimeout(240_000)
const skip = skipWithoutBrowser()

const SHOP = { ...OTHER, subsystemCode: 'SHOP' }
const clientReg = (client: typeof SHOP, server = GW1): ManagementRequest => ({ service: 'clientReg', server, client, subsystemName: 'Крамниця «Під дубом»' })

t.test('TR-7.7: an officer sees who signed what and what it changes, approves, declines, and approves many at once', { skip }, async (t) => {
  const { core, sit } = await runConsole(t, { seed: seedOf() })
  const registration = new Registration({ store: core.store, changes: core.changes })
  const trust = await new CurrentTrust(core.store).current()
  await auth('box')
  const receive = async (request: ManagementRequest): Promise<number> => await registration.handle(await verifiedRequest(request, trust, new Date()))
  const box = await receive({ service: 'authCertReg', server: { ...STRANGER, serverCode: 'box' }, address: 'box.example', authCertificate: await der('box') })
  const shop = await receive(clientReg(SHOP))
  const lost = await receive(clientReg(SHOP, { ...GW1, serverCode: 'none' }))
  const edr = await receive({ service: 'clientReg', server: GW1, client: { ...OWNER, subsystemCode: 'EDR' } })
  await receive({ service: 'addressChange', server: GW2, address: 'moved.example' })
  await receive({ service: 'clientDeletion', server: GW1, client: OTHER })
  await registration.add(OPERATOR, { request: { service: 'authCertReg', server: { ...STRANGER, serverCode: 'box' }, authCertificate: await der('box') }, comments: 'Лист № 17 від 2 лютого' })

  const desk = await sit('registration')
  const { page } = desk
  await visitPage(t, desk, '/management-requests', 'requests-waiting')
  await visitPage(t, desk, '/management-requests?tab=all', 'requests-all')
  t.equal(await page.locator('tbody tr').count(), 7)
  await page.goto('/management-requests?q=box')
  t.equal(await page.locator('tbody tr').count(), 2)
  t.match(await page.locator('nav a[href="/management-requests"]').first().textContent(), /5/, 'the menu says how many wait')

  await visitPage(t, desk, `/management-requests/${box}`, 'request-certificate')
  const text = await page.locator('main').innerText()
  for (const part of ['ZZ:COM:7007:box', 'box.example', 'SHA512withECDSA', 'Щойно перевірено знову', 'ZZ:COM:7007', 'З’явиться шлюз', 'security-server-owners', 'ще не учасник', (await auth('box')).certificate.serialNumber.toString()]) {
    t.ok(text.includes(part), `the page says ${part}`)
  }
  t.match(await page.locator('pre').innerText(), /<xroad:authCertReg>/, 'the very text that was signed')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Завантажити оригінал' }).click()
  t.equal((await download).suggestedFilename(), `management-request-${box}.mime`)

  await page.locator('summary', { hasText: 'Погодити' }).click()
  await page.locator('wa-dialog[open]').getByLabel('Підстава').fill('Договір № 5')
  await checkPage(t, desk, 'request-approving')
  await page.locator('wa-dialog[open]').getByRole('button', { name: 'Погодити' }).click()
  await page.waitForURL(/said=requestApproved/)
  t.match(await page.locator('main').innerText(), /погоджено[\s\S]*Договір № 5/)
  await checkPage(t, desk, 'request-approved')

  await visitPage(t, desk, `/management-requests/${lost}`, 'request-blocked')
  t.match(await page.locator('main').innerText(), /Такого шлюзу в реєстрі немає/)
  t.equal(await page.locator('summary', { hasText: 'Погодити' }).count(), 0)
  await page.locator('summary', { hasText: 'Відхилити' }).click()
  await page.locator('wa-dialog[open]').getByLabel('Причина відхилення').fill('Такого шлюзу немає')
  await page.locator('wa-dialog[open]').getByRole('button', { name: 'Відхилити' }).click()
  await page.waitForURL(/said=requestDeclined/)
  t.match(await page.locator('main').innerText(), /відхилено[\s\S]*Такого шлюзу немає/)

  await page.goto('/management-requests')
  for (const id of [shop, edr]) await page.getByLabel(`Вибрати запит ${id}`).check()
  await checkPage(t, desk, 'requests-chosen')
  await page.getByRole('button', { name: 'Погодити вибрані' }).click()
  await page.waitForURL(/said=requestsApproved/)
  t.match(await page.locator('main').innerText(), /Рішення не чекає жоден запит/)

  await visitPage(t, desk, '/management-requests/new', 'request-new')
  await page.getByLabel('Вид запиту').selectOption('CLIENT_REGISTRATION_REQUEST')
  await page.getByRole('button', { name: 'Далі' }).click()
  await page.getByLabel('Шлюз').fill('ZZ:COM:2002:gw2')
  await page.getByLabel('Клієнт').fill('ZZ:COM:9999')
  await page.getByRole('button', { name: 'Додати запит' }).click()
  await page.getByText('Такого учасника немає.').first().waitFor()
  await checkPage(t, desk, 'request-new-refused')
  t.equal(await page.getByLabel('Шлюз').inputValue(), 'ZZ:COM:2002:gw2', 'what was typed is still there')
  await page.getByLabel('Клієнт').fill('ZZ:COM:2002:SHOP')
  await page.getByRole('button', { name: 'Додати запит' }).click()
  await page.waitForURL(/said=requestAdded/)
  t.match(await page.locator('main').innerText(), /чекає рішення/)
  t.same(desk.problems.filter((problem) => !problem.startsWith('404') && !problem.startsWith('4')), [])
})

t.test('without scripts a request is decided as well, and some of many may fail', { skip }, async (t) => {
  const { core, sit } = await runConsole(t, { seed: seedOf() })
  const registration = new Registration({ store: core.store, changes: core.changes })
  const trust = await new CurrentTrust(core.store).current()
  const receive = async (request: ManagementRequest): Promise<number> => await registration.handle(await verifiedRequest(request, trust, new Date()))
  const shop = await receive(clientReg(SHOP))
  const lost = await receive(clientReg(SHOP, { ...GW1, serverCode: 'none' }))
  const edr = await receive({ service: 'clientReg', server: GW1, client: { ...OWNER, subsystemCode: 'EDR' } })
  const desk = await sit('registration', { scripts: false, size: 'phone' })
  const { page } = desk
  await page.goto('/management-requests')
  await page.getByRole('button', { name: 'Погодити вибрані' }).click()
  await page.getByText('Не вибрано жодного запиту.').waitFor()
  await page.getByLabel(`Вибрати запит ${shop}`).check()
  await page.getByLabel(`Вибрати запит ${lost}`).check()
  await page.getByRole('button', { name: 'Погодити вибрані' }).click()
  await page.getByText('Такого шлюзу в реєстрі немає.').waitFor()
  await page.goto(`/management-requests/${edr}`)
  await page.locator('summary', { hasText: 'Відхилити' }).click()
  await page.getByLabel('Причина відхилення').fill('Помилка')
  await page.getByRole('button', { name: 'Відхилити' }).click()
  await page.waitForURL(/said=requestDeclined/)
  t.match(await page.locator('main').innerText(), /відхилено/)
})

t.test('who may not decide sees the same and nothing to press', { skip }, async (t) => {
  const { core, sit } = await runConsole(t, { seed: seedOf() })
  const registration = new Registration({ store: core.store, changes: core.changes })
  const id = await registration.handle(await verifiedRequest(clientReg(SHOP), await new CurrentTrust(core.store).current(), new Date()))
  const desk = await sit('holder')
  for (const path of ['/management-requests', `/management-requests/${id}`]) {
    await desk.page.goto(path)
    t.same(await desk.page.locator('main form[method=post]').count(), 0, path)
  }
  t.equal((await desk.page.goto('/management-requests/4711'))?.status(), 404)
})
