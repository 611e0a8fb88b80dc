import t from 'tap'
import { checkAxe, type OpenBrowser, openBrowser, screenshots, skipWithoutBrowser } from '@trembita/testnet/browser'
import { serveGuide } from './serve-guide.ts'

/** The style guide in Chromium. Pictures for a look: `TREMBITA_SCREENSHOTS` names their folder. */

const skip = skipWithoutBrowser()
const PAGES = { overview: '/', list: '/members', form: '/members/new', detail: '/requests/1042', public: '/public', error: '/nope' }

/** Each width with each scheme and language, each scheme with each language. */
const EACH_PAIR = [['desktop', 'light', 'uk'], ['desktop', 'dark', 'en'], ['phone', 'light', 'en'], ['phone', 'dark', 'uk']] as const

t.setTimeout(240_000) // a loaded machine draws slowly

t.test('pages in a browser', { skip }, async (t) => {
  const app = await serveGuide()
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const browser: OpenBrowser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await app.close()
  })

  for (const [size, scheme, lang] of EACH_PAIR) {
    await t.test(`axe finds nothing on a ${size}, ${scheme}, ${lang}`, async (t) => {
      const { page, problems } = await browser.open(origin, { size, scheme, lang })
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(path, { waitUntil: 'load' })
        t.same(await checkAxe(page), [], name)
        t.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), `${name} is not wider than the screen`)
        if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, `web-${name}-${scheme}-${lang}`, process.env.TREMBITA_SCREENSHOTS)
      }
      t.same(problems, [], 'no error of a script, no refusal of the policy, no request to elsewhere')
      await page.context().close()
    })
  }

  await t.test('a refused form is mended by following its errors', async (t) => {
    const { page, problems } = await browser.open(origin)
    await page.goto('/members/new')
    await page.evaluate('document.querySelectorAll("[required]").forEach((field) => field.removeAttribute("required"))')
    await page.getByRole('button', { name: 'Додати учасника' }).click()
    await page.waitForSelector('.error-summary')
    t.same(await checkAxe(page), [])
    t.equal(await page.evaluate('document.activeElement.className'), 'error-summary', 'the errors are read out first')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    t.equal(await page.evaluate('document.activeElement.name'), 'name')
    t.same(problems, [])
  })

  await t.test('without scripts a form with a file is sent, and a question is answered where it stands', async (t) => {
    const { page } = await browser.open(origin, { scripts: false })
    await page.goto('/members/new')
    await page.getByLabel('Повна назва').fill('Міністерство')
    await page.getByLabel('Код ЄДРПОУ').fill('00015622')
    await page.getByLabel('Отримує дані').check()
    await page.getByLabel('Підписаний документ').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('content') })
    await page.getByRole('button', { name: 'Додати учасника' }).click()
    await page.waitForURL('**/members')
    t.same(JSON.parse(await page.locator('body').innerText()), { name: 'Міністерство', roles: ['provider', 'consumer'], token: 'token-of-the-session', scan: 'content' })

    await page.goto('/requests/1042')
    await page.getByText('Відхилити', { exact: true }).click()
    await page.getByLabel('Причина').fill('немає договору')
    await page.getByRole('button', { name: 'Відхилити заявку' }).click()
    t.same(JSON.parse(await page.locator('body').innerText()), { reason: 'немає договору' })

    await page.goto('/members')
    await page.getByLabel('Назва або код').fill('юстиції')
    await page.getByRole('button', { name: 'Застосувати' }).click()
    await page.waitForURL('**/members?q=*')
    t.equal(await page.locator('tbody tr').count(), 1)
  })

  await t.test('without scripts the menu of a phone opens', async (t) => {
    const { page } = await browser.open(origin, { scripts: false, size: 'phone' })
    await page.goto('/')
    t.notOk(await page.locator('.phone-menu .drop__panel').isVisible())
    await page.locator('.phone-menu summary').click()
    await page.locator('.phone-menu').getByRole('link', { name: 'Учасники' }).click()
    await page.waitForURL('**/members')
    t.pass('and leads on')
  })

  await t.test('a question is asked in a dialog that takes the focus and gives it back', async (t) => {
    const { page, problems } = await browser.open(origin)
    await page.goto('/requests/1042')
    const opener = page.getByRole('button', { name: 'Відхилити', exact: true })
    await opener.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Відхилити заявку № 1042?' }).waitFor()
    await page.locator('[name="reason"]:focus').waitFor()
    t.same(await checkAxe(page), [])
    await page.keyboard.press('Escape')
    await page.locator('summary:focus').waitFor()
    await opener.click()
    await page.getByLabel('Причина').fill('немає договору')
    await page.getByRole('button', { name: 'Відхилити заявку' }).click()
    await page.waitForURL('**/decline')
    t.same(JSON.parse(await page.locator('body').innerText()), { reason: 'немає договору' })
    t.same(problems, [])
  })

  await t.test('a list is found while typing, and its address can be kept', async (t) => {
    const { page, problems } = await browser.open(origin)
    await page.goto('/members')
    await page.evaluate('window.sameDocument = true')
    await page.getByLabel('Назва або код').pressSequentially('податкова')
    await page.locator('tbody tr:only-child').waitFor()
    await page.waitForURL(`**/members?q=${encodeURIComponent('податкова')}`)
    t.ok(await page.evaluate('window.sameDocument'), 'the page stayed')
    t.equal(await page.evaluate('document.activeElement.name'), 'q', 'and so did the focus')
    t.ok(await page.locator('thead .table__select input').isVisible(), 'what came is enriched too')
    t.same(await checkAxe(page), [])
    await page.getByRole('link', { name: 'English' }).first().click()
    await page.locator('html[lang="en"]').waitFor()
    t.equal(await page.locator('tbody tr').count(), 1, 'the other language shows the same list')
    t.same(problems, [])
  })

  await t.test('where a list cannot be exchanged, the form goes its plain way', async (t) => {
    const { page } = await browser.open(origin)
    await page.goto('/members')
    await page.getByLabel('Назва або код').fill('broken')
    await page.getByRole('heading', { name: 'Помилка на нашому боці' }).waitFor()
    t.pass()
  })

  await t.test('a page that moves by itself does so while nothing on it is being read closely', async (t) => {
    const { page, problems } = await browser.open(origin)
    await page.clock.install()
    await page.goto('/public')
    const first = await page.locator('.seen').innerText()
    await page.locator(`.seen:not(:text-is("${first}"))`).waitFor()
    await page.getByText('Як це рахується').click()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.clock.runFor(5000)
    t.same(asked, [], 'not while something is open')
    t.ok(await page.getByText('За журналами шлюзів.').isVisible())
    t.same(problems, [])
  })

  await t.test('what may be meant is offered while typing', async (t) => {
    const { page, problems } = await browser.open(origin)
    await page.goto('/public')
    await page.getByLabel('Сервіс').pressSequentially('edr')
    await page.locator('datalist option[value="edr-1"]').waitFor({ state: 'attached' })
    t.same(problems, [])
  })

  await t.test('rows are chosen all at once and counted', async (t) => {
    const { page } = await browser.open(origin)
    await page.goto('/members')
    await page.getByRole('checkbox', { name: 'Вибрати всі на сторінці' }).check()
    t.equal(await page.getByRole('status').innerText(), 'Вибрано: 4', 'of five one cannot be chosen')
    await page.locator('tbody input').first().uncheck()
    t.equal(await page.getByRole('status').innerText(), 'Вибрано: 3')
  })

  await t.test('a text is copied by its button', async (t) => {
    const { page, problems } = await browser.open(origin)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto('/requests/1042')
    await page.locator('wa-copy-button').last().click()
    await page.locator('wa-tooltip:text("Скопійовано")').waitFor({ state: 'attached' })
    t.match(await page.evaluate('navigator.clipboard.readText()'), 'AUTH_CERT_REGISTRATION_REQUEST')
    t.same(problems, [])
  })

  await t.test('hostile text stays text', async (t) => {
    const { page, problems } = await browser.open(origin)
    const hits: string[] = []
    page.on('dialog', (dialog) => {
      hits.push(dialog.message())
      void dialog.dismiss()
    })
    const vectors = [
      '<script>alert(1)</script>', '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", '" onmouseover="alert(1)" autofocus onfocus="alert(1)', 'javascript:alert(1)', 'java\tscript:alert(1)',
      '</textarea><script>alert(1)</script>', '</title><svg onload=alert(1)>', '<!--><script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;', '\u0000"><b>', 'data:text/html,<script>alert(1)</script>', '{{constructor.constructor("alert(1)")()}}'
    ]
    for (const text of vectors) {
      await page.goto(`/hostile?text=${encodeURIComponent(text)}`)
      t.equal(await page.evaluate('document.querySelector("p").textContent'), text.replace('\u0000', ''), JSON.stringify(text))
      t.equal(await page.locator('img').getAttribute('alt'), text.replace('\u0000', '\ufffd'))
      t.equal(await page.evaluate('document.querySelectorAll("script, svg, b").length'), 0)
      await page.locator('#link').click()
    }
    t.same(hits, [])
    t.same(problems, [])
  })
})
