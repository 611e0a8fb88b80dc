import t from 'tap'
import type { Role } from '../../src/admin/index.ts'
import { readManagementMessage, type ManagementRequest } from '@trembita/protocol/management'
import { createTestPki } from '@trembita/testnet/pki'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { auth, der, GW1, GW2, onBothStores, openRegistry, OPERATOR, OTHER, seal, STRANGER, type Registry } from './registry-fixture.ts'

const READER: readonly Role[] = ['TREMBITA_AUDITOR']
const OFFICER: readonly Role[] = ['XROAD_REGISTRATION_OFFICER']
const SHOP = { ...OTHER, subsystemCode: 'SHOP' }
const BOX = { ...STRANGER, serverCode: 'box' }

const reg = async (server: typeof GW1, name: string, address?: string): Promise<ManagementRequest> => ({ service: 'authCertReg', server, authCertificate: await der(name), address })
const clientReg: ManagementRequest = { service: 'clientReg', server: GW1, client: SHOP, subsystemName: 'Крамниця' }

interface Item { readonly id: number, readonly type: string, readonly status: string, readonly security_server_id: string }
interface List { readonly items: readonly Item[], readonly paging_metadata: { readonly total_items: number }, readonly counts: Record<string, number> }

async function several (open: () => Promise<Registry>): Promise<Registry> {
  const registry = await open()
  await registry.receive(await reg(BOX, 'box', 'box.example'))
  await registry.receive(clientReg)
  await registry.receive({ service: 'addressChange', server: GW2, address: 'gw2-new.example' })
  await registry.registration.add(OPERATOR, { request: await reg(GW2, 'second'), comments: 'лист № 5' })
  return registry
}

onBothStores('requests are listed, filtered, counted, sorted and searched', async (t, open) => {
  const { ask } = await several(open)
  const list = async (query: string): Promise<List> => (await ask<List>(READER, 'GET', `/management-requests${query}`)).body
  const ids = async (query: string): Promise<number[]> => (await list(query)).items.map(({ id }) => id)
  t.match(await list(''), {
    items: [
      { id: 4, type: 'AUTH_CERT_REGISTRATION_REQUEST', origin: 'CENTER', status: 'WAITING', security_server_id: 'ZZ:COM:2002:gw2', security_server_owner: 'Company', requested_by: 'Олена' },
      { id: 3, type: 'ADDRESS_CHANGE_REQUEST', origin: 'SECURITY_SERVER', status: 'APPROVED' },
      { id: 2, type: 'CLIENT_REGISTRATION_REQUEST', client_id: 'ZZ:COM:2002:SHOP' },
      { id: 1, security_server_id: 'ZZ:COM:7007:box', security_server_owner: undefined }
    ],
    paging_metadata: { total_items: 4, items: 4, limit: 25, offset: 0 },
    counts: { WAITING: 3, APPROVED: 1, DECLINED: 0 }
  })
  t.same(await ids('?status=WAITING'), [4, 2, 1])
  t.same((await list('?status=WAITING')).counts.APPROVED, 1, 'counts are those of the other filters')
  t.same(await ids('?status=WAITING&status=APPROVED&sort=id&desc=false'), [1, 2, 3, 4])
  t.same(await ids('?type=ADDRESS_CHANGE_REQUEST&type=CLIENT_REGISTRATION_REQUEST'), [3, 2])
  t.same(await ids('?origin=CENTER'), [4])
  t.same(await ids('?server=ZZ:COM:2002:gw2'), [4, 3])
  t.same(await ids('?client=ZZ:COM:2002'), [2], 'a member finds its subsystems')
  t.same(await ids('?client=ZZ:COM:2002:OTHER'), [])
  t.same(await ids('?q=КРАМ'), [2], 'Ukrainian in any case')
  t.same(await ids('?q=gw2-new.example'), [3])
  t.same(await ids('?q=олена'), [4])
  t.same(await ids('?sort=security_server_id&desc=false'), [3, 4, 1, 2])
  t.same(await ids('?limit=2&offset=1'), [3, 2])
  t.equal((await ask(READER, 'GET', '/management-requests?server=nobody')).status, 400)
  t.equal((await ask(READER, 'GET', '/management-requests?status=NONE')).status, 400)
})

