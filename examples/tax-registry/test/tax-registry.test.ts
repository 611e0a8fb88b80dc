import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { epochOf, PseudonymIndex, pseudonymKey, recordChecksum } from '@trembita/example-information-system'
import { startTaxRegistry } from '../src/index.ts'
import { IndividualsRegister } from '../src/individuals-register.ts'
import { TaxRegister } from '../src/register.ts'

const MASTER = new Uint8Array(32).fill(7)
const EPOCH = epochOf(new Date())
const KEY = pseudonymKey(MASTER, 'AGR-688-TAX', EPOCH)
const registry = await startTaxRegistry({ pseudonymKey: MASTER })
t.teardown(() => registry.close())

async function call (path: string, body?: object): Promise<{ status: number, body: any }> {
  const response = await fetch(registry.url + path, body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

t.test('UP-12: a VAT payer is FOUND, PARTIAL, absent or in conflict', async (t) => {
  t.match(await call('/vat-payers/91000033'), { status: 200, body: { outcome: 'FOUND', data: { number: '910000326591', annulledAt: null } } })
  t.match((await call('/vat-payers/91000069')).body, { outcome: 'FOUND', data: { annulledAt: '2023-09-29' } })
  const partial = (await call('/vat-payers/91000046')).body
  t.match(partial, { outcome: 'PARTIAL', missing: [{ field: '/registeredAt', reason: 'NOT_RECORDED' }] })
  t.notOk('registeredAt' in partial.data)
  t.match((await call('/vat-payers/91000106')).body, { outcome: 'NO_DATA', data: null }, 'registered yesterday')
  t.match((await call('/vat-payers/91000098')).body, { outcome: 'DISCREPANCY', data: null, discrepancies: [{ field: '/name', kind: 'SOURCE_CONFLICT' }] })
})

t.test('codes are validated, and persons are asked for in the body', async (t) => {
  t.match(await call('/vat-payers/91000018'), { status: 400, body: { code: 'invalid-identifier' } })
  t.match(await call('/vat-payers/7000100119'), { status: 400, body: { code: 'personal-identifier-in-address' } })
  t.match((await call('/vat-payers/by-code', { code: '7000100119' })).body, { outcome: 'FOUND' })
  t.match((await call('/vat-payers/by-code', { code: '7000700718' })).body, { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'DUPLICATE_RECORD' }] })
  t.match((await call('/vat-payers/by-code', { code: '9000100013' })).status, 400)
})

const question = (codes: readonly string[], period: object, more: object = {}): object => ({ agreement: 'AGR-688-TAX', epoch: EPOCH, kid: KEY.kid, pseudonyms: codes.map(KEY.pseudonymOf), period, ...more })

t.test('tax profiles say of each pseudonym what is known, what is not, and why (UP-10c) (UP-12)', async (t) => {
  const lastYear = String(new Date().getUTCFullYear() - 1)
  const codes = ['7000100119', '7000200223', '7000300315', '7000500534', '7000600649', '7000700718', '91000106']
  const { status, body } = await call('/tax-profiles', question(codes, { from: '2023', to: lastYear }))
  t.equal(status, 200)
  const of = (code: string): any => body.items.find(({ p }: { p: string }) => p === KEY.pseudonymOf(code))
  t.match(of('7000100119'), { outcome: 'FOUND', data: { taxSystem: { code: 'SIMPLIFIED', group: 3 }, activityPlaces: [{ katottg: /^UA\d{17}$/ }] } })
  t.same(Object.keys(of('7000100119').data).sort(), ['activityPlaces', 'employees', 'income', 'paid', 'taxSystem'])
  t.equal(of('7000100119').checksum, recordChecksum(of('7000100119').data))
  t.match(of('7000100119').data.income[0], { period: '2023', amount: /^\d+\.\d\d$/ })
  t.match(of('7000200223'), { outcome: 'PARTIAL', missing: [{ field: '/employees', reason: 'NOT_RECORDED' }] })
  t.match(of('7000300315'), { outcome: 'PARTIAL', missing: [{ field: '/activityPlaces', reason: 'NOT_APPLICABLE' }] })
  t.match(of('7000500534'), { outcome: 'NO_DATA', data: null })
  t.match(of('7000600649'), { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'SOURCE_CONFLICT' }], checksum: null })
  t.match(of('7000700718'), { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'DUPLICATE_RECORD' }] })
  t.match(of('91000106'), { outcome: 'NO_DATA' })
  t.notMatch(JSON.stringify(body), new RegExp(codes.join('|')), 'no code comes back')
})

