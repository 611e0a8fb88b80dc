import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, formatServerId } from '@trembita/protocol/identifiers'
import type { ManagementRequest } from '@trembita/protocol/management'
import type { ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { readParameters } from '../registry/index.ts'
import { approve } from './decide.ts'
import { requestObject } from './audit-objects.ts'
import { moveProcessing } from './move-processing.ts'
import { insertRequest, sha256 } from './request-rows.ts'
import { ruleOf } from './rules.ts'
import type { RequestOrigin, StoredRequest } from './types.ts'

/** A request that passed all checks of its form. */
export interface NewRequest {
  readonly request: ManagementRequest
  readonly origin: RequestOrigin
  readonly comments?: string | undefined
  /** Approve it at once, whatever the switches say. */
  readonly approve?: boolean | undefined
}

/** @returns the pending request that it would complete. @throws {Refusal} what forbids it. */
export async function checkRequest (reader: SqlReader, { request, origin }: NewRequest): Promise<StoredRequest | undefined> {
  const { instance } = await readParameters(reader)
  const foreign = request.server.instance !== instance || ('client' in request && request.client.instance !== instance)
  if (foreign) throw new Refusal('invalid', 'invalid_client_identifier', `the registry is of instance ${instance}`)
  return await ruleOf(request).check(reader, request, origin)
}

/**
 * Takes a request in: carries it out if nobody has to agree or everybody has, else leaves it for a decision.
 *
 * @returns its id.
 * @throws {Refusal}
 * @see xroad-trust §4.5
 */
export async function addRequest (tx: ChangeTx, added: NewRequest): Promise<number> {
  const { request, origin, comments } = added
  const partner = await checkRequest(tx, added)
  const rule = ruleOf(request)
  const row = { request, origin, comments, requestedBy: tx.actor.name }
  if (rule.approval === undefined) {
    const id = await insertRequest(tx, row, 'APPROVED', tx.at)
    await recordNew(tx, id, added, 'APPROVED')
    await rule.apply(tx, request)
    return id
  }
  const id = await insertRequest(tx, row, 'WAITING', tx.at, partner?.processing)
  await recordNew(tx, id, added, 'WAITING')
  if (partner !== undefined) await moveProcessing(tx, partner.processing, 'SUBMITTED_FOR_APPROVAL')
  const wanted = partner !== undefined || (await readParameters(tx))[rule.approval.autoApproval]
  if (added.approve === true || (wanted && origin === 'SECURITY_SERVER' && await rule.approval.isAllKnown(tx, request, tx.at))) await approve(tx, id)
  return id
}

async function recordNew (tx: ChangeTx, id: number, { request, origin, comments }: NewRequest, status: string): Promise<void> {
  const { server, ...rest } = request
  await tx.record({
    action: 'management-request.add',
    object: requestObject(id),
    after: {
      ...rest,
      ...'client' in request ? { client: formatClientId(request.client) } : {},
      ...'authCertificate' in request ? { authCertificate: sha256(request.authCertificate).toString('hex') } : {},
      server: formatServerId(server),
      origin,
      comments,
      status
    }
  })
}
