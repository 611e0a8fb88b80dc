import { test } from 'tap'
import { checkAxe, openBrowser, screenshots, SIZES, skipWithoutBrowser } from '@trembita/testnet/browser'
import { REST, SOAP, startFilledCatalog } from '../filled-catalog.ts'

test('Search and our own references hold to WCAG in both languages; on a phone and on a desk (CD-8.6, IP-1.4)', { skip: skipWithoutBrowser() }, async (t) => {
  const { url } = await startFilledCatalog(t)
  await using browser = await openBrowser()
  for (const lang of ['uk', 'en'] as const) {
    const { page, problems } = await browser.open(new URL(url).origin, { lang })
    for (const [name, path] of [['search', '/catalog/search?q=реєстрів'], ['search-none', '/catalog/search?q=щщщщщ'], ['openapi', `/catalog/reference/${REST}`], ['wsdl', `/catalog/reference/${SOAP}`]] as const) {
      await page.goto(path)
      for (const size of ['phone', 'desktop'] as const) {
        await page.setViewportSize(SIZES[size])
        t.same(await checkAxe(page), [], `${name} ${lang}: axe finds nothing (${size})`)
        t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name} ${lang}: fits (${size})`)
      }
      if (process.env.TREMBITA_SCREENSHOTS !== undefined && lang === 'uk') await screenshots(page, `catalog-${name}`, process.env.TREMBITA_SCREENSHOTS)
    }
    t.same(problems, [])
  }
})

test('The reference and the search work without scripts (CD-8.6, IP-1.4)', { skip: skipWithoutBrowser() }, async (t) => {
  const { url } = await startFilledCatalog(t)
  await using browser = await openBrowser()
  const { page } = await browser.open(new URL(url).origin, { scripts: false })
  await page.goto('/catalog/search')
  await page.getByLabel('Що шукати').fill('юридичної')
  await page.getByRole('button', { name: 'Застосувати' }).click()
  await page.getByRole('link', { name: /subjectByCode/ }).first().click()
  await page.getByRole('link', { name: 'Довідка', exact: true }).click()
  await page.getByRole('heading', { name: 'GET /subjects/{code}' }).waitFor()
  t.match(await page.locator('main').innerText(), /персональні дані/)
})

test('Scalar renders a description from our own origin alone, without evaluating text as a program (IP-1.4)', { skip: skipWithoutBrowser() }, async (t) => {
  const { url } = await startFilledCatalog(t)
  await using browser = await openBrowser()
  const { page, problems } = await browser.open(new URL(url).origin)
  const answer = await page.goto(`/catalog/reference/interactive/${REST}`)
  t.match(answer?.headers()['content-security-policy'], "script-src 'self'")
  t.notMatch(answer?.headers()['content-security-policy'], 'unsafe-eval')
  await page.getByRole('heading', { name: 'Суб’єкт за кодом' }).first().waitFor()
  await page.getByText('legalName').first().waitFor()
  t.same(problems, [], 'no request to elsewhere, nothing refused by the policy')
  // Scalar's own: it begins with headings of the third level, and its code samples scroll without taking the focus (ADR 19).
  t.same(await checkAxe(page, { without: ['heading-order', 'scrollable-region-focusable'] }), [])
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, 'catalog-scalar', process.env.TREMBITA_SCREENSHOTS)
})
