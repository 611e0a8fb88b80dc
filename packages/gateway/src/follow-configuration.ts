import type { Logger } from '@trembita/daemon'
import { formatClientId, formatServerId, isSameServer, memberOf, type ServerId } from '@trembita/protocol/identifiers'
import type { Snapshot } from './globalconf/index.ts'
import type { Installation } from './installation.ts'
import type { ClientConf, LocalClientStatus, ServerConf } from './serverconf/index.ts'
import type { CertificateEntry, CertificateStatus, SoftwareToken } from './signer/index.ts'

export interface FollowDeps {
  readonly installation: Installation
  readonly serverconf: ServerConf
  readonly token: SoftwareToken
  readonly log: Logger
}

/** What is asked of the configuration in force. */
export type OwnConfiguration = Pick<Snapshot, 'hasServer' | 'serverByAuthCertificate' | 'isClientOf' | 'subsystemName' | 'serverAddress' | 'maintenanceOf'>

/**
 * Moves what this gateway keeps of itself to where the global configuration has it: its name after an owner change, the states
 * of its authentication certificates and of its clients. Durable when it resolves; done again, it changes nothing.
 *
 * @see xroad-trust §3.6, §4.5 "Node side reaction"
 */
export async function followConfiguration (deps: FollowDeps, snapshot: OwnConfiguration): Promise<void> {
  takeOverName(deps, snapshot)
  const server = deps.installation.server()
  if (server === undefined) return
  await moveCertificates(deps, snapshot, server)
  moveClients(deps, snapshot, server)
  forgetRequests(deps, snapshot, server)
}

/** The owner changed when our name is gone, and our certificate stands under the same code of another member that we serve. */
function takeOverName ({ installation, serverconf, token, log }: FollowDeps, snapshot: OwnConfiguration): void {
  const server = installation.server()
  if (server === undefined || snapshot.hasServer(server)) return
  for (const { use, certificates } of token.keys()) {
    if (use !== 'auth') continue
    for (const certificate of certificates) {
      const found = snapshot.serverByAuthCertificate(certificate, server.instance)
      if (found === undefined || found.serverCode !== server.serverCode || serverconf.current().client(memberOf(found)) === undefined) continue
      installation.renameServer(found)
      log.info({ before: formatServerId(server), server: formatServerId(found) }, 'this gateway has a new owner')
      return
    }
  }
}

async function moveCertificates ({ token, log }: FollowDeps, snapshot: OwnConfiguration, server: ServerId): Promise<void> {
  for (const { use, entries } of token.keys()) {
    if (use !== 'auth') continue
    for (const entry of entries) {
      const registered = snapshot.serverByAuthCertificate(entry.certificate, server.instance)
      const status = nextCertificateStatus(entry, registered !== undefined && isSameServer(registered, server))
      if (status === entry.status) continue
      await token.updateCertificate(entry.certificate, { status })
      log.info({ certificate: entry.certificate.sha256.toString('hex'), before: entry.status, status }, 'state of an authentication certificate changed')
    }
  }
}

function nextCertificateStatus ({ status }: CertificateEntry, listed: boolean): CertificateStatus {
  // What an administrator deletes stays so, however long the core takes.
  if (status === 'deletion in progress') return status
  if (listed) return 'registered'
  return status === 'registered' ? 'global error' : status
}

function moveClients ({ serverconf, log }: FollowDeps, snapshot: OwnConfiguration, server: ServerId): void {
  for (const client of serverconf.current().clients) {
    const status = nextClientStatus(client, snapshot.isClientOf(server, client.id))
    if (status !== client.status) {
      serverconf.clients.setStatus(client.id, status)
      log.info({ client: formatClientId(client.id), before: client.status, status }, 'state of a client changed')
    }
    const known = snapshot.subsystemName(client.id)
    if (client.submittedName !== undefined && known === client.submittedName) serverconf.clients.setSubmittedName(client.id, undefined)
    if (client.name !== undefined && known === client.name) serverconf.clients.setName(client.id, undefined)
  }
}

function nextClientStatus ({ status, configured }: ClientConf, listed: boolean): LocalClientStatus {
  if (configured) return status
  switch (status) {
    case 'saved': case 'registration in progress': case 'global error': case 'enabling in progress': return listed ? 'registered' : status
    case 'registered': return listed ? status : 'global error'
    case 'disabling in progress': return listed ? status : 'disabled'
    case 'deletion in progress': case 'disabled': return status
  }
}

/** What the core was asked and has done is no request any more. */
function forgetRequests ({ serverconf }: FollowDeps, snapshot: OwnConfiguration, server: ServerId): void {
  const { requestedAddress, requestedMaintenance } = serverconf.server()!
  if (requestedAddress !== undefined && snapshot.serverAddress(server) === requestedAddress) serverconf.setRequested({ address: undefined })
  if (requestedMaintenance !== undefined && (snapshot.maintenanceOf(server) !== undefined) === requestedMaintenance) serverconf.setRequested({ maintenance: undefined })
}
