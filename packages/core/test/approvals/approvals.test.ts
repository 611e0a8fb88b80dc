import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openPostgresStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { approvalWordsOf } from '../../src/console/approvals-texts.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import { apiClient } from '../api-client.ts'
import { coreIn, seedOf } from '../seeding.ts'
import { openInstance, withPolicy } from './fixture.ts'

t.test('an operation that is not on the list is carried out at once', async (t) => {
  const { ask, key, done } = await openInstance(t)
  t.equal((await ask(await key('XROAD_REGISTRATION_OFFICER', 'olena'), 'DELETE', '/members/GOV')).status, 204)
  t.same(done, [{ code: 'GOV', by: 'olena', approvedBy: undefined, origin: '127.0.0.1' }])
})

t.test('an operation on the list waits for a second person, and then is carried out in the name of both', async (t) => {
  const { ask, done, olena, maria, audit } = await withPolicy(t)
  const proposed = await ask<{ approval: { id: number } }>(olena, 'DELETE', '/members/GOV?force=1', undefined, { 'x-trembita-reason': encodeURIComponent('реорганізація') })
  t.match(proposed, { status: 202, location: '/api/v1/approvals/1', body: { approval: { id: 1, operation: 'member.delete', state: 'waiting', expires_at: '2026-11-25T10:00:00.000Z' } } })
  t.same(done, [])

  const list = await ask(maria, 'GET', '/approvals?state=waiting&q=РЕОРГАНІЗАЦІЯ')
  t.match(list.body, {
    items: [{ id: 1, summary: 'Delete a member', method: 'DELETE', url: '/api/v1/members/GOV?force=1', reason: 'реорганізація', proposer: { kind: 'apiKey', name: 'olena' }, may_approve: true }],
    paging_metadata: { total_items: 1 }
  })
  t.match((await ask(olena, 'GET', '/approvals/1')).body, { may_approve: false, may_decline: true })

  const approved = await ask(maria, 'POST', '/approvals/1/approve', { reason: 'перевірено' })
  t.match(approved, { status: 200, body: { approval: { state: 'done', decided_by: { name: 'maria' }, decision_reason: 'перевірено', result_status: 204 }, result: { status: 204 } } })
  t.same(done, [{ code: 'GOV', by: 'olena', approvedBy: 'maria', origin: '127.0.0.1' }])
  t.match(await audit(), [
    { action: 'approvalPolicy.change', actor_name: 'iryna' },
    { action: 'approval.propose', object_id: '1', actor_name: 'olena', approved_by: null },
    { action: 'approval.approve', object_id: '1', actor_name: 'maria' },
    { action: 'member.delete', object_id: 'GOV', actor_name: 'olena', approved_by: /"name":"maria"/ },
    { action: 'approval.carryOut', object_id: '1', actor_name: 'maria' }
  ])
  t.match(await ask(maria, 'POST', '/approvals/1/approve'), { status: 409, body: { error: { code: 'approval_not_waiting' } } })
  t.equal(done.length, 1)
})

t.test('nobody is their own second person, by whichever key', async (t) => {
  const { ask, key, done, olena, audit } = await withPolicy(t)
  await ask(olena, 'DELETE', '/members/GOV')
  const secondKey = await key('XROAD_REGISTRATION_OFFICER', 'olena')
  for (const mine of [olena, secondKey]) {
    t.match(await ask(mine, 'POST', '/approvals/1/approve'), { status: 403, body: { error: { code: 'self_approval' } } })
  }
  const admin = await key('XROAD_SYSTEM_ADMINISTRATOR', 'olena')
  const made = await ask<{ key: string }>(admin, 'POST', '/api-keys', ['XROAD_REGISTRATION_OFFICER'])
  t.equal(made.status, 200)
  t.match(await ask(made.body.key, 'POST', '/approvals/1/approve'), { status: 403, body: { error: { code: 'self_approval' } } }, 'nor by a key made with another of their keys')
  t.same(done, [])
  t.match((await audit()).at(-1), { action: 'approval.propose' })
})

