import type { ChangeTx } from '../audit/index.ts'
import { requestObject } from './audit-objects.ts'
import { requestsOf, setStatus } from './request-rows.ts'
import type { RequestStatus } from './types.ts'

const ACTIONS: Readonly<Partial<Record<RequestStatus, string>>> = {
  APPROVED: 'management-request.approve', DECLINED: 'management-request.decline', REVOKED: 'management-request.revoke', SUBMITTED_FOR_APPROVAL: 'management-request.submit'
}

/** Gives the requests of a processing another state, with whose decision it was and why. */
export async function moveProcessing (tx: ChangeTx, processing: number, status: RequestStatus, reason?: string): Promise<void> {
  const requests = await requestsOf(tx, processing)
  await setStatus(tx, processing, status, tx.at, tx.actor.name, reason)
  for (const request of requests) {
    await tx.record({ action: ACTIONS[status]!, object: requestObject(request.id), before: { status: request.status }, after: { status, reason } })
  }
}
