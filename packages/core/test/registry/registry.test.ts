import t from 'tap'
import { SYSTEM } from '../../src/audit/index.ts'
import {
  accessionProblem, addGroup, addGroupMembers, addMember, addMemberClass, addOwner, addSubsystem, changeServerAddress, checkAccession, deleteAuthCertificate, deleteGroup, deleteMember, deleteMemberClass, deleteServer, deleteSubsystem,
  describeGroup, describeMemberClass, editMember, groupsOf, listClients, listGroupMembers, listGroups, listMembers, listServers, listSubsystems, memberDetails, memberEntries, putMember, refreshNameIndex, removeGroupMember, renameSubsystem,
  serverEntries, Suspended, unregisterClient, writeParameters, type MemberListRequest
} from '../../src/registry/index.ts'
import { applySeed } from '../../src/seed/index.ts'
import { auth, member, other, seedOf } from '../seeding.ts'
import { onBothStores, stopPostgres, type EmptyRegistry } from './both-stores.ts'

t.setTimeout(110_000)

const NOBODY = new Suspended([])
const PAGE = { limit: 50, offset: 0 }
const refusal = (code: string) => ({ name: 'Refusal', code })

async function seeded ({ changes }: EmptyRegistry): Promise<void> {
  await applySeed(changes, seedOf())
}
const dump = async ({ store }: EmptyRegistry): Promise<unknown> => [await memberEntries(store, 'ZZ'), await serverEntries(store, 'ZZ'), await listGroups(store), await store.get('SELECT count(*) AS n FROM audit_event')]

await t.test('TR-2.17: a member is added with its kind, contacts and papers, edited, and each change is recorded with before and after', (t) => onBothStores(t, async (t, registry) => {
  const { store, changes } = registry
  await t.rejects(addMember(changes, SYSTEM, { memberClass: 'GOV', memberCode: '1', name: 'N' }), refusal('not_initialised'))
  await seeded(registry)
  const contacts = [{ purpose: 'technical', name: 'Ольга Ґудзь', email: 'it@example.gov.ua', phone: '+380 44 000 00 00' }] as const
  const id = await addMember(changes, SYSTEM, {
    memberClass: 'GOV', memberCode: '90000134', name: '  Громада ', kind: 'localGovernment', contacts, accession: { kind: 'accession', number: '7/п', signedOn: '2026-01-15' }
  })
  t.match(await memberDetails(store, id, NOBODY), {
    id: { memberCode: '90000134' }, name: 'Громада', kind: 'localGovernment', roles: [], contacts, accession: { kind: 'accession', number: '7/п', signedOn: '2026-01-15', endsOn: undefined }, warnings: ['edrpou_check_digit']
  }, 'a wrong check digit is told and taken')
  await editMember(changes, SYSTEM, id, { name: 'Громада міста', kind: null, contacts: [], roles: ['holder'] })
  t.match(await memberDetails(store, id, NOBODY), { name: 'Громада міста', kind: undefined, roles: ['holder'], contacts: [], accession: { number: '7/п' } }, 'what is not given stays')
  await editMember(changes, SYSTEM, id, { accession: null })
  t.equal((await memberDetails(store, id, NOBODY)).accession, undefined)
  const events = await store.all<{ state_before: string | null, state_after: string | null }>("SELECT state_before, state_after FROM audit_event WHERE object_id = 'ZZ/GOV/90000134' ORDER BY id")
  t.same(events.map(({ state_before: before }) => before === null ? undefined : (JSON.parse(before) as { name: string }).name), [undefined, 'Громада', 'Громада міста'])
  t.match(JSON.parse(events[0]!.state_after!), { contacts: [{ named: true, email: 'it@example.gov.ua' }] })
  t.notOk(events.some((event) => JSON.stringify(event).includes('Ґудзь')), 'no person\'s name goes where nothing can be taken out of')
}))

