import { Fault } from '../fault/index.ts'
import type { ClientId } from '../identifiers/index.ts'
import { formatIdentifierParts, IDENTIFIERS_NS, XROAD_NS } from '../message/index.ts'
import { escapeText, parseXmlTree, type XmlTree } from '../xml/index.ts'
import { arrayOf, objectOf, parseJson, stringOf } from './json.ts'
import { clientOfTree } from './identifier-tree.ts'

/** A member or a subsystem, as `/listClients` names it. */
export interface ClientListEntry {
  readonly id: ClientId
  /** Always the member's name. */
  readonly name: string
  readonly subsystemName?: string | undefined
}

export const CLIENT_LIST_XML_TYPE = 'text/xml; charset=UTF-8'
export const CLIENT_LIST_JSON_TYPE = 'application/json; charset=utf-8'
/** A national registry has some thousand members; 64 MB is for ten times as many. */
const CLIENT_LIST_BYTES_MAX = 64 * 1024 * 1024

/** Whether `Accept` has an item equal to `application/json`: parameters and wildcards do not count (xroad-messages §5.1). */
export function wantsJsonClientList (accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((item) => item.split(';', 1)[0]!.trim().toLowerCase() === 'application/json')
}

/** `clientList` of `/listClients` and `/listSecurityServerClients` (PR-META §4.1; trembita §7). */
export function formatClientListXml (entries: Iterable<ClientListEntry>): string {
  let members = ''
  for (const { id, name, subsystemName } of entries) {
    members += '<xroad:member>' +
      `<xroad:id id:objectType="${objectTypeOf(id)}">${formatIdentifierParts(id)}</xroad:id><xroad:name>${escapeText(name)}</xroad:name>` +
      (subsystemName === undefined ? '' : `<xroad:subsystemName>${escapeText(subsystemName)}</xroad:subsystemName>`) +
      '</xroad:member>'
  }
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<xroad:clientList xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}">${members}</xroad:clientList>`
}

/** The same as JSON: snake case, absent parts left out. */
export function formatClientListJson (entries: Iterable<ClientListEntry>): string {
  const member = [...entries].map(({ id, name, subsystemName }) => ({
    id: {
      object_type: objectTypeOf(id),
      xroad_instance: id.instance,
      member_class: id.memberClass,
      member_code: id.memberCode,
      subsystem_code: id.subsystemCode
    },
    name,
    subsystem_name: subsystemName
  }))
  return JSON.stringify({ member })
}

/** @throws {Fault} `InvalidXml` for a document that is no client list. */
export function parseClientListXml (bytes: Uint8Array): ClientListEntry[] {
  const root = parseXmlTree(bytes, { bytesMax: CLIENT_LIST_BYTES_MAX, depthMax: 8 })
  if (root.local !== 'clientList') throw new Fault('InvalidXml', 'no client list')
  return root.all('member').map((member) => {
    const id = member.child('id')
    if (id === undefined) throw new Fault('InvalidXml', 'client list: member without id')
    return entry(clientOfTree(id, 'client list'), textOf(member, 'name') ?? '', textOf(member, 'subsystemName'))
  })
}

/** @throws {Fault} `InvalidMessage` for a document that is no client list. */
export function parseClientListJson (bytes: Uint8Array): ClientListEntry[] {
  const root = objectOf(parseJson(bytes, CLIENT_LIST_BYTES_MAX), 'client list')
  return arrayOf(root.member ?? [], 'member').map((item) => {
    const member = objectOf(item, 'member')
    const id = objectOf(member.id, 'id')
    const base = {
      instance: stringOf(id.xroad_instance, 'xroad_instance'),
      memberClass: stringOf(id.member_class, 'member_class'),
      memberCode: stringOf(id.member_code, 'member_code')
    }
    const client = id.subsystem_code == null ? base : { ...base, subsystemCode: stringOf(id.subsystem_code, 'subsystem_code') }
    return entry(client, stringOf(member.name ?? '', 'name'), member.subsystem_name == null ? undefined : stringOf(member.subsystem_name, 'subsystem_name'))
  })
}

function objectTypeOf (id: ClientId): 'MEMBER' | 'SUBSYSTEM' {
  return id.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM'
}

function entry (id: ClientId, name: string, subsystemName: string | undefined): ClientListEntry {
  return subsystemName === undefined ? { id, name } : { id, name, subsystemName }
}

function textOf (tree: XmlTree, local: string): string | undefined {
  return tree.child(local)?.text()
}
