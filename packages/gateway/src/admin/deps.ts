import type { Clock, Health, Logger } from '@trembita/daemon'
import type { Accounts } from '@trembita/daemon/accounts'
import type { ServerId } from '@trembita/protocol/identifiers'
import type { AccessLog, MonitoringSettings } from '../accesslog/index.ts'
import type { AgreementParts } from '../agreements/index.ts'
import type { GlobalConf, Snapshot } from '../globalconf/index.ts'
import type { Installation } from '../installation.ts'
import type { ManagementClient, ManagementRequests } from '../management/index.ts'
import type { MessageLog } from '../messagelog/index.ts'
import type { OcspKeeper } from '../ocsp/index.ts'
import type { ServerConf } from '../serverconf/index.ts'
import type { ServiceCaller } from '../services/index.ts'
import type { Signer, SoftwareToken } from '../signer/index.ts'
import type { PeerTest } from '../transport/index.ts'
import type { AuditLog } from './audit-log.ts'
import { Refusal } from './refusal.ts'

/** What only an initialised gateway has. */
export interface RunningParts {
  readonly signer: Signer
  readonly ocsp: OcspKeeper
  readonly messagelog: MessageLog
  readonly management: ManagementRequests & Pick<ManagementClient, 'testRegistrationService'>
  readonly services: Pick<ServiceCaller, 'fetchDescription'>
  readonly agreements: AgreementParts
  readonly accesslog: Pick<AccessLog, 'list'> & { readonly outbox: Pick<AccessLog['outbox'], 'reconsider'> }
  /** Where this gateway listens. */
  readonly addresses: { readonly consumerHttp?: string | undefined, readonly consumerHttps?: string | undefined, readonly messages: string, readonly ocsp: string }
  /** Knocks at another gateway. @throws {Fault} when it cannot be used. */
  testPeer (server: ServerId): Promise<PeerTest>
  /** Takes up at once what changed in the token or the server configuration. */
  reconsider (): Promise<void>
}

/** What the administration API works on. */
export interface AdminDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly accounts: Accounts
  readonly audit: AuditLog
  readonly health: Pick<Health, 'report'>
  readonly installation: Installation
  readonly token: SoftwareToken
  readonly serverconf: ServerConf
  /** Where accesses to personal data are reported: by the configuration file, else as an administrator said. */
  readonly monitoring: () => MonitoringSettings | undefined
  /** PEM of the certificate for information systems; there once the gateway is initialised. */
  readonly internalCertificateFile: string
  /** Undefined until there is an anchor. */
  readonly globalconf: () => GlobalConf | undefined
  /** Undefined until the gateway is initialised. */
  readonly running: () => RunningParts | undefined
  /** Saves a checked anchor and follows it from now on. */
  readonly useAnchor: (bytes: Buffer) => Promise<void>
  /** Gives the gateway its name and brings up what carries messages. All of it, or nothing; false when it has a name. */
  readonly initialise: (server: ServerId) => Promise<boolean>
  /** Whether this is the PIN of the token. */
  readonly isPin: (pin: string) => boolean
}

/** @throws {Refusal} until the gateway is initialised. */
export function runningOf (deps: AdminDeps): RunningParts {
  const parts = deps.running()
  if (parts === undefined) throw new Refusal('conflict', 'server_not_initialized', 'this gateway is not initialised yet')
  return parts
}

/** @throws {Refusal} until the gateway is initialised. */
export function serverOf (deps: AdminDeps): ServerId {
  const id = deps.installation.server()
  if (id === undefined) throw new Refusal('conflict', 'server_not_initialized', 'this gateway is not initialised yet')
  return id
}

/** The configuration in force. @throws {Refusal} without an anchor, {Fault} `OutdatedGlobalConf` without a valid configuration. */
export function snapshotOf (deps: AdminDeps): Snapshot {
  const globalconf = deps.globalconf()
  if (globalconf === undefined) throw new Refusal('conflict', 'anchor_not_found', 'import the configuration anchor first')
  const snapshot = globalconf.current()
  snapshot.checkValid(deps.clock.now())
  return snapshot
}