await t.test('what cannot be a member is refused, and nothing changes', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { changes } = registry
  const before = await dump(registry)
  const one = { memberClass: 'GOV', memberCode: '5', name: 'Five' }
  for (const [change, code] of [
    [{ memberCode: '1001' }, 'member_exists'], [{ memberClass: 'NONE' }, 'member_class_not_found'], [{ memberCode: 'a/b' }, 'invalid_identifier'], [{ memberCode: '' }, 'invalid_identifier'], [{ name: ' ' }, 'invalid_text'],
    [{ name: 'x'.repeat(256) }, 'invalid_text'], [{ name: 'a\u0007b' }, 'invalid_text'], [{ contacts: [{ purpose: 'general' }] }, 'invalid_contact'], [{ contacts: [{ purpose: 'general', email: 'nobody' }] }, 'invalid_contact'],
    [{ contacts: [{ purpose: 'general', phone: 'call me' }] }, 'invalid_contact'], [{ accession: { kind: 'contract', number: '1', signedOn: '2026-02-30' } }, 'invalid_accession'],
    [{ accession: { kind: 'contract', number: '1', signedOn: '2026-02-03', endsOn: '2026-02-02' } }, 'invalid_accession'], [{ accession: { kind: 'contract', number: ' ', signedOn: '2026-02-03' } }, 'invalid_text']
  ] as const) await t.rejects(addMember(changes, SYSTEM, { ...one, ...change }), refusal(code), JSON.stringify(change))
  await t.rejects(editMember(changes, SYSTEM, { ...member, memberCode: '9' }, { name: 'X' }), refusal('member_not_found'))
  await t.rejects(editMember(changes, SYSTEM, { ...member, instance: 'YY' }, { name: 'X' }), refusal('member_not_found'), 'of another instance')
  await t.rejects(addSubsystem(changes, SYSTEM, { memberClass: 'GOV', memberCode: '1001', subsystemCode: 'EDR' }), refusal('subsystem_exists'))
  await t.rejects(addSubsystem(changes, SYSTEM, { memberClass: 'GOV', memberCode: '9', subsystemCode: 'EDR' }), refusal('member_not_found'))
  t.same(await dump(registry), before)
  await changes.change(SYSTEM, async (tx) => {
    await writeParameters(tx, { strictIdentifiers: true })
    await tx.record({ action: 'parameters.edit', object: { kind: 'instance', id: 'ZZ' } })
  })
  await t.rejects(addMember(changes, SYSTEM, { ...one, memberCode: '2_MJU' }), refusal('invalid_identifier'), 'strict identifiers have no underscore')
  await t.rejects(addSubsystem(changes, SYSTEM, { memberClass: 'GOV', memberCode: '1001', subsystemCode: 'реєстр' }), refusal('invalid_identifier'))
}))

await t.test('TR-5bis: holder and administrator are given, participant and subject of interaction follow from what is registered', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes } = registry
  await editMember(changes, SYSTEM, member, { roles: ['administrator', 'holder'] })
  t.same((await memberDetails(store, member, NOBODY)).roles, ['holder', 'administrator', 'participant', 'subject'])
  t.same((await memberDetails(store, other, NOBODY)).roles, ['subject'], 'TR-2.15: on the gateway of a participant')
  await t.rejects(editMember(changes, SYSTEM, other, { roles: ['holder'] }), refusal('holder_exists'))
  const found = async (role: MemberListRequest['role']): Promise<string[]> => (await listMembers(store, { ...PAGE, role }, NOBODY)).items.map(({ id }) => id.memberCode)
  t.same([await found('holder'), await found('participant'), await found('subject')], [['1001'], ['1001'], ['1001', '2002']])
}))

