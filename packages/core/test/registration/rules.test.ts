import t from 'tap'
import { memberOf } from '@trembita/protocol/identifiers'
import type { ManagementRequest } from '@trembita/protocol/management'
import { decideSuspension, suspendedTargets } from '../../src/suspension/index.ts'
import { auth, CLASSLESS, der, GW1, GW2, onBothStores, openRegistry, OPERATOR, OTHER, OWNER, PROVIDER, seedOf, STRANGER } from './registry-fixture.ts'

const SHOP = { ...OTHER, subsystemCode: 'SHOP' }
const EDR = { ...OWNER, subsystemCode: 'EDR' }
const NEW_SERVER = { ...STRANGER, serverCode: 'box' }
const START = { servers: { 'COM/2002/gw2': [], 'GOV/1001/gw1': ['COM/2002', 'GOV/1001/MANAGEMENT'] }, owners: ['COM/2002', 'GOV/1001'] }

const reg = async (server: typeof GW1, name: string, address?: string): Promise<ManagementRequest> => ({ service: 'authCertReg', server, authCertificate: await der(name), address })
const clientReg = (client: typeof SHOP | typeof OTHER, server = GW1, subsystemName?: string): ManagementRequest => ({ service: 'clientReg', server, client, subsystemName })

onBothStores('TR-7.7: a new owner\'s gateway waits, and with the approval member, server, certificate and owners\' group appear at once', async (t, open) => {
  const registry = await open()
  const id = await registry.receive(await reg(NEW_SERVER, 'box', 'box.example'))
  t.equal(await registry.status(id), 'WAITING')
  t.same(await registry.picture(), START, 'nothing before anybody decided')
  await registry.registration.approve(OPERATOR, id, 'папери є')
  t.equal(await registry.status(id), 'APPROVED')
  t.same(await registry.picture(), { servers: { 'COM/2002/gw2': [], 'COM/7007/box': [], 'GOV/1001/gw1': START.servers['GOV/1001/gw1'] }, owners: ['COM/2002', 'COM/7007', 'GOV/1001'] })
  t.same(await registry.actions(1), ['management-request.add', 'management-request.approve', 'member.add', 'server.add', 'group.members.add', 'server.certificate.add'])
  t.match(await registry.store.get('SELECT name FROM member WHERE code = ?', '7007'), { name: '7007' }, 'a request tells no name')
})

onBothStores('TR-4.4: rules of the registration of certificates', async (t, open) => {
  const registry = await open()
  const { receive, registration, status } = registry
  await t.rejects(receive(await reg(GW2, 'first')), { code: 'management_request_security_server_exists' }, 'of another server')
  await t.rejects(receive(await reg(GW1, 'first')), { code: 'management_request_security_server_exists' }, 'registered already')

  const waiting = await receive(await reg(GW2, 'second'))
  await t.rejects(receive(await reg(GW1, 'second')), { code: 'management_request_exists' }, 'pending for another server')
  await t.rejects(receive(await reg(GW2, 'second', 'elsewhere.example')), { code: 'management_request_exists' }, 'pending, with another address')
  await registration.turnDown(OPERATOR, waiting, 'не та адреса')
  t.equal(await status(waiting), 'DECLINED')

  const again = await receive(await reg(GW2, 'second', 'gw2-new.example'))
  t.not(again, waiting, 'after a refusal it may be asked anew')
  await registration.approve(OPERATOR, again)
  t.match(await registry.store.get('SELECT address FROM security_server WHERE code = ?', 'gw2'), { address: 'gw2-new.example' }, 'the address of a known server is updated')
  await t.rejects(registration.approve(OPERATOR, again), { code: 'management_request_invalid_state_for_approval' })
  await t.rejects(registration.turnDown(OPERATOR, again), { code: 'management_request_invalid_state' })
  await t.rejects(registration.approve(OPERATOR, 4711), { code: 'management_request_not_found', kind: 'notFound' })

  const classless = await receive(await reg({ ...CLASSLESS, serverCode: 'x' }, 'classless'))
  await t.rejects(registration.approve(OPERATOR, classless), { code: 'member_class_not_found' })
  t.equal(await status(classless), 'WAITING', 'a failed approval leaves it as it was')
  await t.rejects(registration.add(OPERATOR, { request: await reg(GW1, 'third', 'http://no') }), { code: 'management_request_invalid_server_address' })
  await t.rejects(registration.add(OPERATOR, { request: await reg({ ...GW1, instance: 'YY' }, 'third') }), { code: 'invalid_client_identifier' })
})

