import { isSameClient, type ClientId } from '@trembita/protocol/identifiers'
import type { GivenRight, Subject } from '../../serverconf/index.ts'
import { snapshotIfAny } from '../clients/index.ts'
import { snapshotOf, type AdminDeps } from '../deps.ts'
import { formatEncodedId, parseEncodedClientId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { instant, listOf, record, text } from '../route.ts'

export type SubjectType = 'GLOBALGROUP' | 'LOCALGROUP' | 'SUBSYSTEM' | 'MEMBER'

const typeSchema = { type: 'string', enum: ['GLOBALGROUP', 'LOCALGROUP', 'SUBSYSTEM', 'MEMBER'] } as const
/** Whoever may be given rights, as X-Road calls it: a service client. */
export const serviceClientSchema = record({ id: text(2048), name: text(), local_group_code: text(), service_client_type: typeSchema, rights_given_at: instant }, ['id', 'service_client_type'])
export const serviceClientsBody = record({ items: { ...listOf(record({ id: text(2048), name: text(), local_group_code: text(), service_client_type: typeSchema, rights_given_at: instant }, ['id']), 1000), minItems: 1 } }, ['items'])
export interface ServiceClientsBody { items: readonly { id: string }[] }

/**
 * Reads who is meant: `EE:GOV:1:sub`, `EE:group`, or the number of a local group of the client.
 *
 * @throws {Refusal} for an id of another shape, or for a local group of somebody else.
 */
export function parseSubject (deps: AdminDeps, owner: ClientId, id: string): Subject {
  if (/^\d{1,15}$/.test(id)) {
    const group = deps.serverconf.groups.get(Number(id))
    if (group === undefined || !isSameClient(group.client, owner)) throw new Refusal('notFound', 'local_group_not_found', 'the client has no such local group', { metadata: [id] })
    return { kind: 'localGroup', code: group.code }
  }
  const parts = id.split(':')
  if (parts.length === 2 && !parts.includes('')) return { kind: 'globalGroup', id: { instance: parts[0]!, groupCode: parts[1]! } }
  return { kind: 'client', id: parseEncodedClientId('id', id) }
}

/** A right for somebody who does not exist would be a right for whoever takes that name. @throws {Refusal}. */
export function checkSubject (deps: AdminDeps, subject: Subject): void {
  const snapshot = snapshotOf(deps)
  const exists = subject.kind === 'localGroup' ||
    (subject.kind === 'client' ? snapshot.hasClient(subject.id) : snapshot.globalGroups(subject.id.instance).some(({ code }) => code === subject.id.groupCode))
  if (!exists) throw new Refusal('conflict', 'service_client_not_found', 'the configuration has no such client or group', { metadata: [idOf(deps, undefined, subject)] })
}

export function isSameSubject (a: Subject, b: Subject): boolean {
  if (a.kind === 'client') return b.kind === 'client' && isSameClient(a.id, b.id)
  if (a.kind === 'globalGroup') return b.kind === 'globalGroup' && a.id.instance === b.id.instance && a.id.groupCode === b.id.groupCode
  return b.kind === 'localGroup' && a.code === b.code
}

function idOf (deps: AdminDeps, owner: ClientId | undefined, subject: Subject): string {
  switch (subject.kind) {
    case 'client': return formatEncodedId(subject.id)
    case 'globalGroup': return `${subject.id.instance}:${subject.id.groupCode}`
    case 'localGroup': {
      const group = owner === undefined ? undefined : deps.serverconf.groups.of(owner).find(({ code }) => code === subject.code)
      return group === undefined ? subject.code : String(group.id)
    }
  }
}

export function subjectJson (deps: AdminDeps, owner: ClientId, subject: Subject, givenAt?: Date): object {
  const snapshot = snapshotIfAny(deps)
  const common = { id: idOf(deps, owner, subject), ...givenAt === undefined ? {} : { rights_given_at: givenAt.toISOString() } }
  const named = (name: string | undefined): object => name === undefined || name === '' ? {} : { name }
  switch (subject.kind) {
    case 'client': {
      const isMember = subject.id.subsystemCode === undefined
      return { ...common, ...named(snapshot?.subsystemName(subject.id) ?? snapshot?.memberName(subject.id)), service_client_type: isMember ? 'MEMBER' : 'SUBSYSTEM' }
    }
    case 'globalGroup': {
      const group = snapshot?.globalGroups(subject.id.instance).find(({ code }) => code === subject.id.groupCode)
      return { ...common, ...named(group?.description), service_client_type: 'GLOBALGROUP' }
    }
    case 'localGroup': {
      const group = deps.serverconf.groups.of(owner).find(({ code }) => code === subject.code)
      return { ...common, ...named(group?.description), local_group_code: subject.code, service_client_type: 'LOCALGROUP' }
    }
  }
}

/** Each subject once, with the time of its first right. */
export function subjectsJson (deps: AdminDeps, owner: ClientId, rights: readonly GivenRight[]): object[] {
  const seen: GivenRight[] = []
  for (const right of rights) if (!seen.some(({ subject }) => isSameSubject(subject, right.subject))) seen.push(right)
  return seen.map(({ subject, givenAt }) => subjectJson(deps, owner, subject, givenAt))
}
