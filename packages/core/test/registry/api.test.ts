import t from 'tap'
import { apiClient } from '../api-client.ts'
import { auth, coreIn, seedOf } from '../seeding.ts'

t.setTimeout(110_000)
const core = await coreIn(t.testdir(), { seed: seedOf() })
const officer = await apiClient(core, ['XROAD_REGISTRATION_OFFICER'])
const security = await apiClient(core, ['XROAD_SECURITY_OFFICER'])
const auditor = await apiClient(core, ['TREMBITA_AUDITOR'])

interface Refused { readonly error: { readonly code: string, readonly message: string, readonly validation_errors?: Record<string, string[]> } }
interface Listed { readonly items: readonly Record<string, never>[], readonly paging_metadata: { readonly total_items: number } }

await t.test('a member\'s life over the API, in X-Road\'s shapes', async (t) => {
  const added = await officer('POST', '/members', {
    member_id: { member_class: 'GOV', member_code: '90000134' },
    member_name: 'Громада',
    kind: 'localGovernment',
    contacts: [{ purpose: 'general', email: 'info@example.gov.ua' }],
    accession: { kind: 'accession', number: '12', signed_on: '2026-01-10' }
  })
  t.match(added, {
    status: 201,
    body: {
      client_id: { instance_id: 'ZZ', type: 'MEMBER', member_class: 'GOV', member_code: '90000134', encoded_id: 'ZZ:GOV:90000134' },
      member_name: 'Громада',
      kind: 'localGovernment',
      roles: [],
      accession: { kind: 'accession', number: '12', signed_on: '2026-01-10' },
      warnings: [{ code: 'edrpou_check_digit' }]
    }
  })
  t.match(await officer('PATCH', '/members/ZZ:GOV:90000134', { member_name: 'Громада міста', kind: null }), { status: 200, body: { member_name: 'Громада міста', contacts: [{ email: 'info@example.gov.ua' }] } })
  t.match(await officer('POST', '/subsystems', { subsystem_id: { member_class: 'GOV', member_code: '90000134', subsystem_code: 'QUEUE' }, subsystem_name: 'Черга' }), {
    status: 201, body: { subsystem_id: { type: 'SUBSYSTEM', encoded_id: 'ZZ:GOV:90000134:QUEUE' }, subsystem_name: 'Черга', used_security_servers: [] }
  })
  t.match(await officer('PATCH', '/subsystems/ZZ:GOV:90000134:QUEUE', { subsystem_name: 'Електронна черга' }), { status: 200, body: { subsystem_name: 'Електронна черга' } })
  t.match(await auditor('GET', '/members/ZZ:GOV:90000134/subsystems'), { status: 200, body: [{ subsystem_name: 'Електронна черга' }] })
  t.match(await officer('POST', '/global-groups/readers/members/add', { items: ['ZZ:GOV:90000134:QUEUE', 'YY:GOV:7'] }), { status: 201, body: { items: ['ZZ:GOV:90000134:QUEUE', 'YY:GOV:7'] } })
  t.match(await auditor('GET', '/members/ZZ:GOV:90000134/global-groups'), { status: 200, body: [{ group_code: 'readers', subsystem: 'QUEUE' }] })
  t.match(await auditor('GET', '/members/ZZ:GOV:90000134/dependents'), { status: 200, body: { subsystems: ['ZZ:GOV:90000134:QUEUE'], global_groups: ['readers'] } })
  t.match(await officer('DELETE', '/members/ZZ:GOV:90000134'), { status: 200, body: { subsystems: ['ZZ:GOV:90000134:QUEUE'], security_servers: [], hosted_clients: [], global_groups: ['readers'] } })
  t.match(await auditor<Refused>('GET', '/members/ZZ:GOV:90000134'), { status: 404, body: { error: { code: 'member_not_found' } } })
  const { body } = await auditor<Listed>('GET', '/members/ZZ:GOV:90000134/history')
  t.same(body.items.map(({ action }) => action), ['member.delete', 'member.edit', 'member.add'], 'its history stays')
})