t.test('TR-4.4: a request shows what was signed, by whom, and that it still verifies', async (t) => {
  const { ask } = await several(() => openRegistry(t))
  const { body } = await ask<Record<string, never>>(READER, 'GET', '/management-requests/1')
  const owner = await seal(STRANGER)
  const box = await auth('box')
  t.match(body, {
    type: 'AUTH_CERT_REGISTRATION_REQUEST',
    status: 'WAITING',
    server_address: 'box.example',
    certificate_details: { hash: box.certificate.sha256.toString('hex').toUpperCase(), subject_common_name: 'box', key_usages: Array },
    original: { received_by: 'registration', sender: '192.0.2.1', content_type: /^multipart\/related/, signed_text: /<xroad:authCertReg>.*box\.example/s },
    signatures: [
      { by: 'auth', algorithm: 'SHA512withECDSA', valid: true, certificate: { serial: box.certificate.serialNumber.toString() } },
      { by: 'owner', algorithm: 'SHA512withECDSA', valid: true, member_id: 'ZZ:COM:7007', certificate: { serial: owner.certificate.serialNumber.toString(), issuer_common_name: String }, ocsp: { status: 'good' } }
    ],
    verification: { valid: true },
    prospect: {
      changes: [
        { action: 'member.add', object: { kind: 'member', id: 'ZZ/COM/7007' } }, { action: 'server.add', after: { address: 'box.example' } }, { action: 'group.members.add' }, { action: 'server.certificate.add' }
      ]
    }
  })
  t.equal((await ask(READER, 'GET', '/management-requests/99')).status, 404)
})

t.test('the original is what the gateway sent, and openssl verifies its signature too', { skip: await skipWithout('openssl') }, async (t) => {
  const { ask, store } = await several(() => openRegistry(t))
  const { raw, headers } = await ask(READER, 'GET', '/management-requests/1/original')
  t.match(headers, { 'content-disposition': 'attachment; filename="management-request-1.mime"', 'x-content-type-options': 'nosniff' })
  const { body } = (await store.get<{ body: Buffer }>('SELECT body FROM management_request_original WHERE request_id = 1'))!
  t.ok(raw.equals(body))
  const message = readManagementMessage(String(headers['content-type']), raw)
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const key = folder.write('key.pem', (await auth('box')).certificate.publicKey.export({ type: 'spki', format: 'pem' }))
  const verified = await openssl('dgst', '-sha512', '-verify', key, '-signature', folder.write('value', message.parts[0]!.bytes), folder.write('soap.xml', message.soap))
  t.ok(verified.ok, verified.text)
  t.equal((await ask(READER, 'GET', '/management-requests/4/original')).status, 404, 'nobody sent the centre\'s own')
})

t.test('bytes that were changed, or a CA that is trusted no more, show in the verdict', async (t) => {
  const { ask, store, changes } = await several(() => openRegistry(t))
  const { body } = (await store.get<{ body: Buffer }>('SELECT body FROM management_request_original WHERE request_id = 1'))!
  const forged = Buffer.from(body.toString('latin1').replace('box.example', 'b0x.example'), 'latin1')
  await store.write((tx) => tx.run('UPDATE management_request_original SET body = ? WHERE request_id = 1', forged))
  t.match((await ask(READER, 'GET', '/management-requests/1')).body, { verification: { valid: false, code: 'InvalidSignatureValue' }, signatures: [{ valid: false }, { valid: false }] })
  await store.write((tx) => tx.run('UPDATE management_request_original SET body = ? WHERE request_id = 1', body))
  await changes.change(OPERATOR, async (tx) => {
    await tx.run('DELETE FROM approved_ca')
    await tx.record({ action: 'certification-service.delete', object: { kind: 'certification-service', id: 'CA' } })
  })
  t.match((await ask(READER, 'GET', '/management-requests/1')).body, { verification: { valid: false, code: 'CertValidation' }, signatures: [{ valid: true, certificate: Object }, { valid: true }] })
})

onBothStores('what an approval would change is told by rehearsing it, and nothing changes', async (t, open) => {
  const registry = await several(open)
  const { ask, store, actions } = registry
  const before = [await registry.picture(), await actions()]
  t.match((await ask(READER, 'GET', '/management-requests/2')).body, {
    prospect: { changes: [{ action: 'subsystem.edit', before: { name: null }, after: { name: 'Крамниця' } }, { action: 'client.register', object: { kind: 'server', id: 'ZZ/GOV/1001/gw1' } }, { action: 'client.register', object: { kind: 'subsystem' } }] }
  })
  await store.write((tx) => tx.run("DELETE FROM security_server WHERE code = 'gw1'"))
  t.match((await ask(READER, 'GET', '/management-requests/2')).body, { prospect: { obstacle: { code: 'management_request_server_not_found' } } })
  t.equal((await ask<Record<string, never>>(READER, 'GET', '/management-requests/3')).body.prospect, undefined, 'decided already')
  t.same(await actions(), before[1])
})

