import type { SqlReader } from '@trembita/daemon/store'
import { isSameMember, isSameServer, memberOf, type ServerId } from '@trembita/protocol/identifiers'
import { SUSPENSIONS_FILE, SUSPENSIONS_PART, writeSuspensionList } from '@trembita/protocol/suspension'
import type { OptionalPart } from '../globalconf/index.ts'
import { readParameters } from '../registry/index.ts'
import { suspensionsInForce } from './rows.ts'
import type { Suspension } from './types.ts'

/** The configuration part SUSPENSIONS; nothing while nobody is suspended. */
export async function suspensionsPart (reader: SqlReader): Promise<OptionalPart[]> {
  const inForce = await suspensionsInForce(reader)
  if (inForce.length === 0) return []
  const { instance } = await readParameters(reader)
  const certificates = await certificatesOf(reader, inForce, instance)
  const suspensions = inForce.map(({ number, target, ground, act, beganAt, startsAt }) => ({
    number,
    target,
    ground,
    actNumber: act.number,
    actDate: act.date,
    since: beganAt ?? startsAt,
    authCertHashes: certificates.filter(({ server }) => target.kind === 'member' ? isSameMember(target.id, server) : target.kind === 'server' && isSameServer(target.id, server)).map(({ sha256 }) => sha256)
  }))
  return [{ contentIdentifier: SUSPENSIONS_PART, fileName: SUSPENSIONS_FILE, content: writeSuspensionList({ instance, suspensions }) }]
}

/** Authentication certificates of every gateway whose owner is suspended, or one gateway of whom is. */
async function certificatesOf (reader: SqlReader, inForce: readonly Suspension[], instance: string): Promise<{ readonly server: ServerId, readonly sha256: Buffer }[]> {
  const members = new Map(inForce.filter(({ target }) => target.kind !== 'subsystem').map(({ target: { id } }) => [`${id.memberClass}\n${id.memberCode}`, memberOf(id)]))
  const found: { server: ServerId, sha256: Buffer }[] = []
  for (const owner of members.values()) {
    const rows = await reader.all<{ code: string, sha256: Buffer }>(`SELECT s.code, a.sha256 FROM auth_certificate a JOIN security_server s ON s.id = a.security_server_id
      JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ? ORDER BY a.id`, owner.memberClass, owner.memberCode)
    found.push(...rows.map(({ code, sha256 }) => ({ server: { ...owner, instance, serverCode: code }, sha256 })))
  }
  return found
}
