import type { MemberId } from '@trembita/protocol/identifiers'
import type { Clock } from '@trembita/daemon'
import type { GlobalConf } from '../globalconf/index.ts'
import type { MessageLog } from '../messagelog/index.ts'
import type { ServerConf } from '../serverconf/index.ts'

export interface DownloadDeps {
  readonly clock: Clock
  readonly globalconf: GlobalConf
  readonly serverconf: ServerConf
  readonly messagelog: MessageLog
  /** Owner of this gateway: it asks for descriptions when no client is named. */
  readonly owner: () => MemberId
  readonly internalCertificateHash: string | undefined
  /** Sends a SOAP request as the owner and gives back the parts of its answer: how a description is fetched through the exchange. */
  readonly ask: (soap: Buffer) => Promise<{ readonly soap: Buffer, readonly attachments: readonly Buffer[] }>
}
