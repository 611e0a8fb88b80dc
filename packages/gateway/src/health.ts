import type { Clock, Health } from '@trembita/daemon'
import type { GlobalConf } from './globalconf/index.ts'
import type { MessageLog } from './messagelog/index.ts'
import type { Signer } from './signer/index.ts'

/** What must hold for this gateway to carry messages (xroad-trust §6.6). */
export function addHealthChecks (health: Health, deps: { globalconf: GlobalConf, signer: Signer, messagelog: MessageLog, clock: Clock }): void {
  const { globalconf, signer, messagelog, clock } = deps
  health.add('global configuration', async () => {
    const snapshot = globalconf.current()
    snapshot.checkValid(clock.now())
    return { status: 'pass', message: `instance ${snapshot.instance}, valid until ${snapshot.expiresAt?.toISOString() ?? 'further notice'}` }
  })
  health.add('authentication certificate', async () => {
    const { certificate } = signer.auth()
    return { status: 'pass', message: `valid until ${certificate.notAfter.toISOString()}` }
  })
  health.add('message log', async () => {
    const { status, message } = await messagelog.health()
    return message === undefined ? { status } : { status, message }
  })
}