await t.test('what is wrong is told beside its field, and nothing changes', async (t) => {
  const revision = await core.store.get('SELECT value FROM revision')
  const id = { member_class: 'GOV', member_code: '1001' }
  for (const [method, path, body, status, code] of [
    ['POST', '/members', { member_id: id, member_name: 'x' }, 409, 'member_exists'],
    ['POST', '/members', { member_id: { ...id, member_code: 'a/b' }, member_name: 'x' }, 400, 'invalid_identifier'],
    ['POST', '/members', { member_id: id }, 400, 'validation_failure'],
    ['POST', '/members', { member_id: id, member_name: 'x', sort_key: 'x' }, 400, 'validation_failure'],
    ['POST', '/members', { member_id: { ...id, member_code: '6' }, member_name: 'x', contacts: [{ purpose: 'general' }] }, 400, 'invalid_contact'],
    ['PATCH', '/members/ZZ:GOV:1001', {}, 400, 'validation_failure'],
    ['PATCH', '/members/ZZ:GOV:1001:EDR', { member_name: 'x' }, 400, 'invalid_encoded_id'],
    ['GET', '/members?sort=search_text', undefined, 400, 'validation_failure'],
    ['DELETE', '/members/ZZ:GOV:1001', undefined, 409, 'management_service_provider_cannot_be_deleted'],
    ['DELETE', '/subsystems/ZZ:COM:2002:SHOP', undefined, 409, 'subsystem_registered_and_cannot_be_deleted'],
    ['PATCH', '/security-servers/ZZ:GOV:1001:gw1', { server_address: 'http://x' }, 400, 'invalid_server_address'],
    ['GET', '/security-servers/ZZ:GOV:1001:gw9', undefined, 404, 'security_server_not_found'],
    ['DELETE', '/global-groups/security-server-owners', undefined, 409, 'owners_global_group_cannot_be_deleted'],
    ['POST', '/global-groups', { code: 'readers', description: 'x' }, 409, 'global_group_exists'],
    ['POST', '/global-groups/readers/members/add', { items: ['ZZ:GOV:404'] }, 409, 'member_not_found']
  ] as const) t.match(await officer<Refused>(method, path, body), { status, body: { error: { code } } }, `${method} ${path}`)
  const { body } = await officer<Refused>('POST', '/members', { member_id: { ...id, member_code: 'a/b' }, member_name: 'x' })
  t.same(Object.keys(body.error.validation_errors ?? {}), ['member_code'])
  t.same(await core.store.get('SELECT value FROM revision'), revision)
})

await t.test('whoever works with the core reads, registration officers change, member classes are the security officer\'s', async (t) => {
  for (const path of ['/members', '/members/ZZ:GOV:1001', '/subsystems', '/clients', '/security-servers', '/security-servers/ZZ:GOV:1001:gw1/clients', '/global-groups', '/member-classes', '/suspensions']) {
    t.equal((await auditor('GET', path)).status, 200, path)
  }
  t.equal((await auditor('POST', '/members', { member_id: { member_class: 'GOV', member_code: '6' }, member_name: 'x' })).status, 403)
  t.equal((await security('DELETE', '/members/ZZ:COM:2002')).status, 403)
  t.equal((await officer('POST', '/member-classes', { code: 'NGO', description: 'x' })).status, 403)
  t.equal((await security('POST', '/member-classes', { code: 'NGO', description: 'Громадські' })).status, 201)
  t.match(await security('PATCH', '/member-classes/NGO', { description: 'Громадські організації' }), { status: 200, body: { code: 'NGO', description: 'Громадські організації' } })
  t.match(await security<Refused>('DELETE', '/member-classes/GOV'), { status: 409, body: { error: { code: 'member_class_is_in_use' } } })
  t.equal((await security('DELETE', '/member-classes/NGO')).status, 204)
})

