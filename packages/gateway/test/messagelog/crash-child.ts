import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openLog, startAuthority } from './fixture.ts'

/*
 * Writes records until it is killed, and tells of each one that was acknowledged, at once and unbuffered:
 * a line that the parent reads is a promise that the log must keep.
 */
const folder = process.argv[2]!
const authority = await startAuthority()
const log = await openLog(authority, folder, { archive: {}, timestamping: authority.timestamping({ firstDelaySeconds: 0, intervalSeconds: () => 0.05 }) })
writeSync(1, 'ready\n')
for (let writer = 0; writer < 8; writer++) {
  void (async () => {
    for (;;) {
      const size = Math.random() < 0.3 ? 70_000 + Math.floor(Math.random() * 300_000) : Math.floor(Math.random() * 5000)
      const bytes = randomBytes(size)
      const spool = log.openBody()
      await spool.write(bytes)
      const record = await authority.record({ bodies: [bytes], held: [await spool.end()] })
      const id = await log.append(record)
      writeSync(1, `${id} ${record.queryId}\n`)
      if (Math.random() < 0.02) await log.archiveNow()
    }
  })()
}
