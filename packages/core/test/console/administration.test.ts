import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '@trembita/daemon'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import { scratch } from '@trembita/testnet/verifiers'
import { coreIn, seedOf } from '../seeding.ts'
import { checkPage, runConsole } from './running-console.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

t.test('TR-7.7: a security officer makes a signing key, sees that it is not known yet, and finds the change in what was published', { skip }, async (t) => {
  const { core, sit } = await runConsole(t)
  const desk = await sit('security')
  const { page } = desk
  const said = async (text: string): Promise<void> => { await page.getByText(text).first().waitFor() }
  const dialog = page.locator('wa-dialog[open]')

  await page.goto('/configuration')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Завантажити', exact: true }).first().click()])
  t.match(download.suggestedFilename(), /ZZ.*\.xml$/)
  await page.locator('summary', { hasText: 'Створити заново' }).first().click()
  await dialog.getByRole('button', { name: 'Створити заново' }).click()
  await said('Якір створено заново.')

  await page.getByRole('link', { name: 'Ключі підпису' }).click()
  await page.locator('summary', { hasText: 'Створити ключ' }).first().click()
  await dialog.getByLabel('Позначка').fill('зима 2026')
  await dialog.getByLabel('EC').check()
  await dialog.getByRole('button', { name: 'Створити ключ' }).click()
  await said('Ключ створено.')
  await said('ще не всюди відомий')
  await checkPage(t, desk, 'configuration-keys')
  await page.locator('summary', { hasText: 'Вилучити' }).first().click()
  await dialog.getByRole('button', { name: 'Вилучити' }).click()
  await said('Ключ вилучено.')

  await core.publish()
  await page.goto('/configuration/history')
  await checkPage(t, desk, 'configuration-history')
  await page.goto('/settings')
  await page.locator('summary', { hasText: 'Змінити адресу' }).click()
  await dialog.getByLabel('Адреса ядра для шлюзів').fill('не адреса')
  await dialog.getByRole('button', { name: 'Змінити адресу' }).click()
  await said('Очікується ім’я вузла або IP-адреса')
  await checkPage(t, desk, 'settings-address')
  t.same(desk.problems.filter((problem) => !problem.startsWith('400')), [])
})

t.test('a security officer looks at the anchor of another environment before trusting it, and ends the exchange again', { skip }, async (t) => {
  const { core, sit } = await runConsole(t)
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const own = { instance: 'YY', memberClass: 'GOV', memberCode: '1' }
  const seed = seedOf({ instance: 'YY', managementProvider: { ...own, subsystemCode: 'MANAGEMENT' }, members: [{ id: own, name: 'Own', subsystems: [{ code: 'MANAGEMENT' }] }], servers: [], globalGroups: [] })
  await using neighbour = await coreIn(join(folder.dir, 'neighbour'), { seed, publicAddress: undefined }, systemClock)
  const desk = await sit('security')
  const { page } = desk
  const check = async (file: string, bytes: Buffer): Promise<void> => {
    await page.goto('/federation')
    await page.getByLabel('Файл зовнішнього якоря').setInputFiles(folder.write(file, bytes))
    await page.getByRole('button', { name: 'Перевірити' }).click()
  }
  await check('own.xml', (await core.anchor('external')).bytes)
  await page.getByText('Це якір власного середовища.').first().waitFor()
  await check('internal.xml', (await neighbour.anchor('internal')).bytes)
  await page.getByText(/внутрішній якір|не веде до придатної/).first().waitFor()
  await check('external.xml', (await neighbour.anchor('external')).bytes)
  await page.getByRole('button', { name: 'Довіряти цьому середовищу' }).waitFor()
  await checkPage(t, desk, 'federation-check')
  await page.getByRole('button', { name: 'Довіряти цьому середовищу' }).click()
  await page.getByText('Середовище додано').first().waitFor()
  await checkPage(t, desk, 'federation')
  await page.locator('summary', { hasText: 'Припинити обмін' }).click()
  await page.locator('wa-dialog').getByRole('button', { name: 'Припинити обмін' }).click()
  await page.getByText('Обмін із середовищем припинено.').waitFor()
  t.same(desk.problems.filter((problem) => !/^40\d /.test(problem)), [])
})

t.test('TR-7.5: a system administrator publishes a reference list, and keeps a backup', { skip }, async (t) => {
  const { sit } = await runConsole(t)
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const desk = await sit('system')
  const { page } = desk
  await page.goto('/classifiers/new')
  await page.getByLabel('Код', { exact: true }).fill('STATES')
  await page.getByLabel('Назва українською').fill('Стани справи')
  await page.getByLabel('Назва англійською').fill('States of a case')
  await checkPage(t, desk, 'classifier-new')
  await page.getByRole('main').getByRole('button').first().click()
  await page.getByRole('heading', { name: 'Стани справи' }).waitFor()
  await page.locator('input[name=valid_from]').fill('2026-01-01')
  await page.locator('input[name=ground]').fill('наказ № 5')
  await page.locator('input[name=csv]').setInputFiles(folder.write('states.csv', 'code,name_uk,name_en\nNEW,нова,new\nDONE,закрита,closed\n'))
  await page.locator('form[action$="/versions"] button').click()
  await page.getByText('закрита').first().waitFor()
  await checkPage(t, desk, 'classifier')

  await page.goto('/backups')
  await page.getByRole('button', { name: 'Створити копію' }).click()
  await page.getByText('Резервну копію створено.').waitFor()
  await checkPage(t, desk, 'backups')
  t.same(desk.problems, [])
})

t.test('TR-15: where the holder wants two, one stops a member’s access and the other agrees', { skip }, async (t) => {
  const { sit } = await runConsole(t)
  const first = await sit('holder')
  await first.page.goto('/approvals/policy')
  await first.page.locator('input[name=operations][value="suspension.decide"]').check()
  await first.page.getByRole('button', { name: 'Зберегти перелік' }).click()
  await first.page.getByText('Перелік збережено.').waitFor()
  await first.page.goto('/members/ZZ:COM:2002')
  await first.page.getByRole('link', { name: 'Зупинити доступ' }).click()
  await first.page.locator('input[name=ground][value=law]').check()
  await first.page.getByLabel('Номер акта').fill('12')
  await first.page.getByLabel('Дата акта').fill('2026-11-20')
  await first.page.getByRole('main').getByRole('button', { name: 'Зупинити доступ' }).click()
  await first.page.getByText('Дію подано на погодження другій особі.').waitFor()

  const second = await sit('secondHolder')
  await second.page.goto('/approvals/1')
  await checkPage(t, second, 'approval-suspension')
  await second.page.locator('summary', { hasText: 'Погодити' }).click()
  await second.page.locator('wa-dialog').getByRole('button', { name: 'Погодити' }).click()
  await second.page.getByText('Погоджено й виконано.').waitFor()
  await second.page.goto('/members/ZZ:COM:2002')
  await second.page.getByText('доступ зупинено').first().waitFor()
  await checkPage(t, second, 'member-suspended')
  t.same([...first.problems, ...second.problems], [])
})
