import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Parser, Store, type Quad } from 'n3'
import ShaclValidator from 'rdf-validate-shacl'
import { test } from 'tap'
import { parseXmlTree } from '@trembita/protocol/xml'
import { HIDDEN_WORDS, PUBLIC_URL, REST, startFilledCatalog } from '../filled-catalog.ts'
import { quadsOfJsonLd } from './json-ld-quads.ts'

const SHAPES = new URL('../fixtures/semic/dcat-ap-3.0.1-shacl.ttl', import.meta.url)
const SHAPES_SHA256 = '990d3e42721de6a4be8cc338a7171559f195e62dea89c0b56531356b78cc026f'

async function violations (quads: readonly Quad[]): Promise<string[]> {
  const bytes = await readFile(SHAPES)
  if (createHash('sha256').update(bytes).digest('hex') !== SHAPES_SHA256) throw new Error('these are not the official shapes')
  const validator = new ShaclValidator(new Store(new Parser().parse(bytes.toString('utf8'))) as never)
  const report = await validator.validate(new Store([...quads]) as never)
  return report.results.map(({ focusNode, path, message }) => `${focusNode?.value ?? ''} ${String((path as { value?: string } | null)?.value)} ${message.map(({ value }) => value).join()}`)
}

test('The export conforms to the official shapes of DCAT-AP 3.0.1, without its publisher it does not (IP-1.3, IP-3.1)', async (t) => {
  const { url } = await startFilledCatalog(t)
  const answer = await fetch(`${url}/dcat`, { headers: { accept: 'text/turtle' } })
  t.match(answer.headers.get('content-type'), 'text/turtle')
  const quads = new Parser().parse(await answer.text())
  t.same(await violations(quads), [])

  const cut = quads.filter(({ subject, predicate }) => !(subject.value === `${PUBLIC_URL}/id/catalog` && predicate.value === 'http://purl.org/dc/terms/publisher'))
  t.equal(cut.length, quads.length - 1)
  t.match((await violations(cut))[0], 'publisher')
})

test('Turtle and JSON-LD say the same, by content negotiation and by name, whole and by pages (IP-1.3)', async (t) => {
  const { url } = await startFilledCatalog(t)
  const turtle = new Parser().parse(await (await fetch(`${url}/dcat.ttl`)).text())
  const json = await (await fetch(`${url}/dcat`, { headers: { accept: 'application/ld+json;q=0.9, text/turtle;q=0.1' } })).json() as { '@context': string, '@graph': never[] }
  t.equal(json['@context'], `${PUBLIC_URL}/dcat/context.jsonld`)
  const { '@context': context } = await (await fetch(`${url}/dcat/context.jsonld`)).json() as { '@context': Record<string, string> }
  const plain = (quads: readonly Quad[]): string[] => quads.map(({ subject, predicate, object }) => `${subject.value} ${predicate.value} ${object.termType} ${object.value} ${'language' in object ? `${object.language} ${object.datatype.value}` : ''}`).sort()
  t.same(plain(quadsOfJsonLd(json['@graph'], context)), plain(turtle))

  const first = await fetch(`${url}/dcat.ttl?page=1&size=1`)
  t.match(first.headers.get('link'), `<${PUBLIC_URL}/dcat.ttl?page=2&size=1>; rel="next"`)
  const second = await fetch(`${url}/dcat.ttl?page=2&size=1`)
  t.equal(second.headers.get('link'), null)
  for (const page of [first, second]) t.same(await violations(new Parser().parse(await page.text())), [])
})

test('Identifiers answer as a page, JSON-LD or Turtle, and nothing that is not public is in any export (IP-1.3)', async (t) => {
  const { url } = await startFilledCatalog(t)
  const ask = async (path: string, accept: string): Promise<Response> => await fetch(`${url}/id/${path}`, { headers: { accept }, redirect: 'manual' })
  for (const [path, page] of [
    ['organisation/TEST/GOV/90000038', '/catalog/organisations/TEST/GOV/90000038'], ['resource/edr-resource', '/catalog/resources/edr-resource'],
    ['interface/edr-interface', '/catalog/interfaces/edr-interface'], ['interface/edr-interface/v/1.0.0', '/catalog/interfaces/edr-interface'], [`service/${REST}`, `/catalog/services/${REST}`]
  ] as const) {
    const html = await ask(path, 'text/html,application/xhtml+xml')
    t.equal(html.status, 303)
    t.equal(html.headers.get('location'), page)
    if (path.startsWith('service')) continue
    const turtle = await (await ask(path, 'text/turtle')).text()
    t.ok(new Parser().parse(turtle).some(({ subject }) => subject.value === `${PUBLIC_URL}/id/${path}` || subject.value.startsWith(`${PUBLIC_URL}/id/${path}/v/`)), path)
    t.match((await ask(path, 'application/ld+json')).headers.get('content-type'), 'application/ld+json')
  }
  t.equal((await ask('interface/draft-interface', 'text/turtle')).status, 404)
  t.equal((await ask('interface/draft-interface', 'text/html')).status, 404)
  for (const path of ['/dcat.ttl', '/dcat.jsonld', '/changes.atom']) {
    const text = await (await fetch(`${url}${path}`)).text()
    for (const word of HIDDEN_WORDS) t.notOk(text.toLowerCase().includes(word.toLowerCase()), `${path} tells nothing of ${word}`)
    t.notOk(text.includes('closedService.json') || text.includes('/descriptions/TEST/GOV/90000044'), 'a closed description is not linked')
  }
})

test('The feed of changes is Atom, newest first, of what is public alone (IP-1.3)', async (t) => {
  const { catalog, url } = await startFilledCatalog(t)
  await catalog.parts.store.write(async (tx) => { await tx.run("UPDATE interface_version SET updated_at = '2026-12-01T00:00:00.000Z' WHERE interface_id = 'tax-interface'") })
  const answer = await fetch(`${url}/changes.atom`)
  t.match(answer.headers.get('content-type'), 'application/atom+xml')
  const feed = parseXmlTree(Buffer.from(await answer.arrayBuffer()), { bytesMax: 1_000_000, depthMax: 10 })
  t.equal(feed.ns, 'http://www.w3.org/2005/Atom')
  t.same(feed.all('entry').map((entry) => entry.child('title')?.text()), ['Податкові відомості 1.0.0', 'Перевірка юридичної особи 1.0.0'])
  t.equal(feed.child('updated')?.text(), '2026-12-01T00:00:00.000Z')
})
