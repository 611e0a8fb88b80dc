import { formatClientId, formatServerId, isSameClient } from '@trembita/protocol/identifiers'
import type { SqlReader } from '@trembita/daemon/store'
import { isServerAddress } from '@trembita/protocol/management'
import { Refusal } from '../refusal.ts'
import { managementProviderOf, readParameters } from '../registry/index.ts'
import { renameSubsystem } from './member-changes.ts'
import { hostsManagementProvider, knownAssociation, knownServer, setAddress, setClientEnabled, setMaintenance } from './server-changes.ts'
import type { RequestOf, RequestRule } from './types.ts'

/** Requests that nobody has to agree to: the gateway's word on itself and its clients (xroad-trust §4.5). */
export const ADDRESS_CHANGE: RequestRule<RequestOf<'addressChange'>> = {
  async check (reader, { server, address }) {
    await knownServer(reader, server)
    if (!isServerAddress(address)) throw new Refusal('invalid', 'management_request_invalid_server_address', 'the address is neither an IP address nor a domain name')
    return undefined
  },
  async apply (tx, { server, address }) { await setAddress(tx, server, address) }
}

export const CLIENT_DISABLE: RequestRule<RequestOf<'clientDisable'>> = {
  async check (reader, { server, client }) {
    await knownAssociation(reader, server, client)
    const provider = managementProviderOf(await readParameters(reader))
    if (provider !== undefined && isSameClient(provider, client)) {
      throw new Refusal('conflict', 'management_service_provider_cannot_be_disabled', `${formatClientId(client)} gives the management services: without it no request would reach the core`)
    }
    return undefined
  },
  async apply (tx, { server, client }) { await setClientEnabled(tx, server, client, false) }
}

export const CLIENT_ENABLE: RequestRule<RequestOf<'clientEnable'>> = {
  async check (reader, { server, client }) {
    await knownAssociation(reader, server, client)
    return undefined
  },
  async apply (tx, { server, client }) { await setClientEnabled(tx, server, client, true) }
}

export const CLIENT_RENAME: RequestRule<RequestOf<'clientRename'>> = {
  async check (reader, { server, client, subsystemName }) {
    if (subsystemName.trim() === '') throw new Refusal('invalid', 'management_request_invalid_subsystem_name', 'the name is blank')
    await knownAssociation(reader, server, client)
    return undefined
  },
  async apply (tx, { client, subsystemName }) { await renameSubsystem(tx, client, subsystemName) }
}

export const MAINTENANCE_MODE_ENABLE: RequestRule<RequestOf<'maintenanceModeEnable'>> = {
  async check (reader, { server }) {
    if (await inMaintenance(reader, await knownServer(reader, server))) {
      throw new Refusal('conflict', 'maintenance_mode_already_enabled', `security server ${formatServerId(server)} is in maintenance already`)
    }
    if (await hostsManagementProvider(reader, server)) {
      throw new Refusal('conflict', 'management_service_provider_in_maintenance', `security server ${formatServerId(server)} gives the management services: callers must not pass it by`)
    }
    return undefined
  },
  async apply (tx, { server, message }) { await setMaintenance(tx, server, true, message) }
}

export const MAINTENANCE_MODE_DISABLE: RequestRule<RequestOf<'maintenanceModeDisable'>> = {
  async check (reader, { server }) {
    if (!await inMaintenance(reader, await knownServer(reader, server))) {
      throw new Refusal('conflict', 'maintenance_mode_already_disabled', `security server ${formatServerId(server)} is not in maintenance`)
    }
    return undefined
  },
  async apply (tx, { server }) { await setMaintenance(tx, server, false, undefined) }
}

async function inMaintenance (reader: SqlReader, server: number): Promise<boolean> {
  return (await reader.get<{ value: 0 | 1 }>('SELECT in_maintenance AS value FROM security_server WHERE id = ?', server))?.value === 1
}