onBothStores('requests of both sides that complete each other are decided together', async (t, open) => {
  const { receive, registration, status, picture } = await open()
  const centre = await registration.add(OPERATOR, { request: await reg(NEW_SERVER, 'box'), comments: 'за листом' })
  const gateway = await receive(await reg(NEW_SERVER, 'box', 'box.example'))
  t.same([await status(centre), await status(gateway)], ['SUBMITTED_FOR_APPROVAL', 'SUBMITTED_FOR_APPROVAL'], 'its owner is no member: somebody must look')
  await t.rejects(registration.add(OPERATOR, { request: await reg(NEW_SERVER, 'box') }), { code: 'management_request_exists' })
  await registration.approve(OPERATOR, centre)
  t.same([await status(centre), await status(gateway)], ['APPROVED', 'APPROVED'])
  t.match(await picture(), { servers: { 'COM/7007/box': [] }, owners: ['COM/2002', 'COM/7007', 'GOV/1001'] })

  const wanted = await registration.add(OPERATOR, { request: clientReg(SHOP) })
  const asked = await receive(clientReg(SHOP, GW1, 'Крамниця'))
  t.same([await status(wanted), await status(asked)], ['APPROVED', 'APPROVED'], 'the gateway confirms what the centre wanted, and all is known')
  t.match((await picture()).servers, { 'GOV/1001/gw1': ['COM/2002', 'COM/2002/SHOP', 'GOV/1001/MANAGEMENT'] })

  const first = await receive(clientReg(SHOP, GW2))
  const second = await registration.add(OPERATOR, { request: clientReg(SHOP, GW2) })
  t.same([await status(first), await status(second)], ['SUBMITTED_FOR_APPROVAL', 'SUBMITTED_FOR_APPROVAL'], 'the centre\'s word after the gateway\'s is no approval')
  await registration.turnDown(OPERATOR, second, 'помилка')
  t.same([await status(first), await status(second)], ['DECLINED', 'DECLINED'], 'a gateway is part of it')

  const own = await registration.add(OPERATOR, { request: clientReg(EDR) })
  await registration.turnDown(OPERATOR, own)
  t.equal(await status(own), 'REVOKED', 'what only the centre asked is taken back')
})

onBothStores('TR-2.15: a subject that owns no gateway is registered as client of a participant\'s', async (t, open) => {
  const { receive, registration, status, picture, store } = await open()
  const hosted = { ...STRANGER, subsystemCode: 'portal' }
  const id = await receive(clientReg(hosted, GW1, 'Портал'))
  t.equal(await status(id), 'WAITING')
  await registration.approve(OPERATOR, id)
  t.match((await picture()).servers, { 'GOV/1001/gw1': ['COM/2002', 'COM/7007/portal', 'GOV/1001/MANAGEMENT'] })
  t.match(await store.get('SELECT name FROM subsystem WHERE code = ?', 'portal'), { name: 'Портал' })
  t.same((await picture()).owners, START.owners, 'a client owns nothing')
})

onBothStores('rules of the registration of clients', async (t, open) => {
  const { receive, registration, status, store } = await open()
  await t.rejects(receive(clientReg(OWNER, GW1)), { code: 'management_request_cannot_register_owner' })
  await t.rejects(receive(clientReg(OTHER, GW1)), { code: 'management_request_client_already_registered' })
  const id = await receive(clientReg(SHOP, GW1, 'Нова назва'))
  await t.rejects(receive(clientReg(SHOP, GW1, 'Інша назва')), { code: 'management_request_exists' })
  await t.rejects(registration.add(OPERATOR, { request: clientReg(SHOP, { ...GW1, serverCode: 'none' }) }), { code: 'management_request_server_not_found' })
  await t.rejects(registration.add(OPERATOR, { request: clientReg(STRANGER) }), { code: 'management_request_member_not_found' })
  await registration.approve(OPERATOR, id)
  t.match(await store.get('SELECT name FROM subsystem WHERE code = ?', 'SHOP'), { name: 'Нова назва' }, 'a name is taken where there was none')
  const named = await receive(clientReg(EDR, GW1, 'Не буде'))
  await registration.approve(OPERATOR, named)
  t.match(await store.get('SELECT name FROM subsystem WHERE code = ?', 'EDR'), { name: 'Реєстр' }, 'and kept where there is one')

  const lost = await receive(clientReg(SHOP, { ...OTHER, serverCode: 'none' }))
  t.equal(await status(lost), 'WAITING')
  await t.rejects(registration.approve(OPERATOR, lost), { code: 'management_request_server_not_found' })
  const classless = await receive(clientReg({ ...CLASSLESS, subsystemCode: 's' }))
  await t.rejects(registration.approve(OPERATOR, classless), { code: 'member_class_not_found' })
})

