import t from 'tap'
import { createLogger } from '@trembita/daemon'
import { parseSuspensionList } from '@trembita/protocol/suspension'
import { SYSTEM } from '../../src/audit/index.ts'
import { deleteMember, memberDetails, Suspended, writeParameters } from '../../src/registry/index.ts'
import { changeOwner } from '../../src/registration/server-changes.ts'
import { applySeed } from '../../src/seed/index.ts'
import {
  advanceSuspensions, decideSuspension, findSuspension, liftSuspension, suspendedTargets, suspensionMarks, SuspensionSchedule, suspensionsPart, type SuspensionDecision
} from '../../src/suspension/index.ts'
import { onBothStores, stopPostgres, type EmptyRegistry } from '../registry/both-stores.ts'
import { auth, member, other, seedOf } from '../seeding.ts'

t.setTimeout(110_000)

const refusal = (code: string) => ({ name: 'Refusal', code })
const HOLDER = { ...SYSTEM, kind: 'user', id: 'h', name: 'Держатель', roles: ['TREMBITA_HOLDER'] } as const
const act = { number: '15-р', date: '2026-02-01' }
const of = (target: SuspensionDecision['target'], more: Partial<SuspensionDecision> = {}): SuspensionDecision => ({ target, ground: 'protection', act, ...more })
const OTHER = { kind: 'member', id: other } as const
const server = { kind: 'server', id: { ...member, serverCode: 'gw1' } } as const

/** The company carries the management services, at nobody's gateway. */
async function seeded ({ changes }: EmptyRegistry): Promise<void> {
  await applySeed(changes, seedOf())
}
const parted = async ({ store }: EmptyRegistry) => (await suspensionsPart(store)).map(({ content }) => parseSuspensionList(content)).at(0)?.suspensions ?? []

await t.test('TR-15: a decision with ground and act takes effect at once, is told to gateways, and is lifted by another', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes, clock, actions } = registry
  t.same(await suspensionsPart(store), [], 'without a suspension there is no part')
  const before = await store.all('SELECT id, owner_id, address FROM security_server')
  const id = await decideSuspension(changes, HOLDER, of(OTHER, { explanation: ' витік даних ' }))
  t.match(await findSuspension(store, id), { state: 'inForce', ground: 'protection', explanation: 'витік даних', act, decidedBy: 'Держатель', startsAt: clock.now(), beganAt: clock.now() })
  t.same(await suspendedTargets(store), [OTHER])
  t.match(await parted(registry), [{ number: id, target: OTHER, ground: 'protection', actNumber: '15-р', actDate: '2026-02-01', since: clock.now(), authCertHashes: [] }])
  t.equal((await memberDetails(store, other, new Suspended(await suspensionMarks(store)))).suspension, id, 'and shown')
  await t.rejects(decideSuspension(changes, HOLDER, of(OTHER)), refusal('already_suspended'))
  clock.advance(60)
  await liftSuspension(changes, HOLDER, id, { number: '16-р', date: '2026-02-06' })
  t.match(await findSuspension(store, id), { state: 'lifted', endedAt: clock.now(), liftAct: { number: '16-р' }, liftedBy: 'Держатель' })
  await t.rejects(liftSuspension(changes, HOLDER, id, act), refusal('suspension_over'))
  t.same([await suspendedTargets(store), await suspensionsPart(store)], [[], []])
  t.same(await store.all('SELECT id, owner_id, address FROM security_server'), before, 'the registry was not touched')
  t.same((await actions()).filter((action) => action.startsWith('suspension')), [`suspension.decide ${id}`, 'suspension.decide ZZ/COM/2002', `suspension.lift ${id}`, 'suspension.lift ZZ/COM/2002'])
  const again = await decideSuspension(changes, HOLDER, of(OTHER))
  t.not(again, id, 'it may be decided anew')
}))

await t.test('a suspended gateway, or one whose owner is, is told of with its certificates', (t) => onBothStores(t, async (t, registry) => {
  await applySeed(registry.changes, seedOf({ managementProvider: { ...other, subsystemCode: 'SHOP' }, servers: [{ ...seedOf().servers[0]!, clients: [] }] }))
  const id = await decideSuspension(registry.changes, HOLDER, of(server))
  t.same((await parted(registry)).map(({ authCertHashes }) => authCertHashes), [[auth.certificate.sha256]])
  await liftSuspension(registry.changes, HOLDER, id, act)
  await decideSuspension(registry.changes, HOLDER, of({ kind: 'member', id: member }))
  t.same((await parted(registry)).map(({ target, authCertHashes }) => [target.kind, authCertHashes]), [['member', [auth.certificate.sha256]]])
}))