await t.test('servers tell their certificates and clients, and give up what the centre takes', async (t) => {
  t.match(await auditor('GET', '/security-servers?q=ПЕРШЕ'), {
    status: 200,
    body: { items: [{ server_id: { type: 'SERVER', server_code: 'gw1', encoded_id: 'ZZ:GOV:1001:gw1' }, owner_name: 'Міністерство «Перше» & інші', server_address: '127.0.0.1:4403', in_maintenance_mode: true, maintenance_mode_message: 'until noon' }] }
  })
  const certificates = await auditor<{ id: number, hash: string, not_after: string }[]>('GET', '/security-servers/ZZ:GOV:1001:gw1/authentication-certificates')
  t.same(certificates.body.map(({ hash, not_after: notAfter }) => [hash, notAfter]), [[auth.certificate.sha256.toString('hex').toUpperCase(), auth.certificate.notAfter.toISOString()]])
  t.match(await auditor('GET', '/security-servers/ZZ:GOV:1001:gw1/clients'), {
    body: [{ client_id: { encoded_id: 'ZZ:GOV:1001:EDR' }, subsystem_name: 'Реєстр' }, { client_id: { encoded_id: 'ZZ:COM:2002' }, enabled: true }, { client_id: { encoded_id: 'ZZ:COM:2002:SHOP' }, enabled: false }]
  })
  t.match(await auditor('GET', '/members/ZZ:COM:2002/used-servers'), { body: [{ server_id: { server_code: 'gw1' } }] })
  t.match(await auditor('GET', '/members/ZZ:GOV:1001/owned-servers'), { body: [{ server_id: { server_code: 'gw1' } }] })
  t.match(await auditor('GET', '/clients?security_server=ZZ:GOV:1001:gw1&client_type=MEMBER'), { body: { items: [{ client_id: { member_code: '1001' } }, { client_id: { member_code: '2002' } }] } })
  t.equal((await officer('DELETE', '/subsystems/ZZ:COM:2002:SHOP/servers/ZZ:GOV:1001:gw1')).status, 204)
  t.equal((await officer('DELETE', '/members/ZZ:COM:2002/servers/ZZ:GOV:1001:gw1')).status, 204)
  t.equal((await officer('PATCH', '/security-servers/ZZ:GOV:1001:gw1', { server_address: 'gw.example' })).status, 200)
  t.equal((await officer('DELETE', `/security-servers/ZZ:GOV:1001:gw1/authentication-certificates/${certificates.body[0]!.id}`)).status, 204)
  t.match(await officer('DELETE', '/security-servers/ZZ:GOV:1001:gw1'), { status: 200, body: { clients: ['ZZ:GOV:1001:EDR'], authentication_certificates: [] } })
  const { body } = await auditor<Listed>('GET', '/security-servers/ZZ:GOV:1001:gw1/history')
  t.same(body.items.map(({ action }) => action), ['server.delete', 'server.certificate.delete', 'server.edit', 'client.unregister', 'client.unregister'])
})

await t.test('members of a group are found by GET, and by POST as X-Road does', async (t) => {
  t.match(await auditor('GET', '/global-groups/readers/members?q=company'), { status: 200, body: { items: [{ client_id: { encoded_id: 'ZZ:COM:2002' }, name: 'Company' }], paging_metadata: { total_items: 1 } } })
  t.match(await auditor('POST', '/global-groups/readers/members', { types: ['MEMBER'], instance: 'YY', paging_sorting: { limit: 1 } }), { status: 200, body: { items: [{ client_id: { instance_id: 'YY' } }], paging_metadata: { total_items: 2, items: 1, limit: 1 } } })
  t.equal((await officer('DELETE', '/global-groups/readers/members/ZZ:COM:2002')).status, 204)
  t.equal((await officer('PATCH', '/global-groups/readers', { description: 'Читачі' })).status, 200)
  t.match(await officer('DELETE', '/global-groups/readers'), { status: 200, body: { members: ['YY:GOV:9', 'YY:GOV:7'] } })
  t.same((await core.store.all('SELECT code FROM global_group')).length, 1)
})

await core.close()