t.test('who may not call the operation may not approve or decline it, the holder neither', async (t) => {
  const { ask, key, done, olena, holder } = await withPolicy(t)
  await ask(olena, 'DELETE', '/members/GOV')
  for (const other of [holder, await key('TREMBITA_AUDITOR', 'anna'), await key('XROAD_SECURITY_OFFICER', 'ivan')]) {
    t.match(await ask(other, 'POST', '/approvals/1/approve'), { status: 403, body: { error: { code: 'forbidden' } } })
    t.match(await ask(other, 'POST', '/approvals/1/decline'), { status: 403, body: { error: { code: 'forbidden' } } })
    t.match((await ask(other, 'GET', '/approvals/1')).body, { may_approve: false, may_decline: false, state: 'waiting' })
  }
  t.match(await ask(olena, 'POST', '/approvals/7/approve'), { status: 404, body: { error: { code: 'approval_not_found' } } })
  t.same(done, [])
})

t.test('of many who agree at the same moment one carries it out', async (t) => {
  const { ask, key, done, olena } = await withPolicy(t)
  await ask(olena, 'DELETE', '/members/GOV')
  const keys = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((person) => key('XROAD_REGISTRATION_OFFICER', person)))
  const answers = await Promise.all(keys.flatMap((one) => [ask(one, 'POST', '/approvals/1/approve'), ask(one, 'POST', '/approvals/1/approve')]))
  t.same(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 9 }, () => 409)])
  t.equal(done.length, 1)
})

t.test('the same call proposed again is the same proposal; another is another', async (t) => {
  const { ask, olena, maria } = await withPolicy(t)
  for (const [key, path, id] of [[olena, 'GOV', 1], [olena, 'GOV', 1], [olena, 'COM', 2], [maria, 'GOV', 3]] as const) {
    t.match((await ask(key, 'DELETE', `/members/${path}`)).body, { approval: { id } })
  }
})

t.test('a proposal may be declined by another, withdrawn by oneself, or expires', async (t) => {
  const { ask, clock, done, olena, maria } = await withPolicy(t)
  for (const code of ['A', 'B', 'C']) await ask(olena, 'DELETE', `/members/${code}`)
  t.match((await ask(maria, 'POST', '/approvals/1/decline', { reason: 'ні' })).body, { state: 'declined', decision_reason: 'ні', decided_by: { name: 'maria' } })
  t.match((await ask(olena, 'POST', '/approvals/2/decline')).body, { state: 'withdrawn' })
  clock.advance(72 * 3600)
  t.match((await ask(maria, 'GET', '/approvals?state=expired')).body, { items: [{ id: 3, state: 'expired', may_approve: false }] })
  for (const id of [1, 2, 3]) t.match(await ask(maria, 'POST', `/approvals/${id}/approve`), { status: 409, body: { error: { code: 'approval_not_waiting' } } })
  t.same(done, [])
  t.match((await ask(olena, 'DELETE', '/members/C')).body, { approval: { id: 4 } }, 'what expired may be proposed anew')
})

t.test('an operation that is refused when carried out says so, and is over', async (t) => {
  const { ask, olena, maria, audit } = await withPolicy(t)
  await ask(olena, 'DELETE', '/members/BUSY')
  t.match(await ask(maria, 'POST', '/approvals/1/approve'), {
    status: 200, body: { approval: { state: 'failed', result_status: 409 }, result: { status: 409, body: { error: { code: 'member_in_use' } } } }
  })
  t.equal((await audit()).at(-1)?.action, 'approval.carryOutFailed')
})

t.test('what is no valid call is refused at once, and what cannot be kept is not', async (t) => {
  const { ask, key, holder } = await withPolicy(t)
  await ask(holder, 'PUT', '/approvals/policy', { operations: ['member.delete', 'token.login'] })
  const olena = await key('XROAD_REGISTRATION_OFFICER', 'olena')
  t.equal((await ask(olena, 'DELETE', '/members/lower')).status, 400)
  t.match(await ask(olena, 'POST', '/tokens/login', { slots: [{ token_pin: '1234' }] }), { status: 409, body: { error: { code: 'approval_not_possible' } } })
  t.match(await ask(olena, 'DELETE', '/members/GOV', undefined, { 'x-trembita-reason': '%E0%A4%A' }), { status: 400 })
  t.match(await ask(olena, 'GET', '/approvals?q=%00'), { status: 400, body: { error: { code: 'validation_failure' } } }, 'PostgreSQL keeps no such text')
  t.match(await ask(olena, 'POST', '/tokens/login', { a: [{ b: 'x\u0000' }] }), { status: 400, body: { error: { code: 'validation_failure' } } })
  t.match((await ask(olena, 'GET', '/approvals')).body, { items: [] })
})