onBothStores('the switches approve what names nothing unknown, and only what gateways ask', async (t, open) => {
  const registry = await open()
  const { receive, registration, status } = registry
  await registry.set({ autoApproveAuthCertRegRequests: true, autoApproveClientRegRequests: true, autoApproveOwnerChangeRequests: true })
  t.equal(await status(await receive(await reg(GW2, 'second'))), 'APPROVED')
  t.equal(await status(await receive(await reg(NEW_SERVER, 'box'))), 'WAITING', 'the owner is no member')
  t.equal(await status(await receive(clientReg(SHOP, GW1))), 'APPROVED')
  t.equal(await status(await receive(clientReg(STRANGER, GW1))), 'WAITING', 'the member is not known')
  t.equal(await status(await registration.add(OPERATOR, { request: clientReg(EDR, GW1) })), 'WAITING', 'the centre\'s own')
  t.equal(await status(await receive({ service: 'ownerChange', server: GW1, client: OTHER })), 'APPROVED')
  t.equal(await status(await registration.add(OPERATOR, { request: clientReg(EDR, GW2), approve: true })), 'APPROVED', 'unless it is told so')
})

onBothStores('TR-6.2: where the instance asks for papers, nothing is registered for a member that has not acceded', async (t, open) => {
  const registry = await open()
  const { receive, registration, status } = registry
  await registry.set({ accessionRequired: true, autoApproveClientRegRequests: true, autoApproveAuthCertRegRequests: true })
  const id = await receive(clientReg(SHOP, GW1))
  t.equal(await status(id), 'WAITING', 'no switch helps')
  await t.rejects(registration.approve(OPERATOR, id), { code: 'accession_missing' })
  await t.rejects(registration.approve(OPERATOR, await receive(await reg(NEW_SERVER, 'box'))), { code: 'member_not_found' })
  const paper = await registry.ask(['XROAD_REGISTRATION_OFFICER'], 'PATCH', '/members/ZZ:COM:2002', { accession: { kind: 'accession', number: '17', signed_on: '2026-01-01' } })
  t.equal(paper.status, 200)
  await registration.approve(OPERATOR, id)
  t.equal(await status(id), 'APPROVED')
})

onBothStores('a server passes to one of its clients: identifier, clients and owners\' group change with it', async (t, open) => {
  const registry = await open()
  const { receive, registration, status, picture } = registry
  const change = (client: typeof OTHER, server = GW1): ManagementRequest => ({ service: 'ownerChange', server, client })
  await t.rejects(receive(change(OWNER)), { code: 'management_request_client_already_owner' })
  await t.rejects(receive(change(STRANGER)), { code: 'management_request_owner_must_be_client' })
  await t.rejects(receive(change(OTHER, { ...GW1, serverCode: 'none' })), { code: 'management_request_server_not_found' })

  const pending = await receive(clientReg(SHOP, GW1))
  const id = await receive(change(OTHER))
  t.equal(await status(id), 'WAITING')
  await t.rejects(registration.add(OPERATOR, { request: change(OTHER) }), { code: 'management_request_exists' })
  await registration.approve(OPERATOR, id)
  t.same(await picture(), { servers: { 'COM/2002/gw1': ['GOV/1001', 'GOV/1001/MANAGEMENT'], 'COM/2002/gw2': [] }, owners: ['COM/2002'] })
  t.equal(await status(pending), 'DECLINED', 'what the server asked under its old name can be carried out no more')

  await registration.approve(OPERATOR, await receive(clientReg(OWNER, GW2)))
  await registration.approve(OPERATOR, await receive(change(OWNER, GW2)))
  t.same((await picture()).owners, ['COM/2002', 'GOV/1001'])
})

onBothStores('TR-15: a suspended gateway does not get away under another identifier', async (t, open) => {
  const { changes, store, receive, registration } = await open()
  await registration.approve(OPERATOR, await receive(clientReg(OWNER, GW2)))
  const waiting = await receive({ service: 'ownerChange', server: GW2, client: OWNER })
  await decideSuspension(changes, { ...OPERATOR, roles: ['TREMBITA_HOLDER'] }, { target: { kind: 'server', id: GW2 }, ground: 'protection', act: { number: '15-р', date: '2020-02-01' } })
  await registration.approve(OPERATOR, waiting)
  t.same(await suspendedTargets(store), [{ kind: 'server', id: { ...OWNER, serverCode: 'gw2' } }])
})

