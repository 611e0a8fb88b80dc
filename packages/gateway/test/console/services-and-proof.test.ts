import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { readContainer, verifyContainer } from '@trembita/protocol/asic'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import { scratch, skipWithout, xmlsecVerify } from '@trembita/testnet/verifiers'
import { startDescribedService } from './described-service.ts'
import { checkPage, runConsole, visitPage } from './running-console.ts'

t.setTimeout(240_000)
const skip = skipWithoutBrowser() || await skipWithout('xmlsec1', '--version')
const VERIFIER = join(import.meta.dirname, '../../../protocol/bin/trembita-verify.ts')

t.test('a service administrator publishes services and gives rights; a call succeeds; a security officer proves it', { skip }, async (t) => {
  const offered = await startDescribedService(t)
  const running = await runConsole(t, offered.url)
  const { environment, made, sit } = running
  await environment.join(made, '1001', 'portal')
  const folder = scratch()
  t.teardown(() => { folder.remove() })

  await t.test('(TR-12.2) (TR-4.2) from OpenAPI: a right to one operation lets that one be called, and no other', async (t) => {
    const desk = await sit('services')
    const { page, said } = desk
    await page.goto('/services')
    await said('Сервісів ще немає')
    await checkPage(t, desk, 'services-none')
    await page.getByRole('link', { name: 'Додати опис сервісів' }).click()
    await page.getByLabel('Клієнт').selectOption('TEST:GOV:1001:portal')
    await page.getByLabel('Адреса').fill(`${offered.url}/nothing.json`)
    await page.getByLabel('Код сервісу').fill('people')
    await page.getByRole('button', { name: 'Додати опис сервісів' }).click()
    await said('Опису OpenAPI за цією адресою не отримано.')
    await checkPage(t, desk, 'description-new-refused')
    await page.getByLabel('Адреса').fill(`${offered.url}/openapi.json`)
    await page.getByRole('button', { name: 'Додати опис сервісів' }).click()
    await said('Опис прочитано')
    await checkPage(t, desk, 'description')
    await page.getByRole('button', { name: 'Увімкнути' }).click()
    await said('Опис увімкнено')
    await page.getByRole('link', { name: 'people' }).click()
    await page.getByLabel('Час очікування').fill('25')
    await page.getByRole('button', { name: 'Зберегти' }).click()
    await said('Збережено.')
    t.equal(await page.getByLabel('Час очікування').inputValue(), '25')
    await checkPage(t, desk, 'service')
    await page.getByRole('link', { name: '/persons/*' }).click()
    await said('Прав не має ніхто')
    await page.getByLabel('Кому надати: назва або код').fill('register of')
    await page.getByRole('button', { name: 'Застосувати' }).click()
    await page.getByLabel('Вибрати: Register of people').check()
    await checkPage(t, desk, 'rights-search')
    await page.getByRole('button', { name: 'Надати права' }).click()
    await said('Права надано.')
    await checkPage(t, desk, 'rights')
    t.same(desk.problems.filter((problem) => !/^(40\d|502) POST/.test(problem)), [])
  })

  const call = async (path: string, method = 'GET'): Promise<{ status: number, id: string, requestId: string }> => {
    const id = `demo-${path.replaceAll('/', '-')}-${method}`
    const response = await fetch(`${environment.first.addresses.consumerHttp}/r1/TEST/GOV/1001/portal/people${path}`, {
      method, headers: { 'x-road-client': 'TEST/GOV/2002/registry', 'x-road-id': id, 'content-type': 'application/json' }, ...method === 'POST' ? { body: '{"code":"1234567890"}' } : {}
    })
    await response.arrayBuffer()
    return { status: response.status, id, requestId: response.headers.get('x-road-request-id') ?? '' }
  }
  const done = await call('/persons/5')
  t.equal(done.status, 200, 'the operation with the right')
  t.equal((await call('/search', 'POST')).status, 500, 'the operation without it')

  await t.test('(TR-11.2) from WSDL: what a refresh would change is shown before it is taken over', async (t) => {
    const desk = await sit('services')
    const { page, said } = desk
    await page.goto('/services/new?client=TEST:GOV:1001:portal')
    await page.getByLabel('WSDL (SOAP)').check()
    await page.getByLabel('Адреса').fill(`${offered.url}/people.wsdl`)
    await page.getByRole('button', { name: 'Додати опис сервісів' }).click()
    await said('lookup.v1')
    offered.operations = ['lookup', 'list']
    await page.getByRole('link', { name: 'Перевірити зміни' }).click()
    await said('Опис змінився:')
    await said('Нові сервіси: list.v1')
    await checkPage(t, desk, 'description-changed')
    offered.operations = ['list']
    await page.getByRole('button', { name: 'Оновити опис' }).click()
    await said('Зниклі сервіси')
    await page.getByRole('button', { name: 'Прийняти зміни' }).click()
    await said('Опис оновлено.')
    t.equal(await page.getByRole('link', { name: 'lookup.v1' }).count(), 0)
    await page.goto('/services')
    await checkPage(t, desk, 'services')
    t.same(desk.problems.filter((problem) => !/^400 POST/.test(problem)), [])
  })

  await t.test('(TR-4.3) (TR-4.5) (TR-4.6) the exchange is found, verified on its page, and its container by other tools', async (t) => {
    const desk = await sit('all')
    const { page, said } = desk
    await page.goto('/messages')
    await page.getByLabel('Номер звернення').fill(done.id)
    await page.getByRole('button', { name: 'Застосувати' }).click()
    await page.waitForURL(/query_id=demo/)
    await page.locator('#results tbody tr').nth(1).waitFor()
    t.equal(await page.locator('#results tbody tr').count(), 2, 'request and response')
    await checkPage(t, desk, 'messages')
    await page.locator('#results tbody a').first().click()
    await said('Сертифікат печатки')
    const waiting = page.getByRole('button', { name: 'Отримати позначку часу' })
    while (await waiting.count() > 0) {
      await waiting.first().click()
      await said('Позначку часу отримано.')
    }
    await checkPage(t, desk, 'exchange')
    await page.getByRole('link', { name: 'Перевірити' }).first().click()
    await said('Підтверджено')
    t.equal(await page.locator('.step--done').count(), 7, 'every step held')
    await checkPage(t, desk, 'exchange-verified')
    t.notMatch(await page.content(), /1234567890/, 'no content of a message')

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Завантажити контейнер' }).first().click()])
    t.match(download.suggestedFilename(), /request.*\.asice$/)
    const bytes = await readFile(await download.path())
    const file = folder.write('request.asice', bytes)
    const trust = folder.write('trust.zip', Buffer.from(await (await fetch(`${made.gateway.addresses.consumerHttp}/verificationconf`)).arrayBuffer()))
    const { stdout } = await promisify(execFile)(process.execPath, [VERIFIER, file, '--trust', trust])
    t.match(stdout, /VERIFIED/)
    t.match(stdout, /sealed by +TEST\/GOV\/2002/)
    const container = await readContainer(bytes)
    const snapshot = made.gateway.globalconf!.current()
    const report = verifyContainer(container, (instance) => snapshot.trustOf(instance))
    const pieces = container.hashChainResult === undefined ? { '/message.xml': container.message } : { '/sig-hashchainresult.xml': container.hashChainResult }
    const xmlsec = await xmlsecVerify(container.signature, report.certificate!.der, pieces)
    t.ok(xmlsec.ok, `xmlsec1 agrees: ${xmlsec.text}`)

    await page.goto('/audit')
    await said('Завантажено контейнер повідомлення')
    await checkPage(t, desk, 'audit')
    await page.locator('tbody a').first().click()
    await checkPage(t, desk, 'audit-event')
    await page.goto('/diagnostics?peer=TEST:GOV:2002:first')
    await said('TLSv1.3')
    await checkPage(t, desk, 'diagnostics-peer')
    await page.goto('/diagnostics?test=timestamps')
    t.match(await page.locator('#timestamps').textContent(), /працює/)
    await page.goto('/diagnostics?test=ocsp')
    t.match(await page.locator('#ocsp').textContent(), /працює/)
    await page.goto('/diagnostics?peer=TEST:GOV:2002:none')
    await said('Такого шлюзу в конфігурації немає.')
    t.same(desk.problems, [])
  })

  await t.test('an observer sees every page of the menu, changes nothing, and gets no container', async (t) => {
    const desk = await sit('observer')
    const { page } = desk
    const { body: records } = await made.console.done('GET', `/message-log/records?query_id=${done.id}`)
    const { body: descriptions } = await made.console.done('GET', '/clients/TEST:GOV:1001:portal/service-descriptions')
    const { body: tokens } = await made.console.done('GET', '/tokens')
    const [key] = tokens[0].keys
    const pages = [
      '/', '/clients', '/services', '/agreements', '/messages', '/keys', '/diagnostics', '/audit', '/settings', '/setup/anchor',
      '/clients/TEST:GOV:1001:portal', `/services/descriptions/${descriptions[0].id}`, '/services/one/TEST:GOV:1001:portal:people', '/services/one/TEST:GOV:1001:portal:people/rights',
      `/messages/exchanges/${records.items[0].request_id}?verify=${records.items[0].id}`, `/keys/${key.id}`, `/keys/certificates/${key.certificates[0].certificate_details.hash}`
    ]
    for (const path of pages) {
      await visitPage(t, desk, path, `observer-${path.replaceAll(/[^\w-]+/g, '-').slice(0, 40)}`)
      const forms = await page.locator('main form[method=post]').evaluateAll((found) => found.map((form) => form.getAttribute('action')))
      t.same(forms, [], `${path} offers nothing to do`)
    }
    t.equal(await page.getByRole('link', { name: 'Завантажити контейнер' }).count(), 0)
    t.same(desk.problems, [])
    const refused = await page.goto(`/messages/records/${records.items[0].id}/container`)
    t.equal(refused?.status(), 403)
    await checkPage(t, desk, 'container-refused')
    t.equal(await page.locator('nav a[href="/access"]').count(), 0, 'keys and sessions of others are not offered')
    t.match((await page.goto('/access'))?.status(), 403)
  })

  await t.test('without scripts and on a phone rights are taken away again', async (t) => {
    const desk = await sit('services', { scripts: false, size: 'phone' })
    const { page, said } = desk
    await page.goto('/services/one/TEST:GOV:1001:portal:people')
    await page.getByRole('link', { name: '/persons/*' }).click()
    await page.getByLabel('Вибрати: Register of people').check()
    await page.getByRole('button', { name: 'Відкликати права' }).click()
    await said('Права відкликано.')
    t.equal((await call('/persons/5')).status, 500)
    t.same(desk.problems, [])
  })
})
