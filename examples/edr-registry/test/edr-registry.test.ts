import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { promisify } from 'node:util'
import t from 'tap'
import { epochOf, pseudonymKey, recordChecksum } from '@trembita/example-information-system'
import { startEdrRegistry } from '../src/index.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const MASTER = new Uint8Array(32).fill(7)
const registry = await startEdrRegistry({ pseudonymKey: MASTER })
t.teardown(() => registry.close())

async function get (path: string, headers: Record<string, string> = {}): Promise<{ status: number, headers: Headers, body: any }> {
  const response = await fetch(registry.url + path, { headers })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

async function post (path: string, body: object): Promise<{ status: number, body: any }> {
  const response = await fetch(registry.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

t.test('UP-12: what is recorded is FOUND, with its source, the purpose and the id of the request', async (t) => {
  const { status, body } = await get('/subjects/91000033', { 'x-road-id': 'q-1', 'uxp-purpose-ids': 'PURPOSE7' })
  t.equal(status, 200)
  t.match(body, { requestId: 'q-1', outcome: 'FOUND', missing: [], discrepancies: [], agreement: null, purpose: 'PURPOSE7', source: { register: /ЄДР/, recordVersion: 1 } })
  t.match(body.data, { code: '91000033', state: 1, termination: null, legalForm: { code: '240' } })
  t.ok(body.data.activityKinds.some((kind: { isPrimary: boolean }) => kind.isPrimary))
})

t.test('UP-12: a record without its primary activity is PARTIAL and says so', async (t) => {
  const { body } = await get('/subjects/91000046')
  t.equal(body.outcome, 'PARTIAL')
  t.same(body.missing, [{ field: '/activityKinds/primary', reason: 'NOT_RECORDED' }])
  t.equal(body.data.activityKinds.length, 4)
  t.equal((await get('/subjects/91000046?fields=names,state')).body.outcome, 'FOUND', 'nothing of what was asked is missing')
})

t.test('UP-12: a field in conflict is left out of the data', async (t) => {
  const { body } = await get('/subjects/91000098')
  t.equal(body.outcome, 'PARTIAL')
  t.notOk('address' in body.data)
  t.same(body.missing, [{ field: '/address', reason: 'DISCREPANCY_INTERNAL' }])
  const only = (await get('/subjects/91000098?fields=address')).body
  t.match(only, { outcome: 'NO_DATA', data: null })
})

t.test('UP-12: the absence of a record is an answer, not an error', async (t) => {
  const { status, body } = await get('/subjects/91000112')
  t.equal(status, 200)
  t.match(body, { outcome: 'NO_DATA', data: null, missing: [{ field: '', reason: 'NO_RECORD' }] })
})

t.test('UP-12: a name that does not fit the record discloses nothing', async (t) => {
  const { body } = await get('/subjects/91000033?name=' + encodeURIComponent('ТОВ «Інше»'))
  t.match(body, { outcome: 'DISCREPANCY', data: null, discrepancies: [{ field: '/names/name', kind: 'ASSERTED_MISMATCH' }] })
  t.notMatch(JSON.stringify(body), /ґанок/i)
  t.equal((await get('/subjects/91000033?name=' + encodeURIComponent('тов "ґанок"'))).body.outcome, 'FOUND')
})

t.test('states and terms of the fixtures', async (t) => {
  t.equal((await get('/subjects/91000052')).body.data.state, 2)
  t.match((await get('/subjects/91000069')).body.data, { state: 3, termination: { date: '2023-09-29' } })
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  t.equal((await get('/subjects/91000106')).body.data.registration.date, yesterday)
})

t.test('a code with a wrong check digit is refused in Ukrainian and in English', async (t) => {
  const { status, headers, body } = await get('/subjects/91000018')
  t.equal(status, 400)
  t.match(headers.get('content-type'), 'application/problem+json')
  t.equal(headers.get('content-language'), 'uk')
  t.match(body, { code: 'invalid-identifier', status: 400, title: 'Недійсний код', detail: /ЄДРПОУ/, details: { en: /check digit/ } })
  const english = await get('/subjects/91000018', { 'accept-language': 'en' })
  t.match(english.body, { title: 'Invalid identifier', detail: /check digit/ })
  for (const code of ['1', '9100003', '910000333', 'abcdefgh', '9000100013']) t.equal((await post('/subjects/by-code', { code })).status, 400, code)
})

t.test("a person's code is taken in the body, never in the address", async (t) => {
  const { status, body } = await get('/subjects/7000100119')
  t.equal(status, 400)
  t.equal(body.code, 'personal-identifier-in-address')
  t.match((await post('/subjects/by-code', { code: '7000100119' })).body, { outcome: 'FOUND', data: { legalForm: { code: '910' } } })
  t.match((await post('/subjects/by-code', { passport: 'ЯЯ000001' })).body, { outcome: 'FOUND' })
  t.match((await post('/subjects/by-code', { code: '7000500534' })).body, { outcome: 'NO_DATA' })
})

t.test('search finds legal entities only, by pages; nothing found is NO_DATA', async (t) => {
  const first = (await get('/subjects?name=' + encodeURIComponent('товариство'))).body
  t.match(first, { outcome: 'FOUND', data: { total: 6, page: 1 } })
  t.equal(first.data.items.length, 5)
  t.equal((await get('/subjects?page=2&name=' + encodeURIComponent('товариство'))).body.data.items.length, 1)
  t.equal((await get('/subjects?name=' + encodeURIComponent('Ґонта'))).body.outcome, 'NO_DATA', 'persons are not searched')
  t.equal((await get('/subjects?state=3')).body.data.total, 1)
  t.equal((await get('/subjects?state=9')).status, 400)
  t.equal((await get('/subjects?name=' + encodeURIComponent('товариство') + '&queryId=1&userId=x')).status, 200, "Trembita's own parameters pass")
})

t.test('an unknown address, a body that is no JSON and one too large are problems, not traces', async (t) => {
  t.match(await get('/nothing'), { status: 404, body: { code: 'unknown-service' } })
  const bad = await fetch(registry.url + '/subjects/by-code', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })
  t.equal(bad.status, 400)
  t.match(await bad.json(), { code: 'invalid-request' })
  const large = await fetch(registry.url + '/subjects/by-code', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: '1'.repeat(300_000) }) })
  t.equal(large.status, 400)
})