onBothStores('a code that the new owner uses already stands in the way of a change', async (t, open) => {
  const { receive } = await open({
    ...seedOf(),
    servers: [...seedOf().servers, { id: { ...OTHER, serverCode: 'gw1' }, authCertificates: [], clients: [] }]
  })
  await t.rejects(receive({ service: 'ownerChange', server: GW1, client: OTHER }), { code: 'management_request_server_code_exists' })
})

onBothStores('deletions: of a client, of a waiting registration, of a declined one, of nothing', async (t, open) => {
  const { receive, registration, status, picture } = await open()
  const deletion = (client: typeof SHOP | typeof OTHER): ManagementRequest => ({ service: 'clientDeletion', server: GW1, client })
  t.equal(await status(await receive(deletion(OTHER))), 'APPROVED')
  t.same((await picture()).servers['GOV/1001/gw1'], ['GOV/1001/MANAGEMENT'])

  const waiting = await receive(clientReg(SHOP, GW1))
  await receive(deletion(SHOP))
  t.equal(await status(waiting), 'REVOKED')

  const declined = await receive(clientReg(EDR, GW1))
  await registration.turnDown(OPERATOR, declined, 'ні')
  await receive(deletion(EDR))
  t.equal(await status(declined), 'DECLINED')
  await t.rejects(receive(deletion(STRANGER)), { code: 'management_request_client_registration_not_found' })
  await t.rejects(receive(deletion(OWNER)), { code: 'management_request_client_registration_not_found' }, 'the owner is a client without a row')
})

onBothStores('deletions: a certificate, which may leave a server without any, and a waiting one', async (t, open) => {
  const { receive, status, store } = await open()
  const deletion = async (name: string, server = GW1): Promise<ManagementRequest> => ({ service: 'authCertDeletion', server, authCertificate: await der(name) })
  await t.rejects(receive(await deletion('first', GW2)), { code: 'ss_auth_certificate_not_found' }, 'of another server')
  await receive(await deletion('first'))
  t.same(await store.get('SELECT count(*) AS count FROM auth_certificate'), { count: 0 })
  t.match(await store.get('SELECT code FROM security_server WHERE code = ?', 'gw1'), { code: 'gw1' })

  const waiting = await receive(await reg(GW2, 'second'))
  await t.rejects(receive(await deletion('second', GW1)), { code: 'ss_auth_certificate_not_found' }, 'waiting for another server')
  await receive(await deletion('second', GW2))
  t.equal(await status(waiting), 'REVOKED')
  await t.rejects(receive(await deletion('never')), { code: 'ss_auth_certificate_not_found' })
})

onBothStores('what gateways say of themselves takes effect at once: address, clients, names, maintenance', async (t, open) => {
  const { receive, status, store, picture } = await open()
  t.equal(await status(await receive({ service: 'addressChange', server: GW1, address: '192.0.2.7' })), 'APPROVED')
  t.match(await store.get('SELECT address FROM security_server WHERE code = ?', 'gw1'), { address: '192.0.2.7' })
  await t.rejects(receive({ service: 'addressChange', server: { ...GW1, serverCode: 'none' }, address: '192.0.2.7' }), { code: 'management_request_server_not_found' })

  await receive({ service: 'clientDisable', server: GW1, client: OTHER })
  t.same((await picture()).servers['GOV/1001/gw1'], ['COM/2002*', 'GOV/1001/MANAGEMENT'])
  await receive({ service: 'clientEnable', server: GW1, client: OTHER })
  t.same((await picture()).servers['GOV/1001/gw1'], ['COM/2002', 'GOV/1001/MANAGEMENT'])
  await t.rejects(receive({ service: 'clientDisable', server: GW1, client: PROVIDER }), { code: 'management_service_provider_cannot_be_disabled' })
  for (const service of ['clientDisable', 'clientEnable'] as const) {
    await t.rejects(receive({ service, server: GW1, client: SHOP }), { code: 'management_request_server_client_not_found' }, service)
  }

  await receive({ service: 'clientRename', server: GW1, client: PROVIDER, subsystemName: 'Служби керування' })
  t.match(await store.get('SELECT name FROM subsystem WHERE code = ?', 'MANAGEMENT'), { name: 'Служби керування' })
  await t.rejects(receive({ service: 'clientRename', server: GW1, client: SHOP, subsystemName: 'x' }), { code: 'management_request_server_client_not_found' }, 'not on this server')

  await receive({ service: 'maintenanceModeEnable', server: GW2, message: 'до 18:00' })
  t.match(await store.get('SELECT in_maintenance, maintenance_message FROM security_server WHERE code = ?', 'gw2'), { in_maintenance: 1, maintenance_message: 'до 18:00' })
  await t.rejects(receive({ service: 'maintenanceModeEnable', server: GW2, message: 'до 19:00' }), { code: 'maintenance_mode_already_enabled' })
  await t.rejects(receive({ service: 'maintenanceModeEnable', server: GW1 }), { code: 'management_service_provider_in_maintenance' })
  await receive({ service: 'maintenanceModeDisable', server: GW2 })
  t.match(await store.get('SELECT in_maintenance, maintenance_message FROM security_server WHERE code = ?', 'gw2'), { in_maintenance: 0, maintenance_message: null })
  await t.rejects(receive({ service: 'maintenanceModeDisable', server: GW1 }), { code: 'maintenance_mode_already_disabled' })
})

