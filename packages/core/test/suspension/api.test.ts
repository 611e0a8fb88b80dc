import t from 'tap'
import { systemClock } from '@trembita/daemon'
import { parseDirectory, parseSharedParameters } from '@trembita/protocol/globalconf'
import { parseSuspensionList } from '@trembita/protocol/suspension'
import { apiClient } from '../api-client.ts'
import { coreIn, other, seedOf } from '../seeding.ts'

t.setTimeout(110_000)
const core = await coreIn(t.testdir(), { seed: seedOf() })
const holder = await apiClient(core, ['TREMBITA_HOLDER'])
const officer = await apiClient(core, ['XROAD_REGISTRATION_OFFICER'])

interface Suspension { readonly id: number, readonly state: string }
interface Refused { readonly error: { readonly code: string, readonly validation_errors?: Record<string, string[]> } }

const decision = { object: { type: 'MEMBER', encoded_id: 'ZZ:COM:2002' }, ground: 'interactionOrder', explanation: 'Запити без договору', act: { number: '5/1', date: '2026-02-05' } }

/** A part of the internal configuration as gateways get it. */
async function published (version: number, contentIdentifier: string): Promise<Buffer | undefined> {
  await core.publish()
  const directory = parseDirectory(Buffer.from(await (await fetch(`${core.addresses.configuration}/internalconf?version=${version}`)).arrayBuffer()))
  const location = directory.parts.find((part) => part.contentIdentifier === contentIdentifier)?.location
  return location === undefined ? undefined : Buffer.from(await (await fetch(new URL(location, core.addresses.configuration))).arrayBuffer())
}

await t.test('TR-15: the holder decides over the API, every version of the configuration follows at once, and lifting brings back what was there', async (t) => {
  const before = await Promise.all([2, 3, 4, 5, 6].map((version) => published(version, 'SHARED-PARAMETERS')))
  t.match(await officer('GET', '/suspensions/impact?object_type=MEMBER&object_id=ZZ:COM:2002'), { status: 200, body: { subsystems: ['ZZ:COM:2002:SHOP'], security_servers: [], hosted_clients: [] } })
  t.match(await officer('GET', '/suspensions/impact?object_type=SERVER&object_id=ZZ:GOV:1001:gw1'), { status: 200, body: { security_servers: ['ZZ:GOV:1001:gw1'], hosted_clients: ['ZZ:GOV:1001:EDR', 'ZZ:COM:2002', 'ZZ:COM:2002:SHOP'] } })
  t.match(await officer('GET', '/suspensions/impact?object_type=MEMBER&object_id=ZZ:GOV:1001'), { status: 200, body: { refusal: { code: 'management_service_provider_cannot_be_suspended' } } })
  const { status, body } = await holder<Suspension>('POST', '/suspensions', decision)
  t.match([status, body], [201, { state: 'inForce', object: decision.object, ground: 'interactionOrder', act: decision.act, member_name: 'Company', decided_by: /./ }])
  for (const version of [2, 3, 4, 5, 6] as const) {
    const { members, servers } = parseSharedParameters((await published(version, 'SHARED-PARAMETERS'))!, version)
    t.same(servers[0]!.clients.map(({ memberCode }) => memberCode), ['1001'], `version ${version}: a client no more`)
    t.equal(members.length, 2, `version ${version}: and a member still`)
  }
  t.match(parseSuspensionList((await published(6, 'SUSPENSIONS'))!), { instance: 'ZZ', suspensions: [{ number: body.id, target: { kind: 'member', id: other }, actNumber: '5/1' }] })
  t.match(await officer('GET', '/suspensions?state=inForce&q=company'), { status: 200, body: { items: [{ id: body.id }], paging_metadata: { total_items: 1 } } })
  t.match(await officer('GET', '/suspensions?object_type=SUBSYSTEM&object_id=ZZ:COM:2002:SHOP'), { status: 200, body: { items: [{ id: body.id }] } }, 'a subsystem shows what stops its member')
  t.match(await officer('GET', '/members?state=suspended'), { status: 200, body: { items: [{ client_id: { member_code: '2002' }, suspension_id: body.id }] } })
  t.match(await holder('POST', `/suspensions/${body.id}/lift`, { act: { number: '6', date: '2026-02-06' } }), { status: 200, body: { state: 'lifted', lift_act: { number: '6' } } })
  t.equal(await published(6, 'SUSPENSIONS'), undefined)
  t.same(await Promise.all([2, 3, 4, 5, 6].map((version) => published(version, 'SHARED-PARAMETERS'))), before, 'byte for byte')
  const history = await officer<{ action: string }[]>('GET', `/suspensions/${body.id}/history`)
  t.same(history.body.map(({ action }) => action), ['suspension.lift', 'suspension.decide'])
})

await t.test('TR-15: only the holder decides, and says on which act', async (t) => {
  t.equal((await officer('POST', '/suspensions', decision)).status, 403)
  for (const [change, status, code] of [
    [{ act: undefined }, 400, 'validation_failure'], [{ ground: 'mood' }, 400, 'validation_failure'], [{ act: { number: ' ', date: '2026-02-05' } }, 400, 'invalid_text'],
    [{ object: { type: 'MEMBER', encoded_id: 'ZZ:COM' } }, 400, 'invalid_encoded_id'], [{ object: { type: 'SERVER', encoded_id: 'ZZ:COM:2002:x' } }, 404, 'security_server_not_found'],
    [{ ends_at: '2020-01-01T00:00:00Z' }, 400, 'invalid_term'], [{ object: { type: 'MEMBER', encoded_id: 'ZZ:GOV:1001' } }, 409, 'management_service_provider_cannot_be_suspended']
  ] as const) t.match(await holder<Refused>('POST', '/suspensions', { ...decision, ...change }), { status, body: { error: { code } } }, code)
  t.match(await holder<Refused>('GET', '/suspensions/404'), { status: 404, body: { error: { code: 'suspension_not_found' } } })
})

await t.test('TR-15: where the holder asks for two persons, nobody is suspended before the second agrees', async (t) => {
  t.equal((await holder('PUT', '/approvals/policy', { operations: ['suspension.decide'] })).status, 200)
  const { status, body } = await holder<{ approval: { id: number } }>('POST', '/suspensions', decision)
  t.equal(status, 202)
  t.match(await holder('GET', '/suspensions?state=inForce'), { body: { paging_metadata: { total_items: 0 } } })
  const waiting = await holder<{ operation: string, body: object }>('GET', `/approvals/${body.approval.id}`)
  t.match(waiting.body, { operation: 'suspension.decide', body: decision }, 'the second sees what is decided')
})

await t.test('a scheduled suspension is begun by the core itself and by nobody\'s call', async (t) => {
  await using own = await coreIn(t.testdir(), { seed: seedOf() }, systemClock)
  const decider = await apiClient(own, ['TREMBITA_HOLDER'])
  const soon = new Date(systemClock.now().getTime() + 2000)
  const { body } = await decider<Suspension>('POST', '/suspensions', { ...decision, starts_at: soon.toISOString() })
  t.equal(body.state, 'scheduled')
  let changed = (): void => {}
  own.changes.onChange(() => { changed() })
  for (;;) {
    const next = new Promise<void>((resolve) => { changed = resolve })
    const { body: now } = await decider<Suspension>('GET', `/suspensions/${body.id}`)
    if (now.state === 'inForce') break
    await next
  }
  t.pass('begun')
})

await core.close()