t.test('a file waits too, and arrives whole; the audit log has its hash', async (t) => {
  const { ask, key, done, holder, audit, store } = await withPolicy(t)
  await ask(holder, 'PUT', '/approvals/policy', { operations: ['certificate.add'] })
  const [olena, maria] = [await key('XROAD_REGISTRATION_OFFICER', 'olena'), await key('XROAD_REGISTRATION_OFFICER', 'maria')]
  const file = Buffer.from(`whole ${'\u00ff\u0000'.repeat(5000)}`, 'latin1')
  const form = Buffer.concat([
    Buffer.from('--cut\r\ncontent-disposition: form-data; name="certificate"; filename="a.der"\r\ncontent-type: application/octet-stream\r\n\r\n'), file, Buffer.from('\r\n--cut--\r\n')
  ])
  const proposed = await ask(olena, 'POST', '/certificates', form, { 'content-type': 'multipart/form-data; boundary=cut' })
  t.match(proposed, { status: 202, body: { approval: { operation: 'certificate.add' } } })
  t.equal((await ask<{ items: { body?: unknown }[] }>(maria, 'GET', '/approvals')).body.items[0]?.body, undefined, 'the list is light')
  t.match((await ask(maria, 'POST', '/approvals/1/approve')).body, { approval: { state: 'done' }, result: { status: 200, body: { bytes: file.length } } })
  t.match(done, [{ code: 'whole', by: 'olena', approvedBy: 'maria' }])
  t.equal((await audit()).at(-2)?.action, 'certificate.add')
  t.match((await store.get<{ state_after: string }>('SELECT state_after FROM audit_event WHERE action = ?', 'approval.propose'))?.state_after, /"bodySha256":"[0-9a-f]{64}"/)
})

t.test('no header from outside makes a call that was approved', async (t) => {
  const { ask, done, olena } = await withPolicy(t)
  for (const token of ['', 'A'.repeat(43), olena]) {
    t.equal((await ask(olena, 'DELETE', '/members/GOV', undefined, { 'x-trembita-internal': token })).status, 401)
  }
  t.equal((await ask(olena, 'DELETE', '/members/GOV', undefined, { 'x-approved-by': 'maria' })).status, 202)
  t.same(done, [])
})

t.test('a key that was revoked, or has lost the role, proposes no more', async (t) => {
  const { ask, key, done, olena, maria } = await withPolicy(t)
  const admin = await key('XROAD_SYSTEM_ADMINISTRATOR', 'natalia')
  await ask(olena, 'DELETE', '/members/GOV')
  t.equal((await ask(admin, 'PUT', '/api-keys/1', ['TREMBITA_AUDITOR'])).status, 200)
  t.match((await ask(maria, 'POST', '/approvals/1/approve')).body, { approval: { state: 'failed' }, result: { status: 403 } })
  await ask(admin, 'PUT', '/api-keys/1', ['XROAD_REGISTRATION_OFFICER'])
  t.match((await ask(olena, 'DELETE', '/members/GOV')).body, { approval: { id: 2 } })
  t.equal((await ask(admin, 'DELETE', '/api-keys/1')).status, 200)
  t.match(await ask(maria, 'POST', '/approvals/2/approve'), { status: 409, body: { error: { code: 'proposer_gone' } } })
  t.same(done, [])
})

