import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, type Clock } from '@trembita/daemon'
import { startGlobalConf, type GlobalConf, type GlobalConfOptions } from '@trembita/gateway/globalconf'

/** The configuration client of a real gateway, which downloads when it is told to. */
export async function gatewayClient (anchor: Uint8Array | string, clock: Clock, options: Partial<GlobalConfOptions> = {}): Promise<GlobalConf> {
  return await startGlobalConf({
    anchor, clock, folder: mkdtempSync(join(tmpdir(), 'globalconf-')), log: createLogger('gateway', 'silent'), refreshSeconds: 0, ...options
  })
}
