import { formatServerId, type ServerId } from '@trembita/protocol/identifiers'
import type { ChangeTx } from '../audit/index.ts'

/**
 * A suspended gateway stays suspended under the name that it has with a new owner. To be called within the change that gives it
 * away.
 */
export async function followServer (tx: ChangeTx, before: ServerId, after: ServerId): Promise<void> {
  const moved = await tx.all<{ id: number }>(`UPDATE suspension SET member_class = ?, member_code = ?, object_code = ?
    WHERE object_kind = 'server' AND member_class = ? AND member_code = ? AND object_code = ? AND state IN ('scheduled', 'inForce') RETURNING id`,
  after.memberClass, after.memberCode, after.serverCode, before.memberClass, before.memberCode, before.serverCode)
  for (const { id } of moved) {
    await tx.record({
      action: 'suspension.follow', object: { kind: 'suspension', id: String(id) }, before: { object: `SERVER:${formatServerId(before)}` }, after: { object: `SERVER:${formatServerId(after)}` }
    })
  }
}