await t.test('TR-6.2, TR-14b: authorities accede and enterprises take part by contract, where the instance asks for papers', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes, clock } = registry
  const problem = async (): Promise<string | undefined> => await accessionProblem(store, other, clock.now())
  t.equal(await problem(), 'accession_missing')
  await checkAccession(store, other, clock.now())
  await changes.change(SYSTEM, async (tx) => {
    await writeParameters(tx, { accessionRequired: true })
    await tx.record({ action: 'parameters.edit', object: { kind: 'instance', id: 'ZZ' } })
  })
  await t.rejects(checkAccession(store, other, clock.now()), refusal('accession_missing'))
  await editMember(changes, SYSTEM, other, { kind: 'enterprise' })
  t.equal(await problem(), 'contract_missing')
  await editMember(changes, SYSTEM, other, { accession: { kind: 'accession', number: '1', signedOn: '2026-01-01' } })
  t.equal(await problem(), 'contract_missing', 'accession is for authorities')
  await editMember(changes, SYSTEM, other, { accession: { kind: 'contract', number: '1', signedOn: '2026-01-01', endsOn: '2026-02-05' } })
  t.equal(await problem(), 'accession_over')
  await editMember(changes, SYSTEM, other, { accession: { kind: 'contract', number: '1', signedOn: '2026-01-01', endsOn: '2026-02-06' } })
  await checkAccession(store, other, clock.now())
  await t.rejects(checkAccession(store, { ...other, memberCode: '9' }, clock.now()), refusal('member_not_found'))
}))

await t.test('deleting a member takes along what depends on it, and tells what', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes, actions } = registry
  await t.rejects(deleteMember(changes, SYSTEM, member), refusal('management_service_provider_cannot_be_deleted'))
  await changes.change(SYSTEM, async (tx) => {
    await writeParameters(tx, { managementProvider: ['COM', '2002', 'SHOP'] })
    await tx.record({ action: 'parameters.edit', object: { kind: 'instance', id: 'ZZ' } })
  })
  await t.rejects(deleteMember(changes, SYSTEM, other), refusal('management_service_provider_cannot_be_deleted'), 'nor who owns its subsystem')
  await addGroupMembers(changes, SYSTEM, 'readers', [{ ...member, subsystemCode: 'EDR' }])
  const from = (await actions()).length
  t.same(await deleteMember(changes, SYSTEM, member), {
    subsystems: [{ ...member, subsystemCode: 'EDR' }, { ...member, subsystemCode: 'MANAGEMENT' }],
    servers: [{ ...member, serverCode: 'gw1' }],
    hosted: [other, { ...other, subsystemCode: 'SHOP' }],
    usedServers: [],
    groups: ['readers', 'security-server-owners']
  })
  t.same((await actions()).slice(from), [
    'server.delete ZZ/GOV/1001/gw1', 'group.members.remove security-server-owners', 'group.members.remove readers', 'subsystem.delete ZZ/GOV/1001/EDR', 'subsystem.delete ZZ/GOV/1001/MANAGEMENT', 'member.delete ZZ/GOV/1001'
  ])
  t.same([await serverEntries(store, 'ZZ'), (await memberEntries(store, 'ZZ')).map(({ name }) => name), await store.get('SELECT count(*) AS n FROM auth_certificate')], [[], ['Company'], { n: 0 }])
}))

await t.test('a subsystem goes when no gateway serves it', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes } = registry
  const shop = { ...other, subsystemCode: 'SHOP' }
  await t.rejects(deleteSubsystem(changes, SYSTEM, shop), refusal('subsystem_registered_and_cannot_be_deleted'))
  await t.rejects(deleteSubsystem(changes, SYSTEM, { ...member, subsystemCode: 'MANAGEMENT' }), refusal('management_service_provider_cannot_be_deleted'))
  await addGroupMembers(changes, SYSTEM, 'readers', [shop])
  const server = { ...member, serverCode: 'gw1' }
  await t.rejects(unregisterClient(changes, SYSTEM, { ...member, subsystemCode: 'MANAGEMENT' }, server), refusal('subsystem_not_registered_to_security_server'))
  await t.rejects(unregisterClient(changes, SYSTEM, member, server), refusal('member_not_registered_to_security_server'), 'an owner is no registered client')
  await unregisterClient(changes, SYSTEM, shop, server)
  await unregisterClient(changes, SYSTEM, other, server)
  t.same((await serverEntries(store, 'ZZ'))[0]!.clients.length, 1)
  t.same(await deleteSubsystem(changes, SYSTEM, shop), { groups: ['readers'] })
  t.same(await groupsOf(store, other), [{ code: 'readers', subsystem: undefined, addedAt: '2026-02-06T13:41:26.000Z' }])
  await t.rejects(deleteSubsystem(changes, SYSTEM, shop), refusal('subsystem_not_found'))
}))

