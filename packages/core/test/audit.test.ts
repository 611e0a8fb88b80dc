import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { createAccountsKey } from './api-keys.ts'
import { AuditVerifier, writeAuditExport } from '@trembita/protocol/auditlog'
import { eventsAfter, SYSTEM } from '../src/audit/index.ts'
import { actionName } from '../src/console/index.ts'
import { addMember } from '../src/registry/index.ts'
import { coreIn, seedOf } from './seeding.ts'
import { main } from '@trembita/protocol/verify'

t.setTimeout(60_000)
const ROOT = resolve(import.meta.dirname, '../../..')

async function verify (...args: readonly string[]): Promise<{ code: number, out: string }> {
  let out = ''
  const code = await main(args, { out: (text) => { out += text }, err: (text) => { out += text }, now: () => new Date() })
  return { code, out }
}

t.test('TR-4.7: every change is in the log, which is exported, and verified by the auditor\'s own tool', async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf() })
  const key = await createAccountsKey(core, ['TREMBITA_AUDITOR'])
  const get = async (path: string): Promise<Response> => await fetch(`${core.addresses.admin}/api/v1${path}`, { headers: { authorization: `X-Road-ApiKey token=${key}` } })
  await core.changes.change({ ...SYSTEM, name: 'Олена' }, (tx) => tx.record({ action: 'member.rename', object: { kind: 'member', id: 'ZZ:GOV:1' }, before: { name: 'Було' }, after: { name: 'Стало' } }))

  const { items } = await (await get('/audit-events?action=member.')).json() as { items: { id: number }[] }
  t.match(items, [{ action: 'member.rename', actor: { name: 'Олена' }, before: { name: 'Було' }, after: { name: 'Стало' } }])
  t.match(await (await get(`/audit-events/${items[0]!.id}`)).json(), { object: { id: 'ZZ:GOV:1' } })
  t.equal((await get('/audit-events/999999')).status, 404)
  t.equal((await get('/audit-events?action=member')).status, 200, 'a whole action that nobody did')

  const text = await (await get('/audit-events/export')).text()
  const file = (lines: readonly string[]): string => {
    const path = join(folder, 'log.jsonl')
    writeFileSync(path, lines.join('\n'))
    return path
  }
  const lines = text.split('\n')
  const anchor = join(folder, 'anchor.xml')
  writeFileSync(anchor, (await core.anchor('internal')).bytes)
  t.match(await verify(file(lines), '--trust', anchor), { code: 0, out: /VERIFIED[\s\S]*environment {3}"ZZ"[\s\S]*a key of the anchor/ })
  t.match(await verify(file(lines)), { code: 0, out: /compare it with the anchor/ })

  const broken: Record<string, string[]> = {
    'a changed event': lines.map((line) => line.replace('Стало', 'Нічого')),
    'a removed event': lines.filter((line) => !line.includes('member.rename')),
    'two events in each other\'s place': [lines[1]!, lines[0]!, ...lines.slice(2)],
    'an end cut off': lines.slice(0, -2),
    'an end that was cut off and signed before': [...lines.slice(0, -3), ...lines.slice(-2)],
    'an event after the end': [...lines.slice(0, -1), lines[0]!, ''],
    'white space': lines.map((line) => line.replace('{"event":', '{"event": '))
  }
  for (const [what, changed] of Object.entries(broken)) t.match(await verify(file(changed)), { code: 1, out: /NOT VERIFIED/ }, what)

  await using other = await coreIn(join(folder, 'other'), { seed: seedOf() })
  writeFileSync(anchor, (await other.anchor('internal')).bytes)
  t.match(await verify(file(lines), '--trust', anchor), { code: 1, out: /the anchor does not name/ })
  t.match(await verify(file(lines), '--trust', file(lines)), { code: 2 })
})

t.test('TR-4.7: a change that writes and does not say who did what does not pass', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf() })
  const before = await core.store.get('SELECT value FROM revision')
  await t.rejects(core.changes.change(SYSTEM, (tx) => tx.run('DELETE FROM member')), /recorded/)
  await t.rejects(core.changes.change(SYSTEM, (tx) => tx.get("INSERT INTO member_class (code, description) VALUES ('X', 'x') RETURNING id")), /recorded/)
  t.same(await core.store.get('SELECT value FROM revision'), before)
  t.ok(await core.store.get('SELECT id FROM member'))
})

t.test('TR-4.7: no name breaks the chain: what a store cannot keep is not hashed', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf() })
  await core.changes.change({ ...SYSTEM, id: '\ud800', name: 'a\udc00b' }, (tx) => tx.record({ action: 'member.add', object: { kind: 'member', id: 'ZZ/GOV/\ud83d' }, after: { '\ud800': '\udfff' } }))
  const verifier = new AuditVerifier()
  for (const { hash, previousHash, ...event } of await eventsAfter(core.store, 0, 1000)) verifier.line(writeAuditExport(event, hash).trimEnd())
  t.equal(verifier.report().problem, undefined)
  await t.rejects(addMember(core.changes, SYSTEM, { memberClass: 'GOV', memberCode: '1\ud800', name: 'X' }), { code: 'invalid_identifier' })
  await t.rejects(addMember(core.changes, SYSTEM, { memberClass: 'GOV', memberCode: '1', name: 'X\udc00' }), { code: 'invalid_text' })
})

t.test('every action of the log has its words in both languages', async (t) => {
  const sources = globSync('packages/core/src/**/*.ts', { cwd: ROOT }).filter((file) => !file.includes('/console/')).map((file) => readFileSync(join(ROOT, file), 'utf8'))
  const named = sources.flatMap((source) => [...source.matchAll(/\baction: '([a-z][\w-]*(?:\.[\w-]+)+)'/g)].map(([, action]) => action!))
  // Put together at their place.
  const composed = {
    account: ['signedIn', 'signInFailed', 'signedOut', 'sessionEnded', 'apiKeyRefused', 'accessRefused', 'requestForged', 'originLocked'],
    agreement: ['suspend', 'resume', 'end'],
    approval: ['carryOut', 'carryOutFailed'],
    client: ['register', 'enable', 'disable'],
    'management-request': ['approve', 'decline', 'revoke', 'submit'],
    suspension: ['decide', 'begin', 'end', 'lift']
  }
  const actions = new Set([...named, ...Object.entries(composed).flatMap(([subject, deeds]) => deeds.map((deed) => `${subject}.${deed}`))])
  t.ok(actions.size > 70, `${actions.size} actions`)
  for (const action of actions) for (const lang of ['uk', 'en'] as const) t.not(actionName(lang, action), action, `${action} in ${lang}`)
})
