/** Takes reports and writes the log until it is killed, or kills itself at a named step. Prints each acknowledged number. */
import { openLog } from './log-fixture.ts'
import { COMPONENT, sampleEvent } from '../samples.ts'

const [folder, step, after] = process.argv.slice(2) as [string, string, string]
let left = Number(after)
const log = await openLog(folder, {
  onStep: (at) => { if (at === step && left-- <= 0) process.kill(process.pid, 'SIGKILL') }
})
const ack = await log.store.get<{ ack_seq: number }>('SELECT ack_seq FROM component WHERE id = ?', COMPONENT)
let next = Number(ack?.ack_seq ?? 0) + 1
process.stdout.write('ready\n')
for (;;) {
  const events = Array.from({ length: 40 }, (_, i) => sampleEvent(next + i))
  const { ackSeq } = await log.intake.report({ component: COMPONENT, fromSeq: next, toSeq: next + events.length - 1, events })
  process.stdout.write(`${ackSeq}\n`)
  next = ackSeq + 1
  await log.ledger.flush()
}
