import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Page } from 'playwright-core'
import { checkAxe, openBrowser, screenshots, SIZES, skipWithoutBrowser } from '@trembita/testnet/browser'
import { SOAP_SAMPLE } from './register.ts'
import { runCatalog, SERVICE } from './running-catalog.ts'

/** Holds a page to what every page must be: axe finds nothing, it fits a desk and a phone. */
async function checkPage (t: Test, page: Page, name: string): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    await page.setViewportSize(SIZES[size])
    t.same(await checkAxe(page), [], `${name}: axe finds nothing (${size})`)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name}: fits (${size})`)
  }
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, `catalog-${name}`, process.env.TREMBITA_SCREENSHOTS)
}

async function run (command: string, args: readonly string[], env: Record<string, string>, input = ''): Promise<{ readonly code: number | null, readonly text: string }> {
  const child = spawn(command, [...args], { env: { ...process.env, ...env } })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString('utf8') })
  child.stderr.on('data', (chunk: Buffer) => { text += chunk.toString('utf8') })
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => { child.once('close', resolve) })
  return { code, text }
}

t.test('a developer publishes from the pages alone, another calls by what the page says (IP-1.0, IP-1.1, IP-1.4, TR-7.3, TR-12.4)', { skip: skipWithoutBrowser() }, async (t) => {
  const running = await runCatalog(t)
  const { parts, url } = running.catalog
  const origin = new URL(url!).origin
  await parts.harvest.run()
  await parts.resources.create({ id: 'user:x', name: 'x', admin: true, publisher: true, organisations: [] }, 'TEST/GOV/2002', {
    name: { uk: 'Реєстр транспортних засобів', en: 'Register of vehicles' }, purpose: { uk: 'Облік транспортних засобів у прикладі', en: 'The account of vehicles in the example' }, status: 'inUse', legalBasis: 'постанова', dataObjects: ['транспортний засіб'], subsystemIds: ['TEST/GOV/2002/registry']
  })
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  const signIn = async (name: RegExp): Promise<Page> => {
    const { page } = await browser.open(origin)
    await page.goto('/catalog/sign-in?return=/catalog/my')
    await page.getByRole('button', { name }).click()
    await page.waitForURL('**/catalog/my')
    return page
  }

  const publisher = await signIn(/Видавець/)
  await checkPage(t, publisher, 'my')
  await publisher.getByRole('link', { name: 'Опублікувати інтерфейс' }).click()
  await checkPage(t, publisher, 'publish')
  await publisher.getByLabel('registry/vehicles (REST)').check()
  await publisher.getByLabel('registry/owner/v1 (SOAP)').check()
  await publisher.getByLabel('Назва українською').fill('Транспортні засоби за номером')
  await publisher.getByLabel('Призначення українською').fill('Перевірка транспортного засобу за номерним знаком для надання послуг')
  await publisher.getByLabel('Правова підстава', { exact: true }).fill('постанова № 606')
  await publisher.getByRole('textbox', { name: 'Підрозділ', exact: true }).fill('Відділ реєстру')
  await publisher.getByLabel('Електронна пошта підрозділу').fill('secret-contact@example.gov.ua')
  await publisher.getByLabel('Зразки запитів').fill(JSON.stringify({ operations: [{ operation: 'owner', samples: [{ expect: 'data', xml: SOAP_SAMPLE }] }] }))
  running.register.mood = 'wrongType'
  await publisher.getByRole('button', { name: 'Зберегти чернетку' }).click()
  await publisher.waitForURL('**/catalog/versions/**')
  await checkPage(t, publisher, 'version')
  await publisher.getByRole('button', { name: 'Перевірити через шлюз' }).click()
  await publisher.getByText('/vehicle/year').first().waitFor({ timeout: 60_000 })
  await publisher.getByRole('button', { name: 'Перевірити ще раз' }).waitFor({ timeout: 60_000 })
  await checkPage(t, publisher, 'run-failed')
  running.register.mood = 'right'
  await publisher.getByRole('button', { name: 'Перевірити ще раз' }).click()
  await publisher.getByText(/^пройдено/).first().waitFor({ timeout: 60_000 })
  await publisher.getByRole('link', { name: /Транспортні засоби за номером 1\.0\.0/ }).click()
  await publisher.getByRole('button', { name: 'Подати на погодження' }).click()
  await publisher.getByText('очікує погодження').first().waitFor()

  const admin = await signIn(/Адміністратор/)
  await admin.goto(publisher.url().split('?')[0]!)
  await admin.getByRole('button', { name: 'Погодити й опублікувати' }).click()
  await admin.getByText('Опубліковано.').waitFor()
  await parts.probes.run()

  await t.test('pages that everybody reads, without scripts', async (t) => {
    const { page, problems } = await browser.open(origin, { scripts: false })
    for (const [path, name] of [['/catalog', 'front'], ['/catalog/interfaces', 'interfaces'], ['/catalog/resources', 'resources'], ['/catalog/organisations', 'organisations'], ['/catalog/organisations/TEST/GOV/2002', 'organisation'], ['/catalog/status', 'status'], [`/catalog/services/${SERVICE}`, 'service'], ['/catalog?q=номером', 'search']] as const) {
      for (const lang of ['en', 'uk']) t.equal((await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`))?.status(), 200, `${path} ${lang}`)
      const look = await browser.open(origin)
      await look.page.goto(path)
      await checkPage(t, look.page, name)
    }
    t.same(problems, [])
    await page.goto('/catalog/interfaces')
    await page.getByRole('link', { name: 'Транспортні засоби за номером' }).click()
    const look = await browser.open(origin)
    await look.page.goto(page.url())
    await checkPage(t, look.page, 'interface')
  })

  await t.test('a consumer asks for access, the provider decides (TR-9b)', async (t) => {
    const consumer = await signIn(/Споживач/)
    await consumer.goto('/catalog/interfaces')
    await consumer.getByRole('link', { name: 'Транспортні засоби за номером' }).click()
    await consumer.getByRole('link', { name: 'Запитати доступ' }).click()
    await checkPage(t, consumer, 'access-new')
    await consumer.getByLabel('Код мети').fill('P1')
    await consumer.getByLabel('Мета', { exact: true }).fill('Надання послуг')
    await consumer.getByLabel('Правова підстава мети').fill('постанова № 606')
    await consumer.getByLabel('Поля відповіді').fill('/outcome\n/vehicle')
    await consumer.getByLabel('Навіщо потрібні дані').fill('Перевірка транспортного засобу заявника')
    await consumer.getByLabel('Контактний підрозділ').fill('Відділ послуг')
    await consumer.getByRole('button', { name: 'Надіслати запит' }).click()
    await consumer.getByText('Запит надіслано постачальнику.').waitFor()
    t.equal(await consumer.getByRole('button', { name: 'Погодити' }).count(), 0, 'nobody decides their own')
    await checkPage(t, consumer, 'access')
    await publisher.goto('/catalog/access')
    await checkPage(t, publisher, 'access-list')
    await publisher.getByRole('link', { name: 'TEST/GOV/1001/portal' }).click()
    await publisher.getByRole('button', { name: 'Погодити' }).click()
    await publisher.getByText('Запит погоджено.').waitFor()
    for (const [path, name] of [['/catalog/resources/new', 'resource-new'], ['/catalog/my', 'my-published']] as const) {
      await publisher.goto(path)
      await checkPage(t, publisher, name)
    }
    await admin.goto('/catalog/status')
    await checkPage(t, admin, 'status-admin')
  })

  await t.test('the calls of a service page run as they are pasted', async (t) => {
    const { page } = await browser.open(origin)
    const env = { GATEWAY: running.gatewayUrl, CLIENT: 'TEST/GOV/1001/portal' }
    for (const [path, expected] of [[SERVICE, /"outcome":"FOUND"/], ['TEST/GOV/2002/registry/owner/v1', /2020-01-31/]] as const) {
      await page.goto(`/catalog/services/${path}`)
      const curl = await page.getByRole('region', { name: /^curl/ }).first().innerText()
      const typescript = await page.getByRole('region', { name: /^TypeScript/ }).first().innerText()
      const pasted = await run('bash', [], env, `${curl}\n`)
      t.equal(pasted.code, 0, pasted.text)
      t.match(pasted.text, expected, 'curl')
      const file = join(running.folder, 'call.ts')
      await writeFile(file, typescript)
      const ran = await run(process.execPath, [file], env)
      t.equal(ran.code, 0, ran.text)
      t.match(ran.text, expected, 'TypeScript')
    }
  })

  await t.test('whoever is not signed in finds nothing that is not public, wherever a link leads', async (t) => {
    const secrets = ['secret-contact@example.gov.ua', running.register.url, `127.0.0.1:${new URL(running.register.url).port}`, 'x-samples', 'ZZ0000ZZ', `127.0.0.1:${running.federation.provisioned.gateways[1]!.ports.messages}`]
    const seen = new Set<string>()
    const queue = ['/catalog', '/catalog/api/v1/interfaces', '/catalog/api/v1/services', '/catalog/api/v1/status', '/catalog/api/v1/organisations', '/catalog/api/v1/resources', `/catalog/api/v1/descriptions/${SERVICE}`, `/catalog/descriptions/${SERVICE}`, '/catalog/descriptions/TEST/GOV/2002/registry/owner/v1', '/catalog/api/v1/search?q=а', '/catalog/api/v1/openapi.json', '/catalog/nothing', `/catalog/versions/${(await parts.entries.interfaces())[0]!.versions[0]!.id}`]
    for (let path = queue.shift(); path !== undefined && seen.size < 300; path = queue.shift()) {
      if (seen.has(path)) continue
      seen.add(path)
      const answer = await fetch(`${origin}${path}`, { headers: { accept: 'text/html' }, redirect: 'manual' })
      const text = await answer.text()
      for (const secret of secrets) if (text.includes(secret)) t.fail(`${path} tells ${secret}`)
      for (const [, href] of text.matchAll(/href="(\/catalog[^"#]*)"/g)) if (!href!.includes('/sign-in') && !href!.includes('lang=')) queue.push(href!.replaceAll('&amp;', '&'))
    }
    t.ok(seen.size > 20, `${seen.size} addresses`)
  })
})