onBothStores('a request sent again is answered with the first one\'s number, and carried out once', async (t, open) => {
  const registry = await open()
  const { receive, registration, status, clock, store } = registry
  const count = async (): Promise<number> => (await store.get<{ count: number }>('SELECT count(*) AS count FROM management_request'))!.count

  const message = await registry.verified(clientReg(SHOP, GW1))
  const id = await registration.handle(message)
  t.equal(await registration.handle(message), id, 'the very bytes')
  t.equal(await receive(clientReg(SHOP, GW1)), id, 'the same request in a new message')
  await registration.approve(OPERATOR, id)
  t.equal(await receive(clientReg(SHOP, GW1)), id, 'approved meanwhile')

  const disable = await registry.verified({ service: 'clientDisable', server: GW1, client: OTHER })
  const disabled = await registration.handle(disable)
  t.equal(await receive({ service: 'clientDisable', server: GW1, client: OTHER }), disabled)
  await receive({ service: 'clientEnable', server: GW1, client: OTHER })
  t.equal(await registration.handle(disable), disabled, 'old bytes, replayed')
  t.same((await registry.picture()).servers['GOV/1001/gw1'], ['COM/2002', 'COM/2002/SHOP', 'GOV/1001/MANAGEMENT'], 'have no effect any more')
  t.not(await receive({ service: 'clientDisable', server: GW1, client: OTHER }), disabled, 'a new wish is a new request')

  const deleted = await receive({ service: 'clientDeletion', server: GW1, client: SHOP })
  t.equal(await receive({ service: 'clientDeletion', server: GW1, client: SHOP }), deleted)
  const changed = await receive(await reg(GW1, 'third'))
  await registration.approve(OPERATOR, changed)
  t.equal(await receive(await reg(GW1, 'third')), changed)
  t.equal(await count(), 6)

  clock.advance(11 * 60)
  await t.rejects(receive(await reg(GW1, 'third')), { code: 'management_request_security_server_exists' }, 'much later it is a mistake, and told as one')
  const owner = await receive({ service: 'ownerChange', server: GW1, client: OTHER })
  await registration.approve(OPERATOR, owner)
  t.equal(await receive({ service: 'ownerChange', server: GW1, client: OTHER }), owner, 'though the server has another name by now')
  t.equal(await status(owner), 'APPROVED')
})

onBothStores('a dry run says what would be refused, and changes nothing', async (t, open) => {
  const registry = await open()
  const before = await registry.actions()
  t.equal(await registry.receive({ ...await reg(GW2, 'second') as Extract<ManagementRequest, { service: 'authCertReg' }>, dryRun: true }), 0)
  await t.rejects(registry.receive({ ...await reg(GW2, 'first') as Extract<ManagementRequest, { service: 'authCertReg' }>, dryRun: true }), { code: 'management_request_security_server_exists' })
  t.same(await registry.actions(), before)
  t.same(await registry.store.get('SELECT count(*) AS count FROM management_request'), { count: 0 })
})

onBothStores('approvals that come side by side are carried out once', async (t, open) => {
  const { receive, registration, picture } = await open()
  const id = await receive(await reg(NEW_SERVER, 'box'))
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => registration.approve(OPERATOR, id)))
  t.same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected', 'rejected'])
  t.same((await picture()).servers['COM/7007/box'], [])
  const sent = await Promise.all([1, 2, 3].map(() => receive(clientReg(SHOP, GW1))))
  t.equal(new Set(sent).size, 1, 'and so are requests')
})

t.test('each origin is told who asked, from where', async (t) => {
  const registry = await openRegistry(t)
  await registry.receive(clientReg(SHOP, GW1))
  t.match(await registry.store.get("SELECT actor_kind, actor_id, origin FROM audit_event WHERE action = 'management-request.add'"), { actor_kind: 'server', actor_id: 'ZZ/GOV/1001/gw1', origin: '192.0.2.1' })
  t.ok(memberOf(GW1) && await auth('first'))
})
