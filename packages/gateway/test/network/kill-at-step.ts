/*
 * A gateway that kills itself, as kill -9 would, the moment it has done a step of the flow:
 *
 *     kill-at-step.ts CONFIG SIDE COUNT
 *
 * at the COUNT-th step that SIDE (consumer or provider) does. Says on its standard output which step that was.
 */
import { writeSync } from 'node:fs'
import { createLogger, systemClock } from '@trembita/daemon'
import { readGatewayConfig, startGateway } from '../../src/index.ts'

const [config, mySide, count] = process.argv.slice(2) as [string, string, string]
let left = Number(count)
const log = createLogger('gateway', 'warn')
const { addresses } = await startGateway(readGatewayConfig(config, {}), log, systemClock, {
  onStep: (side, step) => {
    if (side !== mySide || --left > 0) return
    writeSync(1, `${JSON.stringify({ msg: 'killed', step })}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
})
writeSync(1, `${JSON.stringify({ msg: 'gateway started', addresses })}\n`)
