import { createHash } from 'node:crypto'
import { ConfigError } from '@trembita/daemon'
import type { SqlReader } from '@trembita/daemon/store'
import { parseAnchor } from '@trembita/protocol/globalconf'
import { formatClientId, formatServerId, isSameClient, memberOf, type ClientId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import { SYSTEM, type Changes } from '../audit/index.ts'
import { putPart, putTrustedAnchor } from '../globalconf/index.ts'
import {
  hasClient, memberClassEntries, OWNERS_GROUP, putGroup, putMember, putMemberClass, putServer, readParameters, writeParameters
} from '../registry/index.ts'
import { putCa, putTsa } from '../trust/index.ts'
import type { Seed } from './types.ts'

/**
 * Puts a seed into the registry, all of it or nothing. A seed that was applied already does nothing, so that what
 * operators have changed since is not undone at each start; a changed one adds and updates, and removes nothing.
 *
 * @returns whether anything was done.
 * @throws {ConfigError} with every reference that leads nowhere and everything that stands twice.
 */
export async function applySeed (changes: Changes, seed: Seed): Promise<boolean> {
  const seedHash = hashOf(seed)
  return await changes.change(SYSTEM, async (tx) => {
    const parameters = await readParameters(tx)
    if (parameters.seedHash === seedHash) return false
    const problems = await problemsOf(seed, tx)
    if (problems.length > 0) throw new ConfigError(problems.map((problem) => `seed: ${problem}`))
    const { managementProvider: provider } = seed
    await writeParameters(tx, {
      ...seed.parameters,
      instance: seed.instance,
      managementProvider: provider === undefined ? undefined : [provider.memberClass, provider.memberCode, ...provider.subsystemCode === undefined ? [] : [provider.subsystemCode]]
    })
    for (const memberClass of seed.memberClasses) await putMemberClass(tx, memberClass)
    for (const member of seed.members) await putMember(tx, member, tx.at)
    for (const server of seed.servers) await putServer(tx, server, tx.at)
    await putGroup(tx, { ...OWNERS_GROUP, members: seed.servers.map(({ id }) => memberOf(id)) }, tx.at)
    for (const group of seed.globalGroups) await putGroup(tx, group, tx.at)
    for (const ca of seed.certificationServices) await putCa(tx, ca)
    for (const tsa of seed.timestampingServices) await putTsa(tx, tsa)
    for (const anchor of seed.trustedAnchors) await putTrustedAnchor(tx, anchor, tx.at)
    for (const { contentIdentifier, content } of seed.parts) await putPart(tx, contentIdentifier, content, tx.at)
    await writeParameters(tx, { seedHash })
    await tx.record({ action: 'instance.seed', object: { kind: 'instance', id: seed.instance }, after: { seedHash, members: seed.members.length, servers: seed.servers.length } })
    return true
  })
}

function hashOf (seed: Seed): string {
  const text = JSON.stringify(seed, (_key, value: unknown) => value instanceof Certificate ? value.sha256.toString('hex') : value)
  return createHash('sha256').update(text).digest('hex')
}

async function problemsOf (seed: Seed, reader: SqlReader): Promise<string[]> {
  const problems: string[] = []
  const { instance } = await readParameters(reader)
  if (instance !== '' && instance !== seed.instance) problems.push(`the registry is of instance ${instance} and cannot become ${seed.instance}`)
  const classes = new Set([...seed.memberClasses, ...await memberClassEntries(reader)].map(({ code }) => code))
  const exists = async (id: ClientId): Promise<boolean> => id.instance === seed.instance && (seed.members.some((member) =>
    isSameClient(member.id, memberOf(id)) && (id.subsystemCode === undefined || member.subsystems.some(({ code }) => code === id.subsystemCode))) ||
    await hasClient(reader, id))

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
    if (!await exists(memberOf(id))) problems.push(`server ${formatServerId(id)}: its owner is not a member`)
    for (const client of clients) {
      if (!await exists(client.id)) problems.push(`server ${formatServerId(id)}: client ${formatClientId(client.id)} is not registered`)
      // The owner is a client by being the owner; X-Road refuses to register it again.
      if (isSameClient(client.id, memberOf(id))) problems.push(`server ${formatServerId(id)}: its owner cannot be listed as a client`)
    }
    twice(problems, `client of ${formatServerId(id)}`, clients.map(({ id }) => formatClientId(id)))
  }
  for (const { code, members } of seed.globalGroups) {
    if (code === OWNERS_GROUP.code) problems.push(`global group ${code} is kept by the core itself`)
    for (const id of members) {
      if (id.instance === seed.instance && !await exists(id)) problems.push(`global group ${code}: ${formatClientId(id)} is not registered`)
    }
  }
  if (seed.managementProvider !== undefined && !await exists(seed.managementProvider)) problems.push(`managementProvider: ${formatClientId(seed.managementProvider)} is not registered`)
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
