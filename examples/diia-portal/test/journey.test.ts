import t, { type Test } from 'tap'
import type { Page } from 'playwright-core'
import { checkAxe, openBrowser, screenshots, SIZES, skipWithoutBrowser, type OpenBrowser } from '@trembita/testnet/browser'
import { developmentPerson } from '@trembita/testnet/identity-provider'
import { ask, displacedAnswer, runPortal, type UnderTest } from './portal-under-test.ts'

const CABINET = 'GOV/90000050/CABINET'
// Three journeys in Chromium, each page looked at by axe at both widths.
t.setTimeout(120_000)
const skip = skipWithoutBrowser()

interface Desk {
  readonly page: Page
  problems (): readonly string[]
}

/** A real portal with a cabinet that answers, and Chromium. */
async function open (t: Test): Promise<UnderTest & { sit (person: RegExp, lang: 'uk' | 'en', size: 'phone' | 'desktop', scripts?: boolean): Promise<Desk> }> {
  const running = await runPortal(t)
  const { portal, provider, gateway } = running
  gateway.services['GOV/90000096/IDP/idpCertificate'] = () => displacedAnswer('active')
  gateway.services[`${CABINET}/offersForUser`] = () => ({
    status: 200,
    body: {
      joined: true,
      items: [],
      missing: [{ register: 'TAX', what: { uk: 'кількість працівників за 2025 рік', en: 'number of employees in 2025' } }]
    }
  })
  gateway.services[`${CABINET}/offerFeedback`] = ({ body }) => ({ status: 200, body: { offerId: body.offerId, state: body.feedback } })
  gateway.services[`${CABINET}/receiveDocuments`] = ({ body }) => ({
    status: 200,
    body: {
      receiptId: 'R-2026-000001',
      shareId: body.shareId,
      receivedAt: '2026-11-30T09:00:00.000Z',
      verdicts: body.documents.map(({ type }: { type: string }) => ({ type, verdict: 'ACCEPTED' })),
      missing: body.missing
    }
  })
  const browser: OpenBrowser = await openBrowser()
  t.teardown(() => browser.close())
  return {
    ...running,
    sit: async (person, lang, size, scripts = true) => {
      const { page, problems } = await browser.open(portal.url, { lang, size, scripts })
      const failed: string[] = []
      page.on('response', (response) => { if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`) })
      await page.goto('/sign-in?return=/')
      await page.getByRole('button', { name: person }).click()
      await page.waitForURL(`${portal.url}/**`)
      return { page, problems: () => [...problems.filter((problem) => !problem.startsWith(`elsewhere: ${provider.issuer}`)), ...failed] }
    }
  }
}

/** Holds the page as it stands to what every page must be, at both widths. */
async function check (t: Test, { page }: Desk, name: string): Promise<void> {
  const before = page.viewportSize()!
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    t.same(await checkAxe(page), [], `${name}: axe finds nothing (${size})`)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name}: fits its width (${size})`)
  }
  t.match(await page.locator('footer').textContent(), /синтетичні дані · synthetic data/i)
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, `diia-portal-${name}`, process.env.TREMBITA_SCREENSHOTS)
  await page.setViewportSize(before)
}

t.test('a citizen looks at documents, shares them, reads offers and notices, in Ukrainian at a desk (UP-8.1, UP-8.7, UP-2)', { skip, timeout: 60_000 }, async (t) => {
  const running = await open(t)
  const { portal } = running
  const desk = await running.sit(/Ґонта/, 'uk', 'desktop')
  const { page } = desk
  const subject = developmentPerson('f01').subject!
  await check(t, desk, 'home')
  await ask(portal, 'POST', '/offers', CABINET, {
    offerId: 'O-1', subject, title: { uk: 'Грант на обладнання', en: 'Grant for equipment' }, body: { uk: 'До 500 000 грн на верстати й комп’ютери', en: 'Up to UAH 500,000 for machines and computers' }, reasons: [{ uk: 'Ваш основний КВЕД 62.01 є в переліку програми (ЄДР)', en: 'Your main activity 62.01 is listed (EDR)' }, { uk: 'Третя група єдиного податку (ДПС)', en: 'Third group of the simplified tax (tax service)' }], link: 'http://127.0.0.1:4310/offers/O-1', validUntil: '2027-06-30T00:00:00Z'
  })
  await ask(portal, 'POST', '/push-notifications', 'GOV/90000104/MONITOR', { template: 'access-notice', recipients: [{ subject, parameters: { body_uk: 'Бюро кредитних історій', body_en: 'The credit bureau' } }] })

  await page.getByRole('link', { name: 'Документи', exact: true }).first().click()
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Документи')
  await check(t, desk, 'documents')
  await page.getByRole('link', { name: 'Відкрити: Джерела та суми доходів' }).click()
  await page.getByRole('heading', { name: 'Доходи за джерелами' }).waitFor()
  await check(t, desk, 'income')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Завантажити підписану копію' }).click()])
  t.equal(download.suggestedFilename(), 'income-sources.jws')

  await page.goto('/share')
  await check(t, desk, 'share')
  await page.getByRole('checkbox', { name: 'Паспорт для виїзду за кордон' }).uncheck()
  await page.getByRole('button', { name: 'Далі: переглянути, що буде передано' }).click()
  t.equal(await page.getByRole('heading', { name: 'Паспорт для виїзду за кордон' }).count(), 0, 'what was not chosen does not go')
  await check(t, desk, 'review')
  await page.getByRole('button', { name: 'Підтвердити й передати' }).click()
  await page.getByText('R-2026-000001').waitFor()
  await check(t, desk, 'receipt')
  await page.goto('/receipts')
  await check(t, desk, 'receipts')

  await page.goto('/offers')
  await page.getByText('кількість працівників за 2025 рік').waitFor()
  await check(t, desk, 'offers')
  await page.getByRole('link', { name: 'Докладніше: Грант на обладнання' }).click()
  await page.getByText('Ваш основний КВЕД 62.01').waitFor()
  await check(t, desk, 'offer')
  t.equal(await page.getByRole('link', { name: 'Відкрити в кабінеті' }).getAttribute('href'), 'http://127.0.0.1:4310/offers/O-1')
  await page.getByRole('button', { name: 'Я подав(-ла) заявку' }).click()
  await page.getByText('Позначено: заявку подано').waitFor()

  await page.goto('/notices')
  await check(t, desk, 'notices')
  await page.getByRole('link', { name: 'Хтось переглянув ваші дані' }).click()
  t.equal(await page.getByRole('link', { name: 'Відкрити моніторинг доступу' }).getAttribute('href'), 'http://127.0.0.1:4100/accesses')
  await check(t, desk, 'notice')
  await page.goto('/settings')
  await check(t, desk, 'settings')
  t.equal(await page.evaluate('navigator.serviceWorker.ready.then((worker) => new URL(worker.active.scriptURL).pathname)'), '/service-worker.js', 'the page is installable')
  t.same(desk.problems(), [])
})

t.test('the same in English on a phone, by keyboard and without scripts (UP-8.6, UP-8.7)', { skip, timeout: 60_000 }, async (t) => {
  const running = await open(t)
  running.gateway.services['GOV/90000096/IDP/idpCertificate'] = undefined
  const desk = await running.sit(/Яворська/, 'en', 'phone', false)
  const { page } = desk
  await page.goto('/documents')
  t.match(await page.title(), /^Documents · Diia portal \(model\)/)
  t.match(await page.locator('main').textContent(), /Certificate of an internally displaced person\s*not available now/)
  await page.goto('/share')
  await page.getByRole('checkbox').first().focus()
  await page.keyboard.press('Space')
  t.equal(await page.getByRole('checkbox').first().isChecked(), false)
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Next: look at what will be shared' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Check what you share' }).waitFor()
  t.match(await page.locator('main').textContent(), /free of charge[\s\S]*Will not be shared[\s\S]*technically impossible to get/)
  await page.getByRole('button', { name: 'Confirm and share' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('R-2026-000001').waitFor()
  t.match(await page.locator('main').textContent(), /received[\s\S]*accepted[\s\S]*not shared\s*technically impossible/)
  await page.goto('/offers')
  t.match(await page.locator('main').textContent(), /Not enough data[\s\S]*number of employees in 2025/)
  await page.goto('/settings')
  t.match(await page.locator('main').textContent(), /Notifications need JavaScript/)
  t.same(desk.problems(), [])
})

t.test('English pages on a phone, the first page, the refusal and the page for being offline are accessible (UP-7d)', { skip, timeout: 60_000 }, async (t) => {
  const running = await open(t)
  const desk = await running.sit(/Мороз/, 'en', 'phone')
  const { page } = desk
  await check(t, desk, 'home-en')
  for (const [path, name] of [['/documents', 'documents-en'], ['/documents/taxpayer-card', 'absent-en'], ['/notices', 'notices-en'], ['/settings', 'settings-en'], ['/offline', 'offline-en']] as const) {
    await page.goto(path)
    await check(t, desk, name)
  }
  t.equal((await page.goto('/share'))?.status(), 403)
  t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'A taxpayer\'s number is needed')
  await check(t, desk, 'no-number-en')
  t.same(desk.problems().filter((problem) => !problem.startsWith('403 ')), [])
  await page.context().clearCookies()
  await page.goto('/?lang=uk')
  await check(t, desk, 'welcome')
})
