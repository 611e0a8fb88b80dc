import {
  CLIENT_LIST_JSON_TYPE, CLIENT_LIST_XML_TYPE, formatClientListJson, formatClientListXml, wantsJsonClientList, type ClientListEntry
} from '@trembita/protocol/metadata'
import { memberOf } from '@trembita/protocol/identifiers'
import type { DownloadDeps } from './deps.ts'
import { sendBytes, type Download } from './downloads.ts'

/** `GET /listClients[?xRoadInstance=]`: every member and subsystem of an instance (xroad-messages §5.1). No authentication. */
export async function serveClients (deps: DownloadDeps, download: Download): Promise<void> {
  const snapshot = deps.globalconf.current()
  snapshot.checkValid(deps.clock.now())
  const instance = download.query.get('xRoadInstance')?.trim() || snapshot.instance
  const entries: ClientListEntry[] = []
  for (const { id, name, subsystems } of snapshot.members(instance)) {
    entries.push({ id, name })
    for (const subsystem of subsystems) entries.push({ id: { ...id, subsystemCode: subsystem.code }, name, subsystemName: subsystem.name })
  }
  send(download, entries)
}

/** `GET /listSecurityServerClients`: the same for the clients of this gateway, their members first (trembita.md §7). */
export async function serveOwnClients (deps: DownloadDeps, download: Download): Promise<void> {
  const snapshot = deps.globalconf.current()
  const entries = new Map<string, ClientListEntry>()
  const add = (id: ClientListEntry['id']): void => {
    entries.set(JSON.stringify([id.instance, id.memberClass, id.memberCode, id.subsystemCode]), { id, name: snapshot.memberName(id) ?? id.memberCode, subsystemName: snapshot.subsystemName(id) })
  }
  // The public health checker takes the first MEMBER it finds: the owner.
  add(deps.owner())
  for (const { id } of deps.serverconf.current().clients) {
    add(memberOf(id))
    add(id)
  }
  send(download, [...entries.values()])
}

function send ({ request, response }: Download, entries: readonly ClientListEntry[]): void {
  if (wantsJsonClientList(request.headers.accept)) sendBytes(response, 200, CLIENT_LIST_JSON_TYPE, formatClientListJson(entries))
  else sendBytes(response, 200, CLIENT_LIST_XML_TYPE, formatClientListXml(entries))
}