t.test('a key that has the number of a revoked one does not stand in for it', async (t) => {
  const { ask, key, clock, done, maria } = await withPolicy(t)
  const admin = await key('XROAD_SYSTEM_ADMINISTRATOR', 'natalia')
  const last = await key('XROAD_REGISTRATION_OFFICER', 'olena')
  await ask(last, 'DELETE', '/members/GOV')
  t.equal((await ask(admin, 'DELETE', '/api-keys/5')).status, 200)
  clock.advance(1)
  await key('XROAD_REGISTRATION_OFFICER', 'olena')
  t.match(await ask(maria, 'POST', '/approvals/1/approve'), { status: 409, body: { error: { code: 'proposer_gone' } } })
  t.same(done, [])
})

t.test('no number that the API names is given to another', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf({}) })
  const tables = ['account_api_key', 'auth_certificate', 'approved_ca', 'ca_certificate', 'ocsp_responder', 'approved_tsa', 'signing_key']
  const numbered = await core.store.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE sql LIKE '%PRIMARY KEY AUTOINCREMENT%'")
  t.same(numbered.map(({ name }) => name).sort(), tables.sort(), 'a proposal to delete number 7 must not delete the next one of that number')
})

t.test('the holder alone chooses the operations, among those that exist, and by two if the list says so', async (t) => {
  const { ask, key, olena, holder } = await withPolicy(t)
  t.match((await ask(olena, 'GET', '/approvals/policy')).body, {
    operations: ['member.delete'], available: [{ name: 'api-key.change' }, { name: 'api-key.delete' }, { name: 'approval-policy.change' }, { name: 'certificate.add' }, { name: 'member.delete', summary: 'Delete a member' }, { name: 'token.login' }]
  })
  t.equal((await ask(olena, 'PUT', '/approvals/policy', { operations: [] })).status, 403)
  t.match(await ask(holder, 'PUT', '/approvals/policy', { operations: ['no.such'] }), { status: 400, body: { error: { code: 'unknown_operation' } } })
  await ask(holder, 'PUT', '/approvals/policy', { operations: ['approval-policy.change'] })
  t.equal((await ask(holder, 'PUT', '/approvals/policy', { operations: [] })).status, 202)
  t.equal((await ask(await key('TREMBITA_HOLDER', 'vasyl'), 'POST', '/approvals/1/approve')).status, 200)
  t.match((await ask(holder, 'GET', '/approvals/policy')).body, { operations: [] })
})

t.test('an operation that the process did not survive is shown as interrupted, and is not begun again', async (t) => {
  const { ask, store, clock, done, olena, maria } = await withPolicy(t)
  await ask(olena, 'DELETE', '/members/GOV')
  await store.write((tx) => tx.run("UPDATE approval SET state = 'carryingOut', decided_at = ?", clock.now().toISOString()))
  t.match((await ask(maria, 'GET', '/approvals?state=carryingOut')).body, { items: [{ id: 1 }] })
  clock.advance(121)
  t.match((await ask(maria, 'GET', '/approvals?state=interrupted')).body, { items: [{ id: 1, state: 'interrupted' }] })
  t.match((await ask(maria, 'GET', '/approvals?state=carryingOut')).body, { items: [] })
  t.equal((await ask(maria, 'POST', '/approvals/1/approve')).status, 409)
  t.same(done, [])
})

const skip = postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system'
t.test('approvals behave alike in PostgreSQL', { skip }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-postgres-')))
  const store = await openPostgresStore(postgres.url, MIGRATIONS)
  t.teardown(() => store.close())
  const { ask, clock, done, olena, maria } = await withPolicy(t, store)
  for (const code of ['A', 'B', 'C', 'C']) await ask(olena, 'DELETE', `/members/${code}`, undefined, { 'x-trembita-reason': encodeURIComponent(`100% ${code}_`) })
  const answers = await Promise.all([ask(maria, 'POST', '/approvals/1/approve'), ask(maria, 'POST', '/approvals/1/approve'), ask(maria, 'POST', '/approvals/2/decline')])
  t.same(answers.map(({ status }) => status).sort(), [200, 200, 409])
  t.same(done.map(({ code }) => code), ['A'])
  t.match((await ask(maria, 'GET', `/approvals?q=${encodeURIComponent('% c_')}`)).body, { items: [{ id: 3, state: 'waiting' }], paging_metadata: { total_items: 1 } })
  clock.advance(72 * 3600)
  for (const [state, id] of [['done', 1], ['declined', 2], ['expired', 3]] as const) t.match((await ask(maria, 'GET', `/approvals?state=${state}`)).body, { items: [{ id, state }], paging_metadata: { total_items: 1 } })
})

