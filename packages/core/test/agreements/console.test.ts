import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkAxe, openBrowser, screenshots, skipWithoutBrowser } from '@trembita/testnet/browser'
import { scratch } from '@trembita/testnet/verifiers'
import { readAgreementContainer, verifyAgreementContainer, writeAgreementContainer } from '@trembita/protocol/agreement'
import { trustStoreOfPki } from '@trembita/testnet/pki'
import { pki } from '../seeding.ts'
import { conclude, now, open, seals } from './running.ts'
import { seal } from './sealing.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

type Watched = Awaited<ReturnType<Awaited<ReturnType<typeof openBrowser>>['open']>>

async function accessible (t: Test, { page }: Watched, name: string): Promise<void> {
  for (const size of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(size)
    t.same(await checkAxe(page), [], `${name} at ${size.width}`)
    t.equal(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), true, `${name} fits into ${size.width}`)
  }
  if (process.env.SCREENSHOTS !== undefined) await screenshots(page, name, process.env.SCREENSHOTS)
  await page.setViewportSize({ width: 1280, height: 900 })
}

t.test('TR-9b: an officer drafts an agreement, adds both seals, suspends and resumes it, and takes the container away', { skip }, async (t) => {
  const running = await open(t)
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  const watched = await browser.open(running.core.addresses.admin, { cookies: [await running.signIn(['XROAD_REGISTRATION_OFFICER'])] })
  const { page } = watched
  const folder = scratch()
  t.teardown(() => { folder.remove() })

  await page.goto('/agreements')
  await accessible(t, watched, 'agreements-empty')
  await page.getByRole('link', { name: 'Новий договір' }).click()
  await accessible(t, watched, 'agreement-new')
  const fill = async (values: Readonly<Record<string, string>>): Promise<void> => { for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: false }).first().fill(value) }
  await fill({
    'Код договору': 'AGR-7',
    Номер: '7/2026',
    'Дата документа': '2026-01-31',
    Отримувач: 'ZZ:GOV:3003:QUEUE',
    Надавач: 'ZZ:GOV:1001:EDR',
    'Діє з': '2026-01-01T00:00',
    'Діє до': '2099-01-01T00:00',
    Плата: '5.00',
    Цілі: 'P1; Запис до черги; постанова № 606, п. 9',
    'Сервіси й дозволені поля': 'people GET /persons/* /name'
  })
  await page.getByRole('button', { name: 'Створити проєкт' }).click()
  t.match(await page.getByRole('alert').textContent(), /рядок 1: очікується/)
  await accessible(t, watched, 'agreement-errors')
  await fill({ 'Сервіси й дозволені поля': 'people GET /persons/* = /name /codes/*/katottg media:application/pdf\nlookup/v1 = /{urn:x}lookupResponse/{urn:x}name' })
  await page.getByRole('button', { name: 'Створити проєкт' }).click()
  t.match(await page.getByRole('alert').textContent(), /Суб’єктам владних повноважень дані надаються безоплатно/)
  await fill({ Плата: '0.00' })
  await page.getByRole('button', { name: 'Створити проєкт' }).click()
  await page.getByText('Проєкт договору створено.').waitFor()
  t.match(await page.content(), '/{urn:x}lookupResponse/{urn:x}name')
  await accessible(t, watched, 'agreement-draft')

  const document = await running.document('AGR-7')
  for (const [side, by] of [['consumer', 'hromada'], ['provider', 'provider']] as const) {
    const file = folder.write(`${side}.asice`, await writeAgreementContainer({ document, seals: { [side]: await seal(seals[by], document) } }, now))
    await page.getByLabel('Контейнер із печаткою').setInputFiles(file)
    await page.getByRole('button', { name: 'Додати печатку' }).click()
    await page.getByText('Печатку додано.').waitFor()
  }
  await page.getByText('чинний').first().waitFor()
  await accessible(t, watched, 'agreement-in-force')

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Контейнер (ASiC-E)' }).click()])
  const path = join(folder.dir, 'container.asice')
  await download.saveAs(path)
  const report = verifyAgreementContainer(await readAgreementContainer(await readFile(path)), (instance) => instance === 'ZZ' ? { ...trustStoreOfPki(pki), instance } : undefined)
  t.equal(report.verdict, 'verified', report.reason?.message ?? '')

  const decide = async (name: string): Promise<void> => {
    await page.locator('summary', { hasText: name }).click()
    const dialog = page.locator('wa-dialog').first()
    await dialog.getByLabel('Підстава').fill('лист № 5 від 01.02.2026')
    await dialog.getByRole('button', { name, exact: true }).click()
    await page.getByText('Рішення записано.').waitFor()
  }
  await decide('Зупинити')
  t.match(await page.content(), 'лист № 5 від 01.02.2026')
  await accessible(t, watched, 'agreement-suspended')
  await decide('Поновити')
  await page.goto('/agreements?state=in_force&lang=en')
  t.match(await page.getByRole('table').textContent(), /AGR-7[\s\S]*in force/)
  await accessible(t, watched, 'agreements')
  t.same(watched.problems, [])
})

t.test('without scripts and without the right to change one may look, and a new version begins with the terms of the last', { skip }, async (t) => {
  const running = await open(t)
  await conclude(running)
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  const auditor = await browser.open(running.core.addresses.admin, { scripts: false, lang: 'en', cookies: [await running.signIn(['TREMBITA_AUDITOR'])] })
  await auditor.page.goto('/agreements')
  t.equal(await auditor.page.getByRole('link', { name: 'New agreement' }).count(), 0)
  await auditor.page.getByRole('link', { name: 'AGR-1' }).click()
  await auditor.page.getByText('free of charge').waitFor()
  t.equal(await auditor.page.locator('summary', { hasText: 'Suspend' }).count(), 0)
  const officer = await browser.open(running.core.addresses.admin, { scripts: false, lang: 'en', cookies: [await running.signIn(['XROAD_REGISTRATION_OFFICER'])] })
  await officer.page.goto('/agreements/AGR-1/1')
  await officer.page.getByRole('link', { name: 'New version' }).click()
  t.equal(await officer.page.getByLabel('Services and permitted fields').inputValue(), 'people GET /persons/* = /name /addresses/*/katottg')
  await officer.page.getByRole('button', { name: 'Make the draft' }).click()
  await officer.page.getByText('The draft was made.').waitFor()
  await officer.page.locator('summary', { hasText: 'Withdraw the draft' }).click()
  await officer.page.getByRole('button', { name: 'Withdraw the draft' }).click()
  await officer.page.getByText('The draft was withdrawn.').waitFor()
  t.equal((await officer.page.goto('/agreements/AGR-1/2'))?.status(), 404)
})
