import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { MemberId, ServerId } from '@trembita/protocol/identifiers'
import type { ManagementRequest } from '@trembita/protocol/management'
import { Refusal } from '../../src/refusal.ts'
import { auth, der, onBothStores, OPERATOR, OTHER, OWNER, STRANGER, type Registry } from './registry-fixture.ts'

// Random histories of one registry: whatever is asked in whatever order, some things hold after every step.

type Step =
  | { readonly kind: 'gateway' | 'centre', readonly request: ManagementRequest }
  | { readonly kind: 'approve' | 'turnDown', readonly nth: number }
  | { readonly kind: 'switches', readonly on: boolean }

const MEMBERS = [OWNER, OTHER, STRANGER]
const CERTIFICATES = ['first', 'second', 'third']
await Promise.all(CERTIFICATES.map(auth))
const ders = await Promise.all(CERTIFICATES.map(der))

const members: fc.Arbitrary<MemberId> = fc.constantFrom(...MEMBERS)
const servers: fc.Arbitrary<ServerId> = fc.record({ owner: members, serverCode: fc.constantFrom('gw1', 'gw2') }).map(({ owner, serverCode }) => ({ ...owner, serverCode }))
const clients = fc.oneof(members, members.map((member) => ({ ...member, subsystemCode: 'S' })))
const requests: fc.Arbitrary<ManagementRequest> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ service: fc.constant('authCertReg' as const), server: servers, authCertificate: fc.constantFrom(...ders), address: fc.constantFrom('a.example', undefined) }) },
  { weight: 3, arbitrary: fc.record({ service: fc.constant('clientReg' as const), server: servers, client: clients }) },
  { weight: 3, arbitrary: fc.record({ service: fc.constant('ownerChange' as const), server: servers, client: members }) },
  fc.record({ service: fc.constantFrom('clientDeletion' as const, 'clientDisable' as const, 'clientEnable' as const), server: servers, client: clients }),
  fc.record({ service: fc.constant('authCertDeletion' as const), server: servers, authCertificate: fc.constantFrom(...ders) }),
  fc.record({ service: fc.constantFrom('maintenanceModeEnable' as const, 'maintenanceModeDisable' as const), server: servers })
)
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('gateway' as const, 'centre' as const), request: requests }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('approve' as const, 'approve' as const, 'turnDown' as const), nth: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('switches' as const), on: fc.boolean() }) }
)

async function take (registry: Registry, step: Step): Promise<void> {
  const { registration, store } = registry
  try {
    if ('nth' in step) {
      const rows = await store.all<{ id: number }>('SELECT id FROM management_request ORDER BY id DESC LIMIT 6')
      const id = rows[step.nth % Math.max(rows.length, 1)]?.id
      if (id !== undefined) await registration[step.kind](OPERATOR, id)
    } else if ('on' in step) {
      await registry.set({ autoApproveAuthCertRegRequests: step.on, autoApproveClientRegRequests: step.on, autoApproveOwnerChangeRequests: step.on })
    } else if (step.kind === 'gateway') {
      await registry.receive(step.request)
    } else {
      await registration.add(OPERATOR, { request: step.request })
    }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
  }
}

/** Terminal states by request, to see that none is left again. */
type Settled = Map<number, string>

async function check ({ store }: Registry, settled: Settled): Promise<void> {
  assert.deepEqual(await store.all('SELECT sc.id FROM server_client sc JOIN security_server s ON s.id = sc.security_server_id WHERE sc.member_id = s.owner_id AND sc.subsystem_id IS NULL'), [], 'no owner is a client of its own server')
  const owners = await store.all<{ name: string }>("SELECT DISTINCT c.code || '/' || m.code AS name FROM security_server s JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id ORDER BY name")
  const group = await store.all<{ name: string }>(`SELECT gm.member_class || '/' || gm.member_code AS name FROM global_group_member gm JOIN global_group g ON g.id = gm.global_group_id
    WHERE g.code = 'security-server-owners' ORDER BY name`)
  assert.deepEqual(group, owners, 'the owners\' group is the owners')
  assert.deepEqual(await store.all('SELECT sha256 FROM auth_certificate GROUP BY sha256 HAVING count(*) > 1'), [], 'a certificate belongs to one server')

  const rows = await store.all<{ id: number, processing: number, service: string, origin: string, status: string, subject: string, certificate: Buffer | null }>(
    `SELECT r.id, r.processing_id AS processing, r.service, r.origin, p.status, r.certificate_sha256 AS certificate,
    r.server_class || '/' || r.server_member || '/' || r.server_code || ':' || coalesce(r.client_class || '/' || r.client_member || '/' || coalesce(r.client_subsystem, ''), '') AS subject
    FROM management_request r JOIN request_processing p ON p.id = r.processing_id ORDER BY r.id`)
  const pending = new Map<string, number>()
  for (const { id, processing, service, status, subject, certificate } of rows) {
    const before = settled.get(id)
    if (before !== undefined) assert.equal(status, before, `request ${id} was settled`)
    if (status === 'WAITING' || status === 'SUBMITTED_FOR_APPROVAL') {
      const about = `${service} ${certificate?.toString('hex') ?? subject}`
      assert.equal(pending.get(about) ?? processing, processing, 'one decision at a time on one thing')
      pending.set(about, processing)
      assert.ok(['authCertReg', 'clientReg', 'ownerChange'].includes(service), `${service} waits for nobody`)
    } else {
      settled.set(id, status)
    }
  }
  for (const [processing, together] of Map.groupBy(rows, ({ processing }) => processing)) {
    assert.ok(together.length <= 2 && new Set(together.map(({ origin }) => origin)).size === together.length, `requests of processing ${processing} come from different sides`)
    if (together[0]!.status === 'SUBMITTED_FOR_APPROVAL') assert.equal(together.length, 2)
  }
}

onBothStores('TR-4.4: in any history of requests and decisions the registry stays whole, and what was decided stays decided', async (t, open) => {
  const runs = t.name.includes('PostgreSQL') ? 3 : 20
  await fc.assert(fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30 }), async (history) => {
    const registry = await open()
    const settled: Settled = new Map()
    for (const step of history) {
      await take(registry, step)
      await check(registry, settled)
    }
    await registry.actions()
  }), { numRuns: runs, endOnFailure: true })
  t.pass(`${runs} histories`)
})
