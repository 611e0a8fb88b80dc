import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { openApiFields, soapExample, WsdlSchemas, type FieldNode } from '../../src/reference/index.ts'
import { CLOSED, HIDDEN_WORDS, OPENAPI, REST, SOAP, startFilledCatalog, UNPUBLISHED } from '../filled-catalog.ts'

function find (fields: readonly FieldNode[], ...path: string[]): FieldNode | undefined {
  const [name, ...rest] = path
  const field = fields.find((one) => one.name === name)
  return field === undefined || rest.length === 0 ? field : find(field.children, ...rest)
}

test('Fields of an OpenAPI schema come with types, limits, personal data and terms, and end where a schema holds itself (IP-1.4, IP-3.1)', (t) => {
  const fields = openApiFields(OPENAPI, { $ref: '#/components/schemas/Subject' })
  t.match(find(fields, 'legalName'), { type: 'string', required: true, limits: ['maxLength 500'], terms: ['http://www.w3.org/ns/legal#legalName'] })
  t.match(find(fields, 'state'), { limits: ['= "registered" | "terminated"'] })
  t.match(find(fields, 'head', 'name'), { personal: 'name', required: false })
  t.match(find(fields, 'branches'), { type: 'array of object', many: true, recursive: true, children: [] })
  t.end()
})

test('A description made to be unfolded without end is cut', (t) => {
  const levels = Array.from({ length: 12 }, (_, level) => [`L${level}`, { allOf: Array.from({ length: 50 }, () => ({ $ref: `#/components/schemas/L${level + 1}` })), properties: { [`f${level}`]: { type: 'string' } } }] as const)
  const started = performance.now()
  t.ok(openApiFields({ components: { schemas: Object.fromEntries(levels) } }, { $ref: '#/components/schemas/L0' }).length <= 1500)
  t.ok(performance.now() - started < 5000, 'in bounded time')
  t.same(openApiFields({}, { $ref: '#/%' }), [])
  t.end()
})

test('Elements of a WSDL come with types, occurrence, personal data and terms (IP-1.4, IP-3.1)', async (t) => {
  const schemas = new WsdlSchemas(await readFile(new URL('../../../../examples/edr-registry/src/edr.wsdl', import.meta.url)))
  const request = schemas.field({ ns: 'http://edr.example.gov.ua/sevdeir/v1', local: 'SubjectDetail' })!
  t.match(find(request.children, 'code'), { personal: 'RNOKPP, main', required: false, alternative: true, limits: ['minLength 1', 'maxLength 32'] })
  t.match(find(request.children, 'fields'), { required: false, many: true })
  const envelope = soapExample(SOAP, 'http://edr.example.gov.ua/sevdeir/v1', request)
  t.match(envelope, '<code>xs:string</code>')
  t.notMatch(envelope, '<passport>', 'the first of alternatives alone')
  const response = schemas.field({ ns: '', local: 'SubjectDetailResponse' })!
  t.match(find(response.children, 'Subject'), { terms: ['http://www.w3.org/ns/legal#LegalEntity'], required: false })
  t.match(find(response.children, 'Subject', 'names', 'name'), { type: 'xs:string', required: true })
  t.match(find(response.children, 'Outcome')?.limits.at(-1), 'FOUND | PARTIAL')
  t.equal(schemas.faultsOf('SubjectDetail')[0]?.local, 'Problem')
})

test('The reference renders operations, schemas, examples and an envelope in both languages, never an internal address nor what is closed (IP-1.4, TR-7.3)', async (t) => {
  const { url } = await startFilledCatalog(t)
  const read = async (path: string, lang = 'uk'): Promise<{ status: number, text: string }> => {
    const response = await fetch(`${url}${path}?lang=${lang}`, { headers: { accept: 'text/html' } })
    return { status: response.status, text: await response.text() }
  }
  for (const lang of ['uk', 'en']) {
    const rest = (await read(`/reference/${REST}`, lang)).text
    t.match(rest, 'GET /subjects/{code}')
    t.match(rest, lang === 'uk' ? 'персональні дані' : 'personal data')
    t.match(rest, 'legal:legalName')
    t.match(rest, 'ТОВ «Приклад»')
    t.match(rest, 'https://your-gateway.example/r1/')
    const soap = (await read(`/reference/${SOAP}`, lang)).text
    t.match(soap, 'legal:LegalEntity')
    t.match(soap, '&lt;xroad:protocolVersion&gt;4.0')
    t.match(soap, lang === 'uk' ? 'Приклад конверта SOAP' : 'Example of a SOAP envelope')
    for (const word of HIDDEN_WORDS) t.notOk((rest + soap).includes(word), `nothing of ${word}`)
    t.notMatch(rest + soap, /127\.0\.0\.1/, 'no address of a service')
  }
  t.notMatch((await read(`/reference/${CLOSED}`)).text, 'закритополе')
  t.equal((await read(`/reference/interactive/${CLOSED}`)).status, 404)
  t.equal((await read(`/reference/${UNPUBLISHED}`)).status, 404)
  t.equal((await read(`/reference/interactive/${SOAP}`)).status, 404, 'Scalar reads OpenAPI alone')
})