await t.test('a suspension begins and ends when the decision says, each step once however many look', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes, clock, actions } = registry
  const start = clock.now().getTime()
  const at = (minutes: number): Date => new Date(start + minutes * 60_000)
  const id = await decideSuspension(changes, HOLDER, of(OTHER, { startsAt: at(10), endsAt: at(20) }))
  const advance = async (): Promise<(Date | undefined)[]> => await Promise.all([1, 2].map(() => advanceSuspensions(store, changes, clock.now())))
  t.same(await advance(), [at(10), at(10)])
  t.same([(await findSuspension(store, id)).state, await suspendedTargets(store)], ['scheduled', []])
  await t.rejects(decideSuspension(changes, HOLDER, of(OTHER)), refusal('already_suspended'), 'another is on its way')
  clock.advance(10 * 60)
  const revision = await store.get<{ value: number }>('SELECT value FROM revision')
  t.same(await advance(), [at(20), at(20)])
  t.same([(await findSuspension(store, id)).state, await suspendedTargets(store)], ['inForce', [OTHER]])
  t.same(await store.get('SELECT value FROM revision'), { value: revision!.value + 1 }, 'which is published')
  clock.advance(10 * 60)
  t.same(await advance(), [undefined, undefined])
  t.match(await findSuspension(store, id), { state: 'ended', endedAt: clock.now(), beganAt: at(10) })
  t.same((await actions()).filter((action) => action.endsWith('2002') && action.startsWith('suspension')), ['suspension.decide ZZ/COM/2002', 'suspension.begin ZZ/COM/2002', 'suspension.end ZZ/COM/2002'])
  const missed = await decideSuspension(changes, HOLDER, of(OTHER, { startsAt: at(25), endsAt: at(26) }))
  clock.advance(60 * 60)
  await advance()
  t.match(await findSuspension(store, missed), { state: 'ended', beganAt: undefined }, 'one that was slept through never held')
  const calledOff = await decideSuspension(changes, HOLDER, of(OTHER, { startsAt: at(600) }))
  await liftSuspension(changes, HOLDER, calledOff, act)
  t.match(await findSuspension(store, calledOff), { state: 'lifted', beganAt: undefined })
}))

await t.test('the schedule does at start what fell due meanwhile, and wakes by itself for what comes', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes, clock } = registry
  const id = await decideSuspension(changes, HOLDER, of(OTHER, { startsAt: new Date(clock.now().getTime() + 1000), endsAt: new Date(clock.now().getTime() + 1100) }))
  clock.advance(1)
  const schedule = new SuspensionSchedule({ store, changes, clock, log: createLogger('core', 'silent') })
  await schedule.start()
  t.equal((await findSuspension(store, id)).state, 'inForce')
  const ended = new Promise<void>((resolve) => { changes.onChange(resolve) })
  clock.advance(0.1)
  await ended
  await schedule.close()
  t.equal((await findSuspension(store, id)).state, 'ended')
}))

await t.test('what cannot be decided is refused, and nothing changes', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const { store, changes, clock } = registry
  const audit = await store.get('SELECT count(*) AS n FROM audit_event')
  const later = new Date(clock.now().getTime() + 1000)
  for (const [decision, code] of [
    [of({ kind: 'member', id: { ...other, memberCode: '9' } }), 'member_not_found'],
    [of({ kind: 'member', id: { ...other, instance: 'YY' } }), 'member_not_found'],
    [of({ kind: 'subsystem', id: { ...other, subsystemCode: 'NONE' } }), 'subsystem_not_found'],
    [of({ kind: 'server', id: { ...other, serverCode: 'gw1' } }), 'security_server_not_found'],
    [of(OTHER, { act: { number: ' ', date: '2026-02-01' } }), 'invalid_text'],
    [of(OTHER, { act: { number: '1', date: '2026-02-31' } }), 'invalid_act'],
    [of(OTHER, { act: { number: '1', date: '2026-02-08' } }), 'invalid_act'],
    [of(OTHER, { startsAt: later, endsAt: later }), 'invalid_term'],
    [of(OTHER, { endsAt: new Date(0) }), 'invalid_term'],
    [of(OTHER, { ground: 'mood' as 'law' }), 'invalid_ground'],
    [of(OTHER, { explanation: 'x'.repeat(4001) }), 'invalid_text'],
    [of({ kind: 'member', id: member }), 'management_service_provider_cannot_be_suspended'],
    [of({ kind: 'subsystem', id: { ...member, subsystemCode: 'MANAGEMENT' } }), 'management_service_provider_cannot_be_suspended']
  ] as const) await t.rejects(decideSuspension(changes, HOLDER, decision), refusal(code), code)
  await changes.change(SYSTEM, async (tx) => {
    await writeParameters(tx, { managementProvider: ['GOV', '1001', 'EDR'] })
    await tx.record({ action: 'parameters.edit', object: { kind: 'instance', id: 'ZZ' } })
  })
  await t.rejects(decideSuspension(changes, HOLDER, of(server)), refusal('management_service_provider_cannot_be_suspended'), 'nor the last gateway that serves it')
  await t.rejects(liftSuspension(changes, HOLDER, 404, act), refusal('suspension_not_found'))
  t.same(await store.get('SELECT count(*) AS n FROM suspension'), { n: 0 })
  t.same(await store.get('SELECT count(*) - 1 AS n FROM audit_event'), audit)
}))

await t.test('a suspended gateway stays so when it is given to another owner', (t) => onBothStores(t, async (t, registry) => {
  await applySeed(registry.changes, seedOf({ managementProvider: { ...other, subsystemCode: 'SHOP' }, servers: [{ ...seedOf().servers[0]!, clients: [{ id: other, enabled: true }] }] }))
  const { store, changes } = registry
  const id = await decideSuspension(changes, HOLDER, of(server))
  const after = await changes.change(SYSTEM, (tx) => changeOwner(tx, server.id, other))
  t.same((await findSuspension(store, id)).target, { kind: 'server', id: after })
  t.same((await parted(registry)).map(({ authCertHashes }) => authCertHashes), [[auth.certificate.sha256]])
}))

await t.test('a suspension outlives whom it is about', (t) => onBothStores(t, async (t, registry) => {
  await seeded(registry)
  const id = await decideSuspension(registry.changes, HOLDER, of(OTHER))
  await deleteMember(registry.changes, SYSTEM, other)
  t.match(await findSuspension(registry.store, id), { state: 'inForce', target: OTHER })
  await liftSuspension(registry.changes, HOLDER, id, act)
}))

await stopPostgres()