t.test('officers approve, decline with a reason, turn down, and approve many at once', async (t) => {
  const { ask, receive, status } = await several(() => openRegistry(t))
  t.match(await ask(OFFICER, 'POST', '/management-requests/1/approval', { reason: 'папери є' }), { status: 200, body: { status: 'APPROVED', decision: { reason: 'папери є', by: 'XROAD_REGISTRATION_OFFICER' } } })
  t.match(await ask(OFFICER, 'POST', '/management-requests/1/approval'), { status: 409, body: { error: { code: 'management_request_invalid_state_for_approval' } } })
  t.match(await ask(OFFICER, 'POST', '/management-requests/2/decline', {}), { status: 400 }, 'a refusal has a reason')
  t.match(await ask(OFFICER, 'POST', '/management-requests/2/decline', { reason: 'не той сервер' }), { status: 200, body: { status: 'DECLINED', decision: { reason: 'не той сервер' } } })
  t.equal((await ask(OFFICER, 'DELETE', '/management-requests/4')).status, 204)
  t.equal(await status(4), 'REVOKED')
  t.equal((await ask(OFFICER, 'DELETE', '/management-requests/4')).status, 409)

  const first = await receive(clientReg)
  const lost = await receive({ service: 'clientReg', server: { ...GW1, serverCode: 'none' }, client: SHOP })
  const second = await receive({ service: 'clientReg', server: GW2, client: SHOP })
  t.same((await ask(OFFICER, 'POST', '/management-requests/bulk-approval', { ids: [first, lost, second, 4711] })).body, {
    results: [
      { id: first, status: 'APPROVED' },
      { id: lost, error: { code: 'management_request_server_not_found', message: 'security server ZZ/GOV/1001/none is not registered' } },
      { id: second, status: 'APPROVED' },
      { id: 4711, error: { code: 'management_request_not_found', message: 'there is no management request 4711' } }
    ]
  })
  t.equal((await ask(OFFICER, 'POST', '/management-requests/bulk-approval', { ids: [] })).status, 400)
})