t.test('a year that is not closed is PERIOD_OPEN, never a zero (UP-12)', async (t) => {
  const register = new TaxRegister(() => new Date('2026-05-01T00:00:00Z'))
  const pseudonyms = new PseudonymIndex(MASTER, ['AGR-688-TAX'], register.codes)
  const asked = { agreement: 'AGR-688-TAX', epoch: EPOCH, kid: KEY.kid, pseudonyms: ['7001101139', '7000100119'].map(KEY.pseudonymOf), period: { from: '2025', to: '2026' } }
  const [newcomer, settled] = register.supportProfiles(asked, pseudonyms).items
  t.match(newcomer, { outcome: 'PARTIAL' })
  t.notOk('income' in newcomer!.data!)
  t.ok(newcomer!.missing.every(({ reason }) => reason === 'PERIOD_OPEN'))
  t.match(settled, { outcome: 'PARTIAL', data: { income: [{ period: '2025' }] } })
  t.ok(settled!.missing.some(({ field, reason }) => field === '/income/2026' && reason === 'PERIOD_OPEN'))
})

t.test('impossible periods, other agreements and fields outside the description are refused', async (t) => {
  const ask = (period: object, more: object = {}): Promise<{ status: number }> => call('/tax-profiles', question(['7000100119'], period, more))
  t.equal((await ask({ from: '2025', to: '2024' })).status, 400)
  t.equal((await ask({ from: '2024', to: '2099' })).status, 400)
  t.equal((await ask({ from: '24', to: '25' })).status, 400)
  t.equal((await ask({ from: '2024', to: '2024' }, { pseudonyms: [] })).status, 400)
  t.match(await ask({ from: '2024', to: '2024' }, { agreement: 'AGR-688-EDR' }), { status: 403, body: { code: 'outside-agreement' } })
})

t.test('a check of a person confirms or tells that something differs, and never what (TR-2.5) (UP-12)', async (t) => {
  const check = (more: object): ReturnType<typeof call> => call('/rnokpp-checks', { rnokpp: '7000100119', familyName: 'Ґонта', givenName: 'Дем’ян', ...more })
  t.match(await check({ patronymicName: 'Євгенович', birthDate: '1985-03-12' }), { status: 200, body: { outcome: 'FOUND', data: { confirmed: true } } })
  const wrong = await check({ familyName: 'Інша' })
  t.match(wrong.body, { outcome: 'DISCREPANCY', data: null, discrepancies: [{ field: '/familyName', kind: 'ASSERTED_MISMATCH' }] })
  t.notMatch(JSON.stringify(wrong.body), /Ґонта/)
  t.match((await check({ rnokpp: '9000100012' })).body, { outcome: 'NO_DATA' })
  t.match((await check({ rnokpp: '7000700718' })).body, { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'DUPLICATE_RECORD' }] })
  t.match((await check({ rnokpp: '7001201243' })).body, { outcome: 'DISCREPANCY', discrepancies: [{ kind: 'CLOSED_RECORD' }] })
  t.match(await check({ rnokpp: '9000100013' }), { status: 400, body: { code: 'invalid-identifier' } })
})

const envelope = (content: string): string => `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body><d:InfoIncomeSources xmlns:d="http://drfo.example.gov.ua/v1">${content}</d:InfoIncomeSources></e:Body></e:Envelope>`
const person = (rnokpp: string, surname: string, name: string, [begin, end]: readonly [string, string]): string =>
  `<d:RNOKPP>${rnokpp}</d:RNOKPP><d:surname>${surname}</d:surname><d:name>${name}</d:name><d:period_begin_year>${begin}</d:period_begin_year><d:period_begin_quarter>1</d:period_begin_quarter><d:period_end_year>${end}</d:period_end_year><d:period_end_quarter>${end === begin ? 1 : 4}</d:period_end_quarter>`

