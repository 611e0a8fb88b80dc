import { isSameClient, type ClientId } from '@trembita/protocol/identifiers'
import { matchesEndpoint } from '@trembita/protocol/message'
import type { Snapshot } from '../globalconf/index.ts'
import type { AccessRight, EndpointPattern, ProviderConf, Subject } from '../serverconf/index.ts'

/** Whether a right's subject is or holds the client. Rights of a member do not pass to its subsystems, nor back (xroad-messages §7.4). */
function covers (subject: Subject, client: ClientId, provider: ProviderConf, snapshot: Snapshot): boolean {
  switch (subject.kind) {
    case 'client': return isSameClient(subject.id, client)
    case 'globalGroup': return snapshot.globalGroupHas(subject.id, client)
    case 'localGroup': return provider.localGroups.get(subject.code)?.some((member) => isSameClient(member, client)) ?? false
  }
}

export function rightsOf (client: ClientId, serviceCode: string, provider: ProviderConf, snapshot: Snapshot): AccessRight[] {
  return (provider.rights.get(serviceCode) ?? []).filter(({ subject }) => covers(subject, client, provider, snapshot))
}

/** Whether the client has any right at all on a service: what `allowedMethods` lists. */
export function mayCallAny (client: ClientId, serviceCode: string, provider: ProviderConf, snapshot: Snapshot): boolean {
  return rightsOf(client, serviceCode, provider, snapshot).length > 0
}

/** Whether one of the client's granted patterns covers an endpoint of the description. */
export function maySee (client: ClientId, serviceCode: string, endpoint: EndpointPattern, provider: ProviderConf, snapshot: Snapshot): boolean {
  return rightsOf(client, serviceCode, provider, snapshot).some((right) =>
    matchesEndpoint(right.endpoint, endpoint.method === '*' ? undefined : endpoint.method, endpoint.path) ||
    (right.endpoint.method === endpoint.method && right.endpoint.path === endpoint.path) ||
    (right.endpoint.method === '*' && right.endpoint.path === '**'))
}
