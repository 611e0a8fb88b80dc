import type { SqlReader } from '@trembita/daemon/store'
import { isSameServer, memberOf } from '@trembita/protocol/identifiers'
import type { ManagementRequest } from '@trembita/protocol/management'
import { serverKey, subsystemKey } from '../registry/index.ts'
import { sha256 } from './request-rows.ts'
import { associationOf, serverOfCertificate } from './server-changes.ts'

/** Whether the registry is as a request wants it. */
export async function isInForce (reader: SqlReader, request: ManagementRequest): Promise<boolean> {
  const { server } = request
  switch (request.service) {
    case 'authCertReg': case 'authCertDeletion': {
      const holder = await serverOfCertificate(reader, sha256(request.authCertificate))
      return (holder !== undefined && isSameServer(holder.id, server)) === (request.service === 'authCertReg')
    }
    case 'clientReg': return await associationOf(reader, server, request.client) !== undefined
    case 'clientDeletion': return await associationOf(reader, server, request.client) === undefined
    case 'clientEnable': return (await associationOf(reader, server, request.client))?.enabled === true
    case 'clientDisable': return (await associationOf(reader, server, request.client))?.enabled === false
    case 'ownerChange': return await serverKey(reader, { ...memberOf(request.client), serverCode: server.serverCode }) !== undefined
    case 'clientRename': {
      const key = await subsystemKey(reader, request.client)
      return key !== undefined && (await reader.get<{ name: string | null }>('SELECT name FROM subsystem WHERE id = ?', key))?.name === request.subsystemName
    }
    case 'addressChange': case 'maintenanceModeEnable': case 'maintenanceModeDisable': {
      const key = await serverKey(reader, server)
      if (key === undefined) return false
      const state = (await reader.get<{ address: string | null, on: 0 | 1, message: string | null }>(
        'SELECT address, in_maintenance AS "on", maintenance_message AS message FROM security_server WHERE id = ?', key))!
      if (request.service === 'addressChange') return state.address === request.address
      if (request.service === 'maintenanceModeDisable') return state.on === 0
      return state.on === 1 && state.message === (request.message ?? null)
    }
  }
}
