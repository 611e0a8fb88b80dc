import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { startTaxRegistry } from '@trembita/example-tax-registry'
import { checkAxe, openBrowser, screenshots, skipWithoutBrowser } from '@trembita/testnet/browser'
import { startCreditBureau } from '../src/index.ts'

// The register itself stands where the gateway would; what a gateway adds is one header of refusal.
const registry = await startTaxRegistry()
let refuse: ((response: ServerResponse) => void) | undefined
const asked: IncomingMessage[] = []
const gateway = createServer((request, response) => {
  asked.push(request)
  if (refuse !== undefined) {
    refuse(response)
    return
  }
  void (async () => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const answer = await fetch(`${registry.url}/rnokpp-checks`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-road-id': String(request.headers['x-road-id']) }, body: Buffer.concat(chunks) })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text())
  })()
}).listen(0, '127.0.0.1')
await once(gateway, 'listening')
const bureau = await startCreditBureau({
  gateway: { url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`, client: 'ZZ/GOV/90000127/BUREAU' }, service: 'ZZ/GOV/90000044/DRFO/checkRnokpp', purpose: 'DOG-127-DRFO'
})
t.teardown(async () => {
  await bureau.close()
  gateway.close()
  gateway.closeAllConnections()
  await registry.close()
})

async function check (fields: Record<string, string>): Promise<{ status: number, text: string }> {
  const response = await fetch(bureau.url, { method: 'POST', body: new URLSearchParams({ rnokpp: '7000200223', familyName: 'Їжак', givenName: 'Єлизавета', application: 'LOAN-17/2026', ...fields }) })
  return { status: response.status, text: await response.text() }
}

t.test('an enterprise asks under its contract, with the case that is the ground (TR-2.3) (TR-9a)', async (t) => {
  const { status, text } = await check({})
  t.equal(status, 200)
  t.match(text, 'Підтверджено: номер належить цій особі')
  t.match(asked.at(-1)?.headers, { 'x-road-client': 'ZZ/GOV/90000127/BUREAU', 'uxp-purpose-ids': 'DOG-127-DRFO', 'x-road-issue': 'LOAN-17/2026' })
  t.match((await check({ familyName: 'Інша' })).text, 'Не підтверджено')
  t.match((await check({ rnokpp: '9000100012' })).text, 'У реєстрі немає такого запису')
})

t.test('an outage is told as an outage, never as no data; a refusal names who refused (UP-12)', async (t) => {
  t.teardown(() => { refuse = undefined })
  const fault = (type: string) => (response: ServerResponse): void => {
    response.writeHead(500, { 'content-type': 'application/json', 'x-road-error': type }).end(JSON.stringify({ type, message: 'no', detail: 'x' }))
  }
  refuse = fault('Server.ServerProxy.ServiceFailed.NetworkError')
  const { text } = await check({})
  t.match(text, 'зараз не працює')
  t.notMatch(text, 'немає такого запису')
  refuse = fault('Server.ServerProxy.AccessDenied')
  t.match((await check({})).text, 'Відмовив шлюз: Server.ServerProxy.AccessDenied')
  refuse = (response) => { response.destroy() }
  t.match((await check({})).text, 'зараз не працює')
})

t.test('a number that cannot be one is asked of nobody and is not shown again', async (t) => {
  const before = asked.length
  const { status, text } = await check({ rnokpp: '9000100013' })
  t.equal(status, 400)
  t.match(text, 'контрольною')
  t.notMatch(text, '9000100013')
  t.match((await check({ application: 'К-17' })).text, 'Латинські літери')
  t.equal(asked.length, before)
})

t.test('the page works in both languages, on a phone and a desk, without violations of axe', { skip: skipWithoutBrowser() }, async (t) => {
  await using browser = await openBrowser()
  for (const [lang, size] of [['uk', 'phone'], ['en', 'desktop']] as const) {
    const { page, problems } = await browser.open(bureau.url, { lang, size })
    await page.goto('/')
    await page.getByLabel(lang === 'uk' ? /^РНОКПП/ : /^Taxpayer number/).fill('7000200223')
    await page.getByLabel(lang === 'uk' ? /^Прізвище/ : /^Surname/).fill('Їжак')
    await page.getByLabel(lang === 'uk' ? /^Власне ім’я/ : /^Given name/).fill('Єлизавета')
    await page.getByLabel(lang === 'uk' ? /^Номер заявки/ : /^Number of the loan/).fill('LOAN-18')
    await page.getByRole('button', { name: lang === 'uk' ? 'Перевірити' : 'Check' }).click()
    await page.getByText(lang === 'uk' ? 'Підтверджено: номер' : 'Confirmed: the number').waitFor()
    t.same(await checkAxe(page), [])
    t.same(problems, [])
    await screenshots(page, `credit-bureau-${lang}`)
  }
})
