import t, { type Test } from 'tap'
import { checkAxe, openBrowser, screenshots, skipWithoutBrowser } from '@trembita/testnet/browser'
import { openInstance, type Instance } from './fixture.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

type Browser = Awaited<ReturnType<typeof openBrowser>>
type Watched = Awaited<ReturnType<Browser['open']>>

/** A console that listens, and a browser in which several people are signed in, each in a window of their own. */
async function openConsole (t: Test): Promise<Instance & { window: (roles: readonly string[], person: string, options?: Parameters<Browser['open']>[1]) => Promise<Watched> }> {
  const instance = await openInstance(t)
  const url = await instance.app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  return { ...instance, window: async (roles, person, options = {}) => await browser.open(url, { ...options, cookies: [await instance.signIn(roles, person)] }) }
}

async function accessible (t: Test, { page }: Watched, name: string): Promise<void> {
  for (const size of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(size)
    t.same(await checkAxe(page), [], `${name} at ${size.width}`)
    t.equal(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), true, `${name} fits into ${size.width}`)
  }
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, name, process.env.TREMBITA_SCREENSHOTS)
  await page.setViewportSize({ width: 1280, height: 900 })
}

t.test('the holder wants two, one proposes, another approves, and the page says who did what', { skip }, async (t) => {
  const { ask, key, window, done } = await openConsole(t)
  const holder = await window(['TREMBITA_HOLDER'], 'iryna')
  await holder.page.goto('/approvals')
  await accessible(t, holder, 'approvals-empty')
  await holder.page.getByRole('link', { name: 'Які дії потребують двох' }).click()
  await holder.page.getByLabel('Суб’єкт взаємодії: вилучити').check()
  await accessible(t, holder, 'approvals-policy')
  await holder.page.getByRole('button', { name: 'Зберегти перелік' }).click()
  await holder.page.getByText('Перелік збережено.').waitFor()
  t.equal(await holder.page.getByLabel('Суб’єкт взаємодії: вилучити').isChecked(), true)

  const olena = await key('XROAD_REGISTRATION_OFFICER', 'olena')
  for (const code of ['GOV', 'COM']) await ask(olena, 'DELETE', `/members/${code}`, undefined, { 'x-trembita-reason': encodeURIComponent('реорганізація') })

  const own = await window(['XROAD_REGISTRATION_OFFICER'], 'olena')
  await own.page.goto('/approvals/1')
  await own.page.getByText('Це ваша пропозиція').waitFor()
  t.equal(await own.page.getByRole('group').getByText('Погодити', { exact: true }).count(), 0, 'nobody is offered to approve their own')

  const maria = await window(['XROAD_REGISTRATION_OFFICER'], 'maria')
  await maria.page.goto('/')
  await maria.page.goto('/approvals')
  await accessible(t, maria, 'approvals-waiting')
  await maria.page.getByRole('link', { name: 'Суб’єкт взаємодії: вилучити' }).first().click()
  await accessible(t, maria, 'approval')
  await maria.page.locator('summary', { hasText: 'Погодити' }).click()
  const dialog = maria.page.locator('wa-dialog')
  await dialog.getByLabel('Підстава вашого рішення').fill('перевірено')
  await dialog.getByRole('button', { name: 'Погодити' }).click()
  await maria.page.getByText('Погоджено й виконано.').waitFor()
  await accessible(t, maria, 'approval-done')
  t.same(done, [{ code: 'GOV', by: 'olena', approvedBy: 'maria', origin: '127.0.0.1' }])

  await maria.page.goto('/approvals/2')
  await maria.page.locator('summary', { hasText: 'Відхилити' }).click()
  await maria.page.locator('wa-dialog').getByRole('button', { name: 'Відхилити' }).click()
  await maria.page.getByText('Пропозицію відхилено.').waitFor()
  await maria.page.goto('/approvals?state=&lang=en')
  t.match(await maria.page.getByRole('table').textContent(), /done[\s\S]*declined|declined[\s\S]*done/)
  t.same([...holder.problems, ...own.problems, ...maria.problems], [])
})