t.test('nobody but a registration officer decides; everybody in the core may look', async (t) => {
  const { ask, status } = await several(() => openRegistry(t))
  const others: readonly Role[] = ['XROAD_SECURITY_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'TREMBITA_HOLDER', 'TREMBITA_AUDITOR']
  for (const role of others) {
    for (const [method, path, body] of [
      ['POST', '/management-requests/1/approval', {}], ['POST', '/management-requests/bulk-approval', { ids: [1] }], ['POST', '/management-requests/1/decline', { reason: 'x' }], ['DELETE', '/management-requests/1', undefined],
      ['POST', '/management-requests', { type: 'MAINTENANCE_MODE_ENABLE_REQUEST', security_server_id: 'ZZ:COM:2002:gw2' }]
    ] as const) t.equal((await ask([role], method, path, body)).status, 403, `${role} ${method} ${path}`)
    t.equal((await ask([role], 'GET', '/management-requests/1')).status, 200)
  }
  t.equal(await status(1), 'WAITING')
})

t.test('the centre adds requests of every kind, checked as strictly as a gateway\'s', async (t) => {
  const { ask, picture, store } = await openRegistry(t)
  const add = async (type: string, more: object): Promise<{ status: number, body: { error?: { code: string, validation_errors?: object }, status?: string } }> =>
    await ask(OFFICER, 'POST', '/management-requests', { type: `${type}_REQUEST`, security_server_id: 'ZZ:GOV:1001:gw1', ...more })
  const pem = (await auth('second')).certificate.pem
  t.match(await add('AUTH_CERT_REGISTRATION', { authentication_certificate: pem, server_address: 'gw1b.example', origin: 'CENTER', comments: 'лист' }), {
    status: 201, body: { status: 'WAITING', origin: 'CENTER', comments: 'лист', certificate_details: { subject_common_name: 'second' }, server_address: 'gw1b.example', signatures: undefined }
  })
  t.match(await add('CLIENT_REGISTRATION', { client_id: 'ZZ:COM:2002:NEW', subsystem_name: 'Нова' }), { status: 201, body: { status: 'WAITING', subsystem_name: 'Нова' } })
  t.match(await add('CLIENT_DISABLE', { client_id: 'ZZ:COM:2002' }), { status: 201, body: { status: 'APPROVED' } })
  t.match(await add('CLIENT_ENABLE', { client_id: 'ZZ:COM:2002' }), { status: 201 })
  t.match(await add('CLIENT_RENAME', { client_id: 'ZZ:GOV:1001:MANAGEMENT', subsystem_name: 'Служби' }), { status: 201 })
  t.match(await add('ADDRESS_CHANGE', { server_address: '192.0.2.9' }), { status: 201 })
  t.match(await add('OWNER_CHANGE', { client_id: 'ZZ:COM:2002' }), { status: 201, body: { status: 'WAITING' } })
  t.match(await add('AUTH_CERT_DELETION', { authentication_certificate: (await der('first')).toString('base64') }), { status: 201, body: { status: 'APPROVED' } })
  t.match(await add('MAINTENANCE_MODE_ENABLE', { security_server_id: 'ZZ:COM:2002:gw2', message: 'до ранку' }), { status: 201 })
  t.match(await add('MAINTENANCE_MODE_DISABLE', { security_server_id: 'ZZ:COM:2002:gw2' }), { status: 201 })
  t.match(await add('CLIENT_DELETION', { client_id: 'ZZ:COM:2002' }), { status: 201 })
  t.same((await picture()).servers['GOV/1001/gw1'], ['GOV/1001/MANAGEMENT'])
  t.match(await store.get('SELECT address FROM security_server WHERE code = ?', 'gw1'), { address: '192.0.2.9' })

  const stranger = await (await createTestPki({ organization: 'Elsewhere' })).issueAuth({ owner: { name: 'M', ...OTHER }, serverCode: 'x' })
  const refused = async (status: number, code: string, type: string, more: object): Promise<void> => { t.match(await add(type, more), { status, body: { error: { code } } }, `${type} ${code}`) }
  await refused(400, 'management_request_invalid_auth_certificate', 'AUTH_CERT_REGISTRATION', { authentication_certificate: 'AAAA' })
  await refused(400, 'management_request_invalid_auth_certificate', 'AUTH_CERT_REGISTRATION', { authentication_certificate: (await seal(OTHER)).certificate.pem })
  await refused(400, 'management_request_invalid_auth_certificate', 'AUTH_CERT_REGISTRATION', { authentication_certificate: stranger.certificate.pem })
  await refused(400, 'management_request_invalid_server_address', 'AUTH_CERT_REGISTRATION', { authentication_certificate: pem, server_address: 'http://x' })
  await refused(400, 'validation_failure', 'AUTH_CERT_REGISTRATION', {})
  await refused(400, 'validation_failure', 'ADDRESS_CHANGE', { server_address: 'a.example', client_id: 'ZZ:COM:2002' })
  await refused(400, 'management_request_owner_must_be_member', 'OWNER_CHANGE', { client_id: 'ZZ:COM:2002:SHOP' })
  await refused(400, 'management_request_only_subsystem_rename_allowed', 'CLIENT_RENAME', { client_id: 'ZZ:COM:2002', subsystem_name: 'x' })
  await refused(400, 'invalid_text', 'CLIENT_RENAME', { client_id: 'ZZ:COM:2002:SHOP', subsystem_name: '  ' })
  await refused(400, 'invalid_text', 'CLIENT_RENAME', { client_id: 'ZZ:COM:2002:SHOP', subsystem_name: 'x\uffff' })
  await refused(400, 'invalid_text', 'MAINTENANCE_MODE_ENABLE', { message: 'no XML holds \u0001' })
  await refused(400, 'invalid_encoded_id', 'CLIENT_REGISTRATION', { client_id: 'ZZ:COM' })
  await refused(400, 'invalid_identifier', 'CLIENT_REGISTRATION', { client_id: 'ZZ:COM:2002:a/b' })
  await refused(400, 'invalid_client_identifier', 'CLIENT_REGISTRATION', { client_id: 'YY:COM:2002' })
  await refused(404, 'management_request_member_not_found', 'CLIENT_REGISTRATION', { client_id: 'ZZ:COM:9999' })
  t.equal((await add('CLIENT_REGISTRATION', { origin: 'SECURITY_SERVER', client_id: 'ZZ:COM:2002' })).status, 400, 'nobody plays a gateway')
  t.equal((await add('UNKNOWN', {})).status, 400)
})
