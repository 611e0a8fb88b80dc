import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId, isSameMember, memberOf, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'
import { memberKey, serverKey } from '../registry/index.ts'
import { aboutServer, pendingWhere } from './request-rows.ts'
import { associationOf, changeOwner, knownServer } from './server-changes.ts'
import type { RequestOf, RequestRule } from './types.ts'

/** One of a server's clients becomes its owner (xroad-trust §4.5). */
export const OWNER_CHANGE: RequestRule<RequestOf<'ownerChange'>> = {
  async check (reader, { server, client }) {
    await checkPossible(reader, server, client)
    const [ofServer, ...values] = aboutServer(server)
    const [pending] = await pendingWhere(reader, `r.service = 'ownerChange' AND ${ofServer}`, ...values)
    if (pending !== undefined) {
      throw new Refusal('conflict', 'management_request_exists', `request ${pending.id} for another owner of ${formatServerId(server)} waits for a decision already`)
    }
    return undefined
  },
  approval: {
    autoApproval: 'autoApproveOwnerChangeRequests',
    isAllKnown: async (reader, { client }) => await memberKey(reader, client) !== undefined
  },
  async apply (tx, { server, client }) {
    await checkPossible(tx, server, client)
    await changeOwner(tx, server, client)
  }
}

async function checkPossible (reader: SqlReader, server: ServerId, newOwner: MemberId): Promise<void> {
  await knownServer(reader, server)
  if (isSameMember(memberOf(server), newOwner)) {
    throw new Refusal('conflict', 'management_request_client_already_owner', `${formatClientId(newOwner)} owns security server ${formatServerId(server)} already`)
  }
  if (await associationOf(reader, server, memberOf(newOwner)) === undefined) {
    throw new Refusal('conflict', 'management_request_owner_must_be_client', `${formatClientId(newOwner)} is not a client of security server ${formatServerId(server)}`)
  }
  const after = { ...memberOf(newOwner), serverCode: server.serverCode }
  if (await serverKey(reader, after) !== undefined) {
    throw new Refusal('conflict', 'management_request_server_code_exists', `there is a security server ${formatServerId(after)} already`)
  }
}