t.test('without scripts: approve what waits; of two who open the same page the second is told', { skip }, async (t) => {
  const { ask, key, window, done } = await openConsole(t)
  await ask(await key('TREMBITA_HOLDER', 'iryna'), 'PUT', '/approvals/policy', { operations: ['member.delete'] })
  await ask(await key('XROAD_REGISTRATION_OFFICER', 'olena'), 'DELETE', '/members/GOV')
  const [maria, ivan] = [await window(['XROAD_REGISTRATION_OFFICER'], 'maria', { scripts: false }), await window(['XROAD_REGISTRATION_OFFICER'], 'ivan', { scripts: false })]
  for (const { page } of [maria, ivan]) {
    await page.goto('/approvals/1')
    await page.locator('summary', { hasText: 'Погодити' }).click()
  }
  for (const { page } of [maria, ivan]) await page.getByRole('button', { name: 'Погодити' }).click()
  await maria.page.getByText('Погоджено й виконано.').waitFor()
  await ivan.page.getByText('Ця пропозиція вже не чекає на рішення.').waitFor()
  t.equal(done.length, 1)
})

t.test('an administrator makes an API key, sees it once, changes and revokes it, and ends a session', { skip }, async (t) => {
  const { ask, window } = await openConsole(t)
  const admin = await window(['XROAD_SYSTEM_ADMINISTRATOR'], 'natalia')
  const { page } = admin
  await page.goto('/access')
  await accessible(t, admin, 'api-keys-empty')
  await page.getByRole('button', { name: 'Створити ключ' }).click()
  t.match(await page.getByRole('alert').textContent(), /Оберіть принаймні одну роль/)
  await accessible(t, admin, 'api-keys-error')
  await page.getByLabel('Призначення').fill('нічне вивантаження')
  await page.getByLabel('Аудитор').check()
  await page.getByRole('button', { name: 'Створити ключ' }).click()
  await page.getByText('Збережіть ключ зараз').waitFor()
  await accessible(t, admin, 'api-key-made')
  const key = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(await page.locator('pre').first().textContent() ?? '')![0]
  t.equal((await ask(key, 'GET', '/approvals')).status, 200)
  await page.getByRole('link', { name: 'До переліку ключів' }).click()
  t.notMatch(await page.content(), key)
  await page.getByRole('link', { name: 'нічне вивантаження' }).click()
  await accessible(t, admin, 'api-key')
  await page.getByLabel('Реєстратор').check()
  await page.getByRole('button', { name: 'Зберегти ролі' }).click()
  await page.getByText('Ролі ключа змінено.').waitFor()
  await accessible(t, admin, 'api-keys')
  await page.getByRole('link', { name: 'нічне вивантаження' }).click()
  await page.locator('summary', { hasText: 'Відкликати ключ' }).click()
  await page.locator('wa-dialog').getByRole('button', { name: 'Відкликати ключ' }).click()
  await page.getByText('Ключ відкликано.').waitFor()
  t.equal((await ask(key, 'GET', '/approvals')).status, 401)

  const olena = await window(['XROAD_REGISTRATION_OFFICER'], 'olena')
  await page.getByRole('link', { name: 'Сеанси', exact: true }).click()
  await page.waitForURL('**/access/sessions')
  await accessible(t, admin, 'sessions')
  await page.locator('summary', { hasText: 'Завершити' }).click()
  await page.locator('wa-dialog').getByRole('button', { name: 'Завершити' }).click()
  await page.getByText('Сеанс завершено.').waitFor()
  t.equal((await olena.page.goto('/approvals'))?.status(), 401)
  const refused = await window(['XROAD_REGISTRATION_OFFICER'], 'ivan')
  t.equal((await refused.page.goto('/access'))?.status(), 403)
  t.same(admin.problems, [])
})