await t.test('servers: their address changes, certificates and servers go, and the last one takes its owner out of the owners\' group', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes } = registry
  const server = { ...member, serverCode: 'gw1' }
  for (const bad of ['', 'http://x', 'a b', 'x:0', 'x:65535', '-x.example', '[::1', 'a..b']) await t.rejects(changeServerAddress(changes, SYSTEM, server, bad), refusal('invalid_server_address'), bad)
  for (const good of ['gw.example', 'шлюз.укр', '192.0.2.1:5500', '[2001:db8::1]:5500', '2001:db8::1']) await changeServerAddress(changes, SYSTEM, server, good)
  t.equal((await listServers(store, { ...PAGE, q: '2001:DB8' }, NOBODY)).total, 1, 'and is found by the new one')
  const { id } = (await store.get<{ id: number }>('SELECT id FROM auth_certificate'))!
  await t.rejects(deleteAuthCertificate(changes, SYSTEM, server, id + 1), refusal('ss_auth_certificate_not_found'))
  const owners = async (): Promise<number> => (await listGroupMembers(store, 'security-server-owners', PAGE)).total
  t.equal(await owners(), 1)
  t.same(await deleteServer(changes, SYSTEM, server), { clients: [other, { ...other, subsystemCode: 'SHOP' }, { ...member, subsystemCode: 'EDR' }], certificates: [auth.certificate.sha256.toString('hex')] })
  t.equal(await owners(), 0)
  await changes.change(SYSTEM, async (tx) => { await addOwner(tx, member) })
  t.equal(await owners(), 1)
  await t.rejects(deleteServer(changes, SYSTEM, server), refusal('security_server_not_found'))
}))

await t.test('global groups take members of any instance; that of the owners is nobody\'s to change', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes } = registry
  await addGroup(changes, SYSTEM, { code: 'writers', description: 'May write' })
  await t.rejects(addGroup(changes, SYSTEM, { code: 'writers', description: 'Again' }), refusal('global_group_exists'))
  await describeGroup(changes, SYSTEM, 'writers', 'Пишуть')
  const abroad = { instance: 'YY', memberClass: 'GOV', memberCode: '70', subsystemCode: 'X' }
  const shop = { ...other, subsystemCode: 'SHOP' }
  t.same(await addGroupMembers(changes, SYSTEM, 'writers', [abroad, other, shop]), [abroad, other, shop])
  t.same(await addGroupMembers(changes, SYSTEM, 'writers', [other]), [], 'who is in it already is not added again')
  await t.rejects(addGroupMembers(changes, SYSTEM, 'writers', [{ ...other, subsystemCode: 'NONE' }]), refusal('subsystem_not_found'))
  const find = async (more: object): Promise<number> => (await listGroupMembers(store, 'writers', { ...PAGE, ...more })).total
  t.same([await find({}), await find({ q: 'company' }), await find({ q: 'yy' }), await find({ types: ['MEMBER'] }), await find({ instance: 'ZZ' }), await find({ codes: ['70'] }), await find({ subsystems: ['SHOP'] })], [3, 2, 1, 1, 2, 1, 1])
  await removeGroupMember(changes, SYSTEM, 'writers', shop)
  await t.rejects(removeGroupMember(changes, SYSTEM, 'writers', shop), refusal('global_group_member_not_found'))
  t.match(await listGroups(store), [{ code: 'readers', memberCount: 2, builtIn: false }, { code: 'security-server-owners', builtIn: true }, { code: 'writers', description: 'Пишуть', memberCount: 2 }])
  await t.rejects(addGroupMembers(changes, SYSTEM, 'security-server-owners', [other]), refusal('cannot_add_member_to_owners_group'))
  await t.rejects(removeGroupMember(changes, SYSTEM, 'security-server-owners', member), refusal('owners_global_group_member_cannot_be_deleted'))
  await t.rejects(deleteGroup(changes, SYSTEM, 'security-server-owners'), refusal('owners_global_group_cannot_be_deleted'))
  t.same(await deleteGroup(changes, SYSTEM, 'writers'), [abroad, other])
  await t.rejects(deleteGroup(changes, SYSTEM, 'writers'), refusal('global_group_not_found'))
}))

