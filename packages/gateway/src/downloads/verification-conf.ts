import { writeZip } from '@trembita/protocol/asic'
import { writeVerificationConf } from '@trembita/protocol/globalconf'
import type { DownloadDeps } from './deps.ts'
import { sendBytes, type Download } from './downloads.ts'

/** `GET /verificationconf`: the configuration that signed documents are judged by, of every known instance (xroad-messages §4.6). */
export async function serveVerificationConf (deps: DownloadDeps, { response }: Download): Promise<void> {
  const snapshot = deps.globalconf.current()
  const files = writeVerificationConf(snapshot.instance, snapshot.sharedFiles())
  const zip = await writeZip([...files].map(([name, bytes]) => ({ name, bytes })), { at: deps.clock.now() })
  sendBytes(response, 200, 'application/zip', zip, { 'content-disposition': 'filename="verificationconf.zip"' })
}
