import { formatServerId, type ServerId } from '@trembita/protocol/identifiers'
import type { ManagementRequest } from '@trembita/protocol/management'
import type { ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { moveProcessing } from './move-processing.ts'
import { aboutServer, pendingWhere, requestById, requestsOf } from './request-rows.ts'
import { ruleOf } from './rules.ts'
import { PENDING, type StoredRequest } from './types.ts'

/**
 * Agrees to a request, with the one that completes it, and carries it out.
 *
 * @throws {Refusal} `management_request_not_found`, `management_request_invalid_state_for_approval`, or what forbids it by now.
 */
export async function approve (tx: ChangeTx, id: number, reason?: string): Promise<void> {
  const request = await requestById(tx, id)
  if (!PENDING.includes(request.status)) {
    throw new Refusal('conflict', 'management_request_invalid_state_for_approval', `request ${id} is ${request.status} and waits for nobody`)
  }
  const content = joined(await requestsOf(tx, request.processing))
  await moveProcessing(tx, request.processing, 'APPROVED', reason)
  await ruleOf(content).apply(tx, content)
  // From now on the server has another identifier: what it asked under the old one could only be misunderstood.
  if (content.service === 'ownerChange') await declineAllOf(tx, content.server, `${formatServerId(content.server)} has another owner since`)
}

/**
 * Turns a request down. What only the centre asked is taken back (REVOKED), what a gateway asked is declined.
 *
 * @throws {Refusal} `management_request_not_found`, `management_request_invalid_state`
 */
export async function turnDown (tx: ChangeTx, id: number, reason?: string): Promise<void> {
  const request = await requestById(tx, id)
  if (!PENDING.includes(request.status)) throw new Refusal('conflict', 'management_request_invalid_state', `request ${id} is ${request.status} and cannot be turned down any more`)
  const ofCentreAlone = (await requestsOf(tx, request.processing)).every(({ origin }) => origin === 'CENTER')
  await moveProcessing(tx, request.processing, ofCentreAlone ? 'REVOKED' : 'DECLINED', reason)
}

/** Declines whatever is pending about a server that is no more. */
export async function declineAllOf (tx: ChangeTx, server: ServerId, reason: string): Promise<void> {
  const [ofServer, ...values] = aboutServer(server)
  const pending = await pendingWhere(tx, ofServer, ...values)
  for (const processing of new Set(pending.map(({ processing }) => processing))) await moveProcessing(tx, processing, 'DECLINED', reason)
}

/** What both sides ask for: the gateway's word counts on itself, the centre's fills in what it left out. */
export function joined (requests: readonly StoredRequest[]): ManagementRequest {
  const ofServer = requests.find(({ origin }) => origin === 'SECURITY_SERVER')?.request
  const ofCentre = requests.find(({ origin }) => origin === 'CENTER')?.request
  const told = (request: object | undefined): object => Object.fromEntries(Object.entries(request ?? {}).filter(([, value]) => value !== undefined))
  return { ...told(ofCentre), ...told(ofServer) } as ManagementRequest
}