async function soap (content: string): Promise<{ status: number, text: string }> {
  const response = await fetch(registry.url + '/drfo', { method: 'POST', headers: { 'content-type': 'text/xml; charset=UTF-8' }, body: envelope(content) })
  return { status: response.status, text: await response.text() }
}

t.test('sources of income are told by SOAP, quarter by quarter (UP-8.4)', async (t) => {
  const year = new Date().getUTCFullYear()
  const found = await soap(person('7000100119', 'Ґонта', 'Дем’ян', [String(year - 1), String(year - 1)]))
  t.equal(found.status, 200)
  t.match(found.text, /<Outcome>FOUND<\/Outcome><Info><RNOKPP>7000100119<\/RNOKPP><\/Info><SourcesOfIncome><TaxAgent>/)
  t.match(found.text, /<MilitaryLevyTransferred>\d+\.\d\d</)
  t.match((await soap(person('7000100119', 'Інша', 'Особа', [String(year - 1), String(year - 1)]))).text, '<Outcome>DISCREPANCY</Outcome><Discrepancy>')
  t.match((await soap(person('9000100012', 'Нікого', 'Немає', [String(year - 1), String(year - 1)]))).text, '<Outcome>NO_DATA</Outcome>')
  const inMay = new IndividualsRegister(() => new Date('2026-05-01T00:00:00Z'))
  const ask = (rnokpp: string, familyName: string, givenName: string): unknown =>
    inMay.incomes({ rnokpp, familyName, givenName, from: { year: '2025', quarter: 1 }, to: { year: '2026', quarter: 2 } }).answer
  t.match(ask('7000100119', 'Ґонта', "Дем'ян"), { outcome: 'PARTIAL', missing: [{ reason: 'PERIOD_OPEN' }] })
  t.match(ask('7001101139', 'Шевчук', 'Богдан'), { outcome: 'NO_DATA', missing: [{ reason: 'PERIOD_OPEN' }] }, 'nothing reported yet is not nothing earned')
  t.match((await soap(person('9000100013', 'А', 'Б', [String(year - 1), String(year - 1)]))).text, /<faultcode>s:Client<\/faultcode>.*invalid-identifier/)
  t.match((await soap('<d:RNOKPP>7000100119</d:RNOKPP>')).text, 'invalid-request')
})

t.test('SOAP answers follow the schema of the WSDL, says xmllint', { skip: has('xmllint') ? false : 'xmllint is not installed' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'drfo-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const wsdl = await (await fetch(`${registry.url}/drfo?wsdl`)).text()
  t.match(wsdl, `location="${registry.url}/drfo"`)
  const schema = /<xs:schema[\s\S]*<\/xs:schema>/.exec(wsdl)![0].replace('<xs:schema ', '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:drfo="http://drfo.example.gov.ua/v1" ')
  writeFileSync(join(folder, 'drfo.xsd'), schema)
  const year = String(new Date().getUTCFullYear() - 1)
  for (const content of [person('7000100119', 'Ґонта', 'Дем’ян', [year, year]), person('9000100012', 'Н', 'Н', [year, year]), person('7000700718', 'Грім', 'Остап', [year, year])]) {
    const { text } = await soap(content)
    writeFileSync(join(folder, 'answer.xml'), /<InfoIncomeSourcesResponse[\s\S]*<\/InfoIncomeSourcesResponse>/.exec(text)![0])
    execFileSync('xmllint', ['--noout', '--nonet', '--schema', join(folder, 'drfo.xsd'), join(folder, 'answer.xml')], { stdio: 'pipe' })
  }
  t.pass('all outcomes are valid')
})

t.test('the OpenAPI descriptions name what is served, each service by itself', async (t) => {
  const { body } = await call('/openapi.json')
  t.equal(body.openapi, '3.0.3')
  t.same(Object.keys(body.paths).sort(), ['/rnokpp-checks', '/tax-profiles', '/vat-payers/by-code', '/vat-payers/{code}'])
  const one = (await call('/openapi/checkRnokpp.json')).body
  t.same(one.servers, [{ url: `${registry.url}/rnokpp-checks` }])
  t.match(one.paths['/'].post, { operationId: 'checkRnokpp', 'x-processing': { operation: 'match' } })
  t.match(await call('/health'), { status: 200, body: { status: 'UP', synthetic: true } })
})

function has (tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