await t.test('a member class goes when it has no members', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { changes } = registry
  await addMemberClass(changes, SYSTEM, { code: 'NGO', description: 'Громадські' })
  await t.rejects(addMemberClass(changes, SYSTEM, { code: 'NGO', description: 'x' }), refusal('member_class_exists'))
  await describeMemberClass(changes, SYSTEM, { code: 'NGO', description: 'Громадські організації' })
  await t.rejects(deleteMemberClass(changes, SYSTEM, 'GOV'), refusal('member_class_is_in_use'))
  await deleteMemberClass(changes, SYSTEM, 'NGO')
  await t.rejects(deleteMemberClass(changes, SYSTEM, 'NGO'), refusal('member_class_not_found'))
  await t.rejects(describeMemberClass(changes, SYSTEM, { code: 'NGO', description: 'x' }), refusal('member_class_not_found'))
}))

await t.test('lists are searched, filtered, sorted and paged', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes } = registry
  for (const [memberCode, name, kind] of [['3', 'Їжак', 'enterprise'], ['4', 'Іванківська громада', 'localGovernment'], ['5', 'Ґанок', 'enterprise'], ['6', 'Гай', 'authority']] as const) {
    await addMember(changes, SYSTEM, { memberClass: 'COM', memberCode, name, kind })
    await addSubsystem(changes, SYSTEM, { memberClass: 'COM', memberCode, subsystemCode: `SUB${memberCode}`, name: `Система ${memberCode}` })
  }
  const members = async (more: object, suspended = NOBODY): Promise<string[]> => (await listMembers(store, { ...PAGE, ...more }, suspended)).items.map(({ name }) => name)
  const all = ['Гай', 'Ґанок', 'Іванківська громада', 'Їжак', 'Міністерство «Перше» & інші', 'Company']
  t.same(await members({}), all)
  t.same(await members({ desc: true }), all.toReversed())
  t.same(await members({ sort: 'member_code' }), [all[4], all[5], 'Їжак', 'Іванківська громада', 'Ґанок', 'Гай'])
  t.same(await members({ limit: 2, offset: 1 }), ['Ґанок', 'Іванківська громада'])
  t.same(await members({ q: 'ҐАН' }), ['Ґанок'])
  t.same(await members({ q: 'громада іван' }), ['Іванківська громада'])
  t.same(await members({ q: '%' }), [])
  t.same(await members({ kind: 'enterprise' }), ['Ґанок', 'Їжак'])
  t.same(await members({ kind: 'unknown' }), all.slice(4))
  t.same(await members({ memberClass: 'GOV' }), [all[4]])
  const suspended = new Suspended([{ id: 7, kind: 'member', memberClass: 'COM', memberCode: '5' }, { id: 8, kind: 'subsystem', memberClass: 'COM', memberCode: '3', code: 'SUB3' }])
  t.same(await members({ state: 'suspended' }, suspended), ['Ґанок'])
  t.same(await members({ state: 'active' }, suspended), all.filter((name) => name !== 'Ґанок'))
  t.equal((await listMembers(store, { ...PAGE, limit: 1 }, NOBODY)).total, 6)

  const clients = async (more: object): Promise<string[]> => (await listClients(store, { ...PAGE, ...more }, suspended)).items.map(({ id }) => `${id.memberCode}${id.subsystemCode === undefined ? '' : `/${id.subsystemCode}`}`)
  t.same(await clients({}), ['6', '6/SUB6', '5', '5/SUB5', '4', '4/SUB4', '3', '3/SUB3', '1001', '1001/EDR', '1001/MANAGEMENT', '2002', '2002/SHOP'], 'subsystems follow their member')
  t.same(await clients({ desc: true, limit: 3 }), ['2002/SHOP', '2002', '1001/MANAGEMENT'])
  t.same(await clients({ offset: 3, limit: 2 }), ['5/SUB5', '4'])
  t.same(await clients({ type: 'member', q: 'ї' }), ['3'])
  t.same(await clients({ q: 'система 5' }), ['5/SUB5'])
  t.same(await clients({ subsystemCode: 'sub' }), ['6/SUB6', '5/SUB5', '4/SUB4', '3/SUB3'])
  t.same(await clients({ name: 'гай', memberClass: 'com', memberCode: '6' }), ['6', '6/SUB6'])
  t.same(await clients({ instance: 'zz', limit: 1 }), ['6'])
  t.same(await clients({ instance: 'yy' }), [])
  t.same(await clients({ server: { ...member, serverCode: 'gw1' } }), ['1001', '1001/EDR', '2002', '2002/SHOP'])
  t.same(await clients({ excludingGroup: 'readers', memberCode: '2002' }), ['2002/SHOP'])
  t.same((await listClients(store, { ...PAGE, type: 'subsystem', q: 'sub' }, suspended)).items.map(({ suspension }) => suspension), [undefined, 7, undefined, 8])
  t.same((await listSubsystems(store, { ...PAGE, sort: 'subsystem_code', desc: true, limit: 2 }, NOBODY)).items.map(({ id }) => id.subsystemCode), ['SUB6', 'SUB5'])

  const servers = async (more: object): Promise<number> => (await listServers(store, { ...PAGE, ...more }, NOBODY)).items.length
  t.same([await servers({}), await servers({ q: 'перше gw1' }), await servers({ q: '127.0.0.1' }), await servers({ q: 'company' }), await servers({ sort: 'server_code' }), await servers({ sort: 'member_code', desc: true })], [1, 1, 1, 0, 1, 1])
}))