t.test('what takes two has no way round that takes one', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf({}) })
  const [holder, officer, other, admin, second] = await Promise.all([
    apiClient(core, ['TREMBITA_HOLDER']), apiClient(core, ['XROAD_REGISTRATION_OFFICER']), apiClient(core, ['XROAD_REGISTRATION_OFFICER']),
    apiClient(core, ['XROAD_SYSTEM_ADMINISTRATOR']), apiClient(core, ['XROAD_SYSTEM_ADMINISTRATOR'])
  ])
  const request = { type: 'CLIENT_DELETION_REQUEST', security_server_id: 'ZZ:GOV:1001:gw1', client_id: 'ZZ:COM:2002:SHOP' }
  t.equal((await holder('PUT', '/approvals/policy', { operations: ['member.delete'] })).status, 200)
  t.not((await officer('POST', '/management-requests', request)).status, 202)
  const parameters = { auto_approve_client_reg_requests: true }
  t.not((await admin('PATCH', '/system/parameters', parameters)).status, 202)
  for (const operation of ['client.unregister', 'server.certificate.delete', 'server.edit', 'subsystem.edit', 'management-request.approve']) {
    t.equal((await holder('PUT', '/approvals/policy', { operations: [operation] })).status, 200)
    t.equal((await officer('POST', '/management-requests', request)).status, 202, operation)
  }
  t.equal((await admin('PATCH', '/system/parameters', parameters)).status, 202)

  const made = await admin<{ filename: string }>('POST', '/backups')
  const restore = await admin<{ approval: { id: number } }>('PUT', `/backups/${made.body.filename}/restore`)
  t.equal(restore.status, 202, 'a restore would bring the old list back')
  t.match(await second('POST', `/approvals/${restore.body.approval.id}/approve`), { status: 403, body: { error: { code: 'self_approval' } } }, 'keys made at the machine are one person')
  await core.store.write((tx) => tx.run("UPDATE approval SET proposer_principal = 'user:natalia' WHERE id = ?", restore.body.approval.id))
  t.match(await second('POST', `/approvals/${restore.body.approval.id}/approve`), { status: 200, body: { approval: { state: 'done' }, result: { status: 204 } } })
  t.ok(other)
})

t.test('names of persons that wait for a second person stay out of the audit log', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf({}) })
  const [holder, officer] = [await apiClient(core, ['TREMBITA_HOLDER']), await apiClient(core, ['XROAD_REGISTRATION_OFFICER'])]
  await holder('PUT', '/approvals/policy', { operations: ['member.edit'] })
  t.equal((await officer('PATCH', '/members/ZZ:GOV:1001', { contacts: [{ purpose: 'general', name: 'Петренко Ольга', email: 'o@example.org' }] })).status, 202)
  const [event] = await core.store.all<{ state_after: string }>("SELECT state_after FROM audit_event WHERE action = 'approval.propose'")
  t.notMatch(event?.state_after, /Петренко/)
  t.match(event?.state_after, /"bodySha256":"[0-9a-f]{64}"/)
})

t.test('every operation of a core may be put on the list, under a Ukrainian name', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf({}) })
  const ask = await apiClient(core, ['TREMBITA_HOLDER'])
  const { body: { available } } = await ask<{ available: { name: string, summary: string }[] }>('GET', '/approvals/policy')
  t.ok(available.length > 30, `${available.length} operations`)
  const words = approvalWordsOf('uk')
  t.same(available.filter(({ name, summary }) => /[a-z]/.test(words.operationName(name, summary))), [])
  const everything = available.map(({ name }) => name)
  t.equal((await ask('PUT', '/approvals/policy', { operations: everything })).status, 200)
  t.equal((await ask('PUT', '/approvals/policy', { operations: [] })).status, 202, 'the list itself too')
})