t.test('the OpenAPI description names what is served', async (t) => {
  const { body } = await get('/openapi.json')
  t.equal(body.openapi, '3.0.3')
  t.same(Object.keys(body.paths).sort(), ['/subjects', '/subjects/by-code', '/subjects/{code}', '/support-profiles'])
  t.equal(body.paths['/subjects/{code}'].get.operationId, 'subjectByCode')
  t.match(body.paths['/subjects/{code}'].get.parameters[0], { name: 'code', in: 'path', required: true, schema: { type: 'string' } })
  const { body: answer } = await get('/subjects/91000033')
  t.same(Object.keys(answer).sort(), body.paths['/subjects/{code}'].get.responses[200].content['application/json'].schema.required.toSorted())
})

t.test('programmes of support are told of those they name by pseudonym, and only what the resolution lists (UP-10b) (UP-9b)', async (t) => {
  const epoch = epochOf(new Date())
  const key = pseudonymKey(MASTER, 'AGR-688-EDR', epoch)
  const ask = (codes: readonly string[], more: object = {}): ReturnType<typeof post> => post('/support-profiles', { agreement: 'AGR-688-EDR', epoch, kid: key.kid, pseudonyms: codes.map(key.pseudonymOf), ...more })
  const { status, body } = await ask(['7000100119', '91000046', '91000098', '7000500534', '91000069'])
  t.equal(status, 200)
  const [entrepreneur, noMain, moved, unknown, ended] = body.items
  t.match(entrepreneur, { p: key.pseudonymOf('7000100119'), outcome: 'FOUND', data: { mainKved: { code: '62.01', list: 'KVED', version: 'KVED-2010' }, registrationDate: '2018-02-14', terminationRecordDate: null } })
  t.same(Object.keys(entrepreneur.data).sort(), ['location', 'mainKved', 'registrationDate', 'terminationRecordDate'])
  t.equal(entrepreneur.checksum, recordChecksum(entrepreneur.data))
  t.match(noMain, { outcome: 'PARTIAL', missing: [{ field: '/mainKved', reason: 'NOT_RECORDED' }] })
  t.match(moved, { outcome: 'PARTIAL', missing: [{ field: '/location', reason: 'DISCREPANCY_INTERNAL' }] })
  t.match(unknown, { outcome: 'NO_DATA', data: null, checksum: null })
  t.equal(ended.data.terminationRecordDate, '2023-09-29')
  t.notMatch(JSON.stringify(body), /7000100119|91000046/, 'no code comes back')

  t.match(await ask(['7000100119'], { fields: ['names'] }), { status: 403, body: { code: 'outside-agreement' } })
  t.match(await ask(['7000100119'], { agreement: 'AGR-688-TAX' }), { status: 403, body: { code: 'outside-agreement' } })
  t.match(await ask(['7000100119'], { kid: 'another-' }), { status: 400, body: { code: 'wrong-pseudonym-key' } })
  const other = pseudonymKey(new Uint8Array(32).fill(8), 'AGR-688-EDR', epoch)
  t.match(await ask([], { pseudonyms: [other.pseudonymOf('7000100119')] }), { status: 400, body: { code: 'wrong-pseudonym-key' } })
})

t.test('each service has a description of its own, which begins at its address', async (t) => {
  const { body } = await get('/openapi/subjectByCode.json')
  t.same(body.servers, [{ url: `${registry.url}/subjects` }])
  t.same(Object.keys(body.paths).sort(), ['/by-code', '/{code}'])
  t.match(body.paths['/by-code'].post.requestBody.content['application/json'].schema.properties.code, { 'x-personal-subject': { type: 'RNOKPP', role: 'main' } })
})

