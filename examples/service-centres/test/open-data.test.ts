import { join } from 'node:path'
import t from 'tap'
import { CENTRES } from '../src/centres/index.ts'
import { startServiceCentres } from '../src/index.ts'
import { startWorld } from './world.ts'

const world = await startWorld(t)
const centres = await startServiceCentres({ dataFolder: join(world.folder, 'centres'), gateway: { url: world.gateway.url, client: world.gateway.client } })
t.teardown(() => centres.close())

const ask = async (path: string, accept?: string) => await fetch(`${centres.servicesUrl}${path}`, accept === undefined ? {} : { headers: { accept } })

t.test('cards go out as JSON, CSV and JSON-LD, as Accept asks (CD-19) (CD-7.1)', async (t) => {
  const json = await ask('/centres')
  t.match(json.headers.get('content-type'), 'application/json')
  const { items } = await json.json() as any
  t.equal(items.length, CENTRES.length)
  t.match(items[0], { id: 'vinnytsia-1', katottg: /^UA\d{17}$/, services: [{ id: '00025', name: { uk: /./, en: /./ } }], source: /синтетичні/, asOf: /^2026/ })
  t.match(await (await ask('/centres/lviv-1')).json(), { id: 'lviv-1' })
  t.match((await (await ask(`/centres?${new URLSearchParams({ q: 'ВІННИЦІ', service: '00034' })}`)).json() as any).items, [{ id: 'vinnytsia-1' }])

  const csv = await ask('/centres', 'text/csv')
  t.match(csv.headers.get('content-type'), /^text\/csv/)
  const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await csv.arrayBuffer()).trimEnd().split('\r\n')
  t.equal(lines.length, CENTRES.length + 1)
  t.match(lines[0], /^\ufeffid,name_uk,/)
  t.match(lines[1], /"м\. Вінниця, вул\. Вигадана, 10"/)

  const linked = await ask('/centres', 'application/ld+json, application/json;q=0.5')
  t.match(linked.headers.get('content-type'), /^application\/ld\+json/)
  t.match(await linked.json(), { '@context': { cv: 'http://data.europa.eu/m8g/' }, '@graph': [{ '@type': ['cv:PublicOrganisation', 'schema:GovernmentOffice'], 'locn:address': { 'locn:adminUnitL2': /^UA/ } }] })
  t.equal((await ask('/centres', 'image/png')).status, 406)
  t.match(await (await ask('/centres/none')).json(), { code: 'unknown-centre', status: 404 })
  for (const format of ['json', 'csv', 'jsonld']) t.equal((await fetch(`${centres.url}/data/centres.${format}`)).status, 200)
})

t.test('the public interface has a description (CD-8.4)', async (t) => {
  t.match(await (await ask('/openapi/centres.json')).json(), { servers: [{ url: `${centres.servicesUrl}/centres` }], paths: { '/': { get: { operationId: 'centres' } }, '/{id}': { get: { operationId: 'centre' } } } })
})
