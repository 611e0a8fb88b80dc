import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId, isSameClient, memberOf, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'
import { checkAccession, memberKey, serverKey } from '../registry/index.ts'
import { hasAcceded } from './has-acceded.ts'
import { partnerAmong } from './partner.ts'
import { aboutServer, pendingWhere } from './request-rows.ts'
import { addClient, associationOf, knownServer } from './server-changes.ts'
import type { RequestOf, RequestRule, StoredRequest } from './types.ts'

/** Registration of a member or subsystem as client of a server (xroad-trust §4.5). */
export const CLIENT_REG: RequestRule<RequestOf<'clientReg'>> = {
  async check (reader, { server, client }, origin) {
    await checkFree(reader, server, client)
    if (origin === 'CENTER') {
      await knownServer(reader, server)
      if (await memberKey(reader, client) === undefined) {
        throw new Refusal('notFound', 'management_request_member_not_found', `member ${formatClientId(memberOf(client))} is not registered`)
      }
    }
    return partnerAmong(await pendingRegistrations(reader, server, client), origin)
  },
  approval: {
    autoApproval: 'autoApproveClientRegRequests',
    isAllKnown: async (reader, { server, client }, at) => await serverKey(reader, server) !== undefined && await memberKey(reader, client) !== undefined && await hasAcceded(reader, memberOf(client), at)
  },
  async apply (tx, { server, client, subsystemName }) {
    await checkFree(tx, server, client)
    await checkAccession(tx, memberOf(client), tx.at)
    await addClient(tx, server, client, subsystemName)
  }
}

/** Registrations of a client at a server that nobody has decided on. */
export async function pendingRegistrations (reader: SqlReader, server: ServerId, client: ClientId): Promise<StoredRequest[]> {
  const [ofServer, ...values] = aboutServer(server)
  return await pendingWhere(reader, `r.service = 'clientReg' AND ${ofServer} AND r.client_class = ? AND r.client_member = ? AND coalesce(r.client_subsystem, '') = ?`,
    ...values, client.memberClass, client.memberCode, client.subsystemCode ?? '')
}

async function checkFree (reader: SqlReader, server: ServerId, client: ClientId): Promise<void> {
  // Its owner is a client by being the owner (xroad-trust §1.5).
  if (isSameClient(client, memberOf(server))) {
    throw new Refusal('conflict', 'management_request_cannot_register_owner', `${formatClientId(client)} owns security server ${formatServerId(server)} and so is its client already`)
  }
  if (await associationOf(reader, server, client) !== undefined) {
    throw new Refusal('conflict', 'management_request_client_already_registered', `${formatClientId(client)} is a client of security server ${formatServerId(server)} already`)
  }
}
