import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ManualClock } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { AuditVerifier, writeAuditExport } from '@trembita/protocol/auditlog'
import { Changes, eventsAfter, SYSTEM } from '../../src/audit/index.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import { Registration } from '../../src/registration/index.ts'
import { applySeed } from '../../src/seed/index.ts'
import { auth, OTHER, seedOf } from './registry-fixture.ts'

const REQUESTS = 30

t.test('TR-7.7: kill -9 in the middle of an approval leaves the registry before it or after it, and the audit log whole', async (t) => {
  const path = join(t.testdir(), 'registry.db')
  const codes = Array.from({ length: REQUESTS }, (_, index) => String(5000 + index))
  {
    const store = await openSqliteStore(path, MIGRATIONS)
    const changes = new Changes(store, new ManualClock(new Date()))
    await applySeed(changes, seedOf())
    const registration = new Registration({ store, changes })
    for (const memberCode of codes) {
      const { certificate } = await auth(memberCode)
      await registration.add(SYSTEM, { request: { service: 'authCertReg', server: { ...OTHER, memberCode, serverCode: 'box' }, address: 'box.example', authCertificate: certificate.der } })
    }
    await store.close()
  }

  const acknowledged = new Set<number>()
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'approve-all.ts'), path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let left = 1 + round
    for await (const line of createInterface({ input: child.stdout })) {
      if (line !== 'ready') acknowledged.add(Number(line))
      if (left-- > 0) continue
      await sleep(Math.random() * 6)
      child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')

    const store = await openSqliteStore(path, MIGRATIONS)
    const rows = await store.all<{ id: number, status: string, member: string }>('SELECT r.id, p.status, r.server_member AS member FROM management_request r JOIN request_processing p ON p.id = r.processing_id ORDER BY r.id')
    const registered = new Set((await store.all<{ code: string }>(`SELECT m.code FROM member m JOIN security_server s ON s.owner_id = m.id JOIN auth_certificate a ON a.security_server_id = s.id
      JOIN global_group_member gm ON gm.member_code = m.code WHERE s.code = 'box'`)).map(({ code }) => code))
    const members = new Set((await store.all<{ code: string }>('SELECT code FROM member')).map(({ code }) => code))
    t.same(rows.filter(({ status }) => status === 'APPROVED').map(({ member }) => member), codes.filter((code) => registered.has(code)), 'approved is registered, with all that belongs to it')
    t.same(codes.filter((code) => members.has(code)), codes.filter((code) => registered.has(code)), 'and of what was not approved there is no trace')
    t.ok(rows.filter(({ id }) => acknowledged.has(id)).every(({ status }) => status === 'APPROVED'), 'what was acknowledged is there')
    const verifier = new AuditVerifier()
    for (const { hash, previousHash, ...event } of await eventsAfter(store, 0, 10_000)) verifier.line(writeAuditExport(event, hash).trimEnd())
    t.equal(verifier.report().problem, undefined)
    await store.close()
  }
  t.ok(acknowledged.size > 0)
})