const HEADER = `<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>ZZ</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>90000050</i:memberCode><i:subsystemCode>CABINET</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>ZZ</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>90000038</i:memberCode><i:subsystemCode>EDR</i:subsystemCode><i:serviceCode>SubjectDetail</i:serviceCode><i:serviceVersion>v1</i:serviceVersion></x:service>
<x:userId>a &amp; b</x:userId><x:id>q-2</x:id><x:protocolVersion>4.0</x:protocolVersion><x:requestHash algorithmId="x">AA==</x:requestHash>`

function envelope (body: string): string {
  return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers"><e:Header>${HEADER}</e:Header><e:Body>${body}</e:Body></e:Envelope>`
}

async function soap (text: string): Promise<{ status: number, text: string }> {
  const response = await fetch(registry.url + '/soap', { method: 'POST', headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' }, body: text })
  return { status: response.status, text: await response.text() }
}

const ask = (content: string): string => envelope(`<p:SubjectDetail xmlns:p="http://edr.example.gov.ua/sevdeir/v1">${content}</p:SubjectDetail>`)

t.test('SOAP gives the same outcomes and returns the header as it came', async (t) => {
  const found = await soap(ask('<p:code>91000033</p:code>'))
  t.equal(found.status, 200)
  t.match(found.text, '<Outcome>FOUND</Outcome><Subject><id>')
  t.match(found.text, 'objectType="SUBSYSTEM"')
  t.match(found.text, '>a &amp; b</userId>')
  t.match(found.text, '>q-2</id>')
  t.notMatch(found.text, 'requestHash')
  t.match((await soap(ask('<p:code>91000046</p:code>'))).text, '<Outcome>PARTIAL</Outcome>')
  t.match((await soap(ask('<p:code>91000112</p:code>'))).text, '<Outcome>NO_DATA</Outcome><Missing>')
  t.match((await soap(ask('<p:code>91000033</p:code><p:name>Інше</p:name>'))).text, '<Outcome>DISCREPANCY</Outcome><Discrepancy>')
  t.notMatch((await soap(ask('<p:id>7000000</p:id><p:fields>names</p:fields>'))).text, '<address>')
})

t.test('SOAP refusals are faults with a coded detail', async (t) => {
  const wrong = await soap(ask('<p:code>91000018</p:code>'))
  t.equal(wrong.status, 500)
  t.match(wrong.text, /<faultcode>s:Client<\/faultcode>.*<code>invalid-identifier<\/code>/)
  t.match((await soap('<a/>')).text, 'invalid-request')
  t.match((await soap(envelope('<p:Other xmlns:p="http://edr.example.gov.ua/sevdeir/v1"/>'))).text, 'unknown-service')
  t.match((await soap('<!DOCTYPE a [<!ENTITY b "c">]>' + ask('<p:code>&b;</p:code>'))).text, 'invalid-request')
  t.match((await soap(ask('<p:a>'.repeat(100) + '</p:a>'.repeat(100)))).text, 'invalid-request')
})

t.test('SOAP answers follow the schema of the WSDL, says xmllint', { skip: has('xmllint') ? false : 'xmllint is not installed' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'edr-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  const wsdl = await (await fetch(registry.url + '/soap?wsdl')).text()
  t.match(wsdl, `location="${registry.url}/soap"`)
  t.match(wsdl, '<xroad:version>v1</xroad:version>')
  const schema = /<xs:schema[\s\S]*<\/xs:schema>/.exec(wsdl)![0].replace('<xs:schema', '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:edr="http://edr.example.gov.ua/sevdeir/v1"')
  writeFileSync(join(folder, 'edr.xsd'), schema)
  for (const code of ['91000033', '91000046', '91000069', '91000098', '91000112', '7000100119']) {
    const { text } = await soap(ask(`<p:code>${code}</p:code>`))
    writeFileSync(join(folder, 'answer.xml'), /<SubjectDetailResponse[\s\S]*<\/SubjectDetailResponse>/.exec(text)![0])
    await promisify(execFile)('xmllint', ['--noout', '--nonet', '--schema', join(folder, 'edr.xsd'), join(folder, 'answer.xml')])
    t.pass(code)
  }
})

t.test('runs by one command, logs without codes or addresses, ends on a signal', async (t) => {
  t.match(execFileSync(process.execPath, [main, '--help'], { encoding: 'utf8' }), '--port')
  const child = spawn(process.execPath, [main, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
  while (!/listens on (\S+)/.test(output)) await once(child.stdout, 'data')
  const url = /listens on (\S+)/.exec(output)![1]!
  await fetch(url + '/subjects/7000100119')
  await fetch(url + '/subjects/by-code', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: '7000100119', name: 'Ґонта' }) })
  await fetch(url + '/soap', { method: 'POST', headers: { 'content-type': 'text/xml' }, body: ask('<p:code>7000100119</p:code>') })
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
  t.match(output, '"outcome":"DISCREPANCY"')
  t.match(output, '"exchangeId":"q-2"')
  t.notMatch(output, '7000100119')
  t.notMatch(output, 'Ґонта')
})

function has (command: string): boolean {
  if (process.env.CI !== undefined) return true
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
