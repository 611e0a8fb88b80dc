import { Fault } from '../fault/index.ts'
import type { ClientId, ServiceId } from '../identifiers/index.ts'
import type { XmlTree } from '../xml/index.ts'

function part (tree: XmlTree, local: string, where: string): string {
  const value = tree.child(local)?.text()
  if (value === undefined || value === '') throw new Fault('InvalidXml', `${where}: ${local} is missing`)
  return value
}

/** Identifier elements by local name: real answers differ in prefixes, never in these names. */
export function clientOfTree (tree: XmlTree, where: string): ClientId {
  const member = { instance: part(tree, 'xRoadInstance', where), memberClass: part(tree, 'memberClass', where), memberCode: part(tree, 'memberCode', where) }
  return tree.child('subsystemCode') === undefined ? member : { ...member, subsystemCode: part(tree, 'subsystemCode', where) }
}

export function serviceOfTree (tree: XmlTree, where: string): ServiceId {
  const service = { ...clientOfTree(tree, where), serviceCode: part(tree, 'serviceCode', where) }
  return tree.child('serviceVersion') === undefined ? service : { ...service, serviceVersion: part(tree, 'serviceVersion', where) }
}
