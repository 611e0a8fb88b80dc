import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId, isSameServer } from '@trembita/protocol/identifiers'
import type { ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { pendingRegistrations } from './client-reg.ts'
import { moveProcessing } from './move-processing.ts'
import { aboutServer, pendingWhere, requestsWhere, sha256 } from './request-rows.ts'
import { associationOf, removeAuthCertificate, removeClient, serverOfCertificate } from './server-changes.ts'
import type { RequestOf, RequestRule, StoredRequest } from './types.ts'

/** Takes a client off a server; of one that is only waiting to be registered, takes the registration back (xroad-trust §4.5). */
export const CLIENT_DELETION: RequestRule<RequestOf<'clientDeletion'>> = {
  async check (reader, { server, client }) {
    if (await associationOf(reader, server, client) !== undefined) return undefined
    if ((await pendingRegistrations(reader, server, client)).length > 0) return undefined
    // A gateway clears away what the centre did not want; there is nothing left to do.
    const [ofServer, ...values] = aboutServer(server)
    const [declined] = await requestsWhere(reader, `r.service = 'clientReg' AND p.status = 'DECLINED' AND ${ofServer}
      AND r.client_class = ? AND r.client_member = ? AND coalesce(r.client_subsystem, '') = ?`,
    ...values, client.memberClass, client.memberCode, client.subsystemCode ?? '')
    if (declined !== undefined) return undefined
    throw new Refusal('notFound', 'management_request_client_registration_not_found',
      `${formatClientId(client)} neither is a client of security server ${formatServerId(server)} nor waits to be`)
  },
  async apply (tx, { server, client }) {
    if (!await removeClient(tx, server, client)) await revoke(tx, await pendingRegistrations(tx, server, client))
  }
}

/** Takes an authentication certificate off a server, or its waiting registration back. The server may be left without any. */
export const AUTH_CERT_DELETION: RequestRule<RequestOf<'authCertDeletion'>> = {
  async check (reader, request) {
    const holder = await serverOfCertificate(reader, sha256(request.authCertificate))
    if (holder !== undefined && isSameServer(holder.id, request.server)) return undefined
    if ((await pendingOf(reader, request)).length > 0) return undefined
    throw new Refusal('notFound', 'ss_auth_certificate_not_found', `security server ${formatServerId(request.server)} does not have this authentication certificate`)
  },
  async apply (tx, request) {
    if (!await removeAuthCertificate(tx, request.server, sha256(request.authCertificate))) await revoke(tx, await pendingOf(tx, request))
  }
}

async function pendingOf (reader: SqlReader, { server, authCertificate }: RequestOf<'authCertDeletion'>): Promise<StoredRequest[]> {
  const [ofServer, ...values] = aboutServer(server)
  return await pendingWhere(reader, `r.service = 'authCertReg' AND r.certificate_sha256 = ? AND ${ofServer}`, sha256(authCertificate), ...values)
}

async function revoke (tx: ChangeTx, pending: readonly StoredRequest[]): Promise<void> {
  for (const processing of new Set(pending.map(({ processing }) => processing))) await moveProcessing(tx, processing, 'REVOKED')
}
