import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { consistencyRanges, hashOfRange, openCheckpoint, parseVerifierKey, verifyConsistency, type Checkpoint } from '@trembita/protocol/tlog'
import { openLog } from './log-fixture.ts'

/** Ends by itself at the step, the so-manieth time; or `anywhere`, when so many were acknowledged. */
async function killAt (folder: string, step: string, after: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'write-until-killed.ts'), folder, step, String(after)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let acknowledged = 0
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') continue
    acknowledged = Number(line)
    if (step === 'anywhere' && ++seen === after) setTimeout(() => { child.kill('SIGKILL') }, Math.random() * 8)
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  t.equal(child.signalCode, 'SIGKILL')
  return acknowledged
}

t.test('kill -9 at each step of the log loses nothing acknowledged, doubles nothing, and never leads to a second history (TR-12.6)', async (t) => {
  t.setTimeout(120_000)
  const folder = t.testdir()
  let before: Checkpoint | undefined
  let size = 0
  for (const [step, after] of [['tiles', 1], ['signed', 2], ['stored', 1], ['cosigned', 3], ['published', 2], ['tiles', 9], ['anywhere', 3], ['anywhere', 6], ['anywhere', 4]] as const) {
    const acknowledged = await killAt(folder, step, after)
    const log = await openLog(folder)
    await log.ledger.flush()
    const stored = await log.store.all<{ seq: number, event_id: string }>('SELECT seq, event_id FROM access_event ORDER BY seq')
    t.ok(stored.length >= acknowledged, `${step}: ${acknowledged} acknowledged, ${stored.length} there`)
    t.same(stored.map(({ seq }) => Number(seq)), stored.map((_, i) => i + 1), 'in order, none twice')
    t.equal((await log.store.all('SELECT leaf_index FROM log_entry')).length, stored.length)
    const note = await readFile(join(log.folder, 'checkpoint'), 'utf8')
    const { checkpoint } = openCheckpoint(note, parseVerifierKey(log.ledger.verifierKey))
    t.equal(checkpoint.size, stored.length, 'all of it is published')
    t.ok(checkpoint.size > size)
    size = checkpoint.size
    if (before !== undefined) {
      const proof = await Promise.all(consistencyRanges(before.size, checkpoint.size).map((range) => hashOfRange(range, log.ledger.tiles.reader(checkpoint.size))))
      verifyConsistency(before.size, checkpoint.size, proof, before.root, checkpoint.root)
    }
    before = checkpoint
    await log.close()
  }
})
