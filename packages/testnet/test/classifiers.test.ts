import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Core } from '@trembita/core'
import { systemClock } from '@trembita/daemon'
import { ApiKeys } from '@trembita/daemon/accounts'
import { freePorts, SMALL_CLIENT, smallPlan, startFederation } from '@trembita/testnet/federation'

t.setTimeout(100_000)
const sample = readFileSync(join(import.meta.dirname, '../../core/src/classifiers/samples/kved-2010.csv'), 'utf8')

/** Calls the API of a core as its administrator. */
async function callerOf (core: Core): Promise<(method: string, path: string, body: object) => Promise<void>> {
  const role = 'XROAD_SYSTEM_ADMINISTRATOR'
  const keys = new ApiKeys({ store: core.store, clock: systemClock, roles: [role], change: (actor, work) => core.changes.change(actor, work) })
  const { key } = await keys.create({ kind: 'system', id: 'test', name: 'test', roles: [role], origin: 'system' }, { roles: [role] })
  return async (method, path, body) => {
    const response = await fetch(`${core.addresses.admin}/api/v1${path}`, { method, headers: { authorization: `X-Road-ApiKey token=${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(await response.text())
  }
}

t.test('TR-7.5: a classifier of the core is asked through the exchange like any other service', async (t) => {
  const admin = await freePorts(4)
  const base = `http://127.0.0.1:${admin + 1}/classifiers`
  const plan = smallPlan({ serviceUrl: base })
  const [consumer, provider] = plan.gateways as [typeof plan.gateways[number], typeof plan.gateways[number]]
  await using federation = await startFederation({
    ...plan,
    corePorts: { admin, configuration: admin + 1, registration: admin + 2, management: admin + 3 },
    gateways: [consumer, {
      ...provider,
      serverConf: {
        clients: [{ id: 'TEST/GOV/2002' }, {
          id: 'TEST/GOV/2002/registry',
          descriptions: [{ type: 'OPENAPI3', url: `${base}/openapi.json`, services: [{ code: 'classifiers', url: base, verifyTls: false }] }],
          rights: [{ subject: `client:${SMALL_CLIENT}`, service: 'classifiers' }]
        }]
      }
    }]
  }, t.testdir())
  const call = await callerOf(federation.core)
  await call('POST', '/classifiers', { code: 'kved', format: 'kved', name_uk: 'КВЕД', name_en: 'KVED' })
  await call('POST', '/classifiers/kved/versions', { valid_from: '2012-01-01', ground: 'ДК 009:2010', csv: sample })
  const response = await fetch(`${federation.gateway('gwa').addresses.consumerHttp!}/r1/TEST/GOV/2002/registry/classifiers/kved/items?parent=62.0&at=2026-01-01`, {
    headers: { 'X-Road-Client': SMALL_CLIENT }
  })
  t.equal(response.status, 200)
  t.ok(response.headers.get('x-road-request-hash'), 'sealed and logged like any exchange')
  t.match(await response.json(), { items: [{ code: '62.01', name_uk: 'Комп\'ютерне програмування' }, { code: '62.02' }, { code: '62.03' }, { code: '62.09' }] })
  const description = await fetch(`${federation.gateway('gwa').addresses.consumerHttp!}/r1/TEST/GOV/2002/registry/getOpenAPI?serviceCode=classifiers`, { headers: { 'X-Road-Client': SMALL_CLIENT } })
  t.match(await description.json(), { openapi: '3.1.0', paths: { '/classifiers/{code}/items': {} } })
})
