import { createHash } from 'node:crypto'
import { ConfigError } from '@trembita/daemon'
import { parseAnchor } from '@trembita/protocol/globalconf'
import { formatClientId, formatServerId, isSameClient, memberOf, type ClientId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import type { Anchors, OptionalParts } from '../globalconf/index.ts'
import type { Registry } from '../registry/index.ts'
import type { TrustServices } from '../trust/index.ts'
import type { Seed } from './types.ts'

/** The group that X-Road keeps of the owners of servers; management services are granted to it (xroad-trust §1.5). */
const OWNERS_GROUP = { code: 'security-server-owners', description: 'Owners of security servers' }

export interface SeedTarget {
  readonly registry: Registry
  readonly trust: TrustServices
  readonly anchors: Anchors
  readonly parts: OptionalParts
}

/**
 * Puts a seed into the registry, all of it or nothing. A seed that was applied already does nothing, so that what
 * operators have changed since is not undone at each start; a changed one adds and updates, and removes nothing.
 *
 * @returns whether anything was done.
 * @throws {ConfigError} with every reference that leads nowhere and everything that stands twice.
 */
export function applySeed ({ registry, trust, anchors, parts }: SeedTarget, seed: Seed): boolean {
  const seedHash = hashOf(seed)
  if (registry.parameters().seedHash === seedHash) return false
  const problems = problemsOf(seed, registry)
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `seed: ${problem}`))
  registry.transaction(() => {
    const { managementProvider: provider } = seed
    registry.setParameters({
      ...seed.parameters,
      instance: seed.instance,
      managementProvider: provider === undefined ? undefined : [provider.memberClass, provider.memberCode, ...provider.subsystemCode === undefined ? [] : [provider.subsystemCode]]
    })
    for (const memberClass of seed.memberClasses) registry.putMemberClass(memberClass)
    for (const member of seed.members) registry.putMember(member)
    for (const server of seed.servers) registry.putServer(server)
    registry.putGroup({ ...OWNERS_GROUP, members: seed.servers.map(({ id }) => memberOf(id)) })
    for (const group of seed.globalGroups) registry.putGroup(group)
    for (const ca of seed.certificationServices) trust.putCa(ca)
    for (const tsa of seed.timestampingServices) trust.putTsa(tsa)
    for (const anchor of seed.trustedAnchors) anchors.putTrusted(anchor)
    for (const { contentIdentifier, content } of seed.parts) parts.put(contentIdentifier, content)
    registry.setParameters({ seedHash })
  })
  return true
}

function hashOf (seed: Seed): string {
  const text = JSON.stringify(seed, (_key, value: unknown) => value instanceof Certificate ? value.sha256.toString('hex') : value)
  return createHash('sha256').update(text).digest('hex')
}

function problemsOf (seed: Seed, registry: Registry): string[] {
  const problems: string[] = []
  const { instance } = registry.parameters()
  if (instance !== '' && instance !== seed.instance) problems.push(`the registry is of instance ${instance} and cannot become ${seed.instance}`)
  const classes = new Set([...seed.memberClasses, ...registry.memberClasses()].map(({ code }) => code))
  const exists = (id: ClientId): boolean => registry.hasClient(id) || seed.members.some((member) =>
    isSameClient(member.id, memberOf(id)) && (id.subsystemCode === undefined || member.subsystems.some(({ code }) => code === id.subsystemCode)))

  twice(problems, 'member class', seed.memberClasses.map(({ code }) => code))
  twice(problems, 'member', seed.members.map(({ id }) => formatClientId(id)))
  twice(problems, 'server', seed.servers.map(({ id }) => formatServerId(id)))
  twice(problems, 'global group', seed.globalGroups.map(({ code }) => code))
  twice(problems, 'certification service', seed.certificationServices.map(({ name }) => name))
  twice(problems, 'timestamping service', seed.timestampingServices.map(({ name }) => name))
  twice(problems, 'authentication certificate', seed.servers.flatMap(({ authCertificates }) => authCertificates.map(({ sha256 }) => sha256.toString('hex'))))
  for (const { id, subsystems } of seed.members) {
    if (!classes.has(id.memberClass)) problems.push(`member ${formatClientId(id)}: member class ${id.memberClass} does not exist`)
    twice(problems, `subsystem of ${formatClientId(id)}`, subsystems.map(({ code }) => code))
  }
  for (const { id, clients } of seed.servers) {
    if (!exists(memberOf(id))) problems.push(`server ${formatServerId(id)}: its owner is not a member`)
    for (const client of clients) {
      if (!exists(client.id)) problems.push(`server ${formatServerId(id)}: client ${formatClientId(client.id)} is not registered`)
      // The owner is a client by being the owner; X-Road refuses to register it again.
      if (isSameClient(client.id, memberOf(id))) problems.push(`server ${formatServerId(id)}: its owner cannot be listed as a client`)
    }
    twice(problems, `client of ${formatServerId(id)}`, clients.map(({ id }) => formatClientId(id)))
  }
  for (const { code, members } of seed.globalGroups) {
    if (code === OWNERS_GROUP.code) problems.push(`global group ${code} is kept by the core itself`)
    for (const id of members) {
      if (id.instance === seed.instance && !exists(id)) problems.push(`global group ${code}: ${formatClientId(id)} is not registered`)
    }
  }
  if (seed.managementProvider !== undefined && !exists(seed.managementProvider)) problems.push(`managementProvider: ${formatClientId(seed.managementProvider)} is not registered`)
  for (const file of seed.trustedAnchors) {
    if (parseAnchor(file).instance.toLowerCase() === seed.instance.toLowerCase()) problems.push('trustedAnchors: an anchor of the own instance')
  }
  return problems
}

function twice (problems: string[], what: string, names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) problems.push(`${what} ${name} stands twice`)
    seen.add(name)
  }
}