await t.test('what is searched and sorted follows each change of a name, and rows of an older release are mended at start', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes } = registry
  const subsystems = async (q: string): Promise<number> => (await listSubsystems(store, { ...PAGE, q }, NOBODY)).total
  await editMember(changes, SYSTEM, other, { name: 'Ярмарок' })
  t.same([await subsystems('ЯРМАРОК'), await subsystems('company')], [1, 0], 'a subsystem is found by the new name of its member')
  await renameSubsystem(changes, SYSTEM, { ...other, subsystemCode: 'SHOP' }, 'Крамниця')
  t.equal(await subsystems('крамниця'), 1)
  await renameSubsystem(changes, SYSTEM, { ...other, subsystemCode: 'SHOP' }, ' ')
  t.equal(await subsystems('крамниця'), 0)
  await changes.change(SYSTEM, async (tx) => {
    await putMember(tx, { id: other, name: 'Базар', subsystems: [{ code: 'STALL', name: 'Ятка' }] }, tx.at)
    await tx.record({ action: 'member.edit', object: { kind: 'member', id: 'ZZ/COM/2002' } })
  })
  t.same([await subsystems('базар'), await subsystems('ятка')], [2, 1], 'by a seed or a registration too')
  await store.write((tx) => tx.run("UPDATE member SET search_text = '', sort_key = ''"))
  await store.write((tx) => tx.run("UPDATE subsystem SET search_text = '', sort_key = ''"))
  await store.write((tx) => tx.run("UPDATE security_server SET search_text = ''"))
  const revision = await store.get('SELECT value FROM revision')
  await refreshNameIndex(store)
  t.same((await listMembers(store, { ...PAGE, q: 'базар' }, NOBODY)).total, 1)
  t.same([await subsystems('ятка'), (await listServers(store, { ...PAGE, q: 'gw1' }, NOBODY)).total], [1, 1])
  t.same(await store.get('SELECT value FROM revision'), revision, 'which is no change to publish')
}))

await stopPostgres()
