import { randomUUID } from 'node:crypto'
import { memberOf, type MemberId } from '@trembita/protocol/identifiers'
import type { ApprovedCa } from '@trembita/protocol/globalconf'
import { certificateProfile, certificateRequest, type KeyUse, type RequestEntry, type SubjectField, type TokenKey } from '../../signer/index.ts'
import { serverOf, snapshotOf, type AdminDeps } from '../deps.ts'
import { formatEncodedId, parseEncodedMemberId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { record, text } from '../route.ts'

/** Body of a request for a certificate request. */
export interface RequestBody {
  readonly key_usage_type: 'AUTHENTICATION' | 'SIGNING'
  readonly ca_name: string
  readonly csr_format: 'PEM' | 'DER'
  readonly member_id?: string | undefined
  readonly subject_field_values: Readonly<Record<string, string>>
}

export const usageSchema = { type: 'string', enum: ['AUTHENTICATION', 'SIGNING'] } as const
export const formatSchema = { type: 'string', enum: ['PEM', 'DER'] } as const
export const requestBodySchema = record({
  key_usage_type: usageSchema,
  ca_name: text(),
  csr_format: formatSchema,
  member_id: { ...text(2048), description: 'whose seal: required for SIGNING' },
  subject_field_values: { type: 'object', maxProperties: 20, additionalProperties: { type: 'string', maxLength: 255 } }
}, ['key_usage_type', 'ca_name', 'csr_format', 'subject_field_values'])

export const useOf = (usage: RequestBody['key_usage_type']): KeyUse => usage === 'AUTHENTICATION' ? 'auth' : 'sign'

/** @throws {Refusal} for a name that no approved certification service has. */
export function authorityOf (deps: AdminDeps, name: string): ApprovedCa {
  const authority = snapshotOf(deps).shared()?.approvedCas.find((one) => one.name === name)
  if (authority === undefined) throw new Refusal('notFound', 'certificate_authority_not_found', 'no approved certification service has this name', { metadata: [name] })
  return authority
}

/**
 * The subject fields of a certificate request at a certification service.
 *
 * @throws {Refusal} when the service issues no such certificates, or its profile is not known here.
 */
export function subjectFieldsOf (deps: AdminDeps, authority: ApprovedCa, use: KeyUse, member: MemberId | undefined): readonly SubjectField[] {
  if (use === 'sign' && authority.authenticationOnly) {
    throw new Refusal('conflict', 'sign_cert_not_supported', 'this certification service issues authentication certificates only')
  }
  const server = serverOf(deps)
  const holder = use === 'auth' ? memberOf(server) : member
  if (holder === undefined) throw new Refusal('invalid', 'validation_failure', 'say whose seal it will be', { fields: { member_id: 'is required for SIGNING' } })
  const fields = certificateProfile(authority.profileClass, use, { server, member: holder, memberName: snapshotOf(deps).memberName(holder) })
  if (fields === undefined) throw new Refusal('conflict', 'certificate_profile_instantiation_failed', 'the profile of this certification service makes no requests here', { metadata: [authority.profileClass] })
  return fields
}

/** Whose seal a request is for: a member that this gateway serves, or is about to. */
export function sealHolderOf (deps: AdminDeps, memberId: string | undefined): MemberId | undefined {
  if (memberId === undefined) return undefined
  const member = parseEncodedMemberId('member_id', memberId)
  if (!isLocalMember(deps, member)) throw new Refusal('conflict', 'client_not_found', 'this gateway serves no client of that member: add one first', { metadata: [formatEncodedId(member)] })
  return member
}

/** Whether the member owns the gateway or has a client here, itself or a subsystem. */
export function isLocalMember ({ serverconf, installation }: AdminDeps, member: MemberId): boolean {
  const server = installation.server()
  const wanted = formatEncodedId(memberOf(member))
  return (server !== undefined && formatEncodedId(memberOf(server)) === wanted) ||
    serverconf.current().clients.some(({ id }) => formatEncodedId(memberOf(id)) === wanted)
}

/** Makes the certificate request that was asked for; it is not kept yet. @throws {Refusal} for values that the profile does not take. */
export async function makeRequest (deps: AdminDeps, key: Pick<TokenKey, 'use' | 'privateKey' | 'publicKey'>, body: RequestBody): Promise<RequestEntry> {
  const use = useOf(body.key_usage_type)
  if (key.use !== undefined && key.use !== use) throw new Refusal('conflict', 'wrong_key_usage', 'the key is for the other use')
  const authority = authorityOf(deps, body.ca_name)
  const member = use === 'sign' ? sealHolderOf(deps, body.member_id) : undefined
  const fields = subjectFieldsOf(deps, authority, use, member)
  const subject = fields.map(({ id, value, fixed }) => ({ id, value: chosenValue(id, value, fixed, body.subject_field_values) }))
  const unknown = Object.keys(body.subject_field_values).filter((id) => !fields.some((field) => field.id === id))
  if (unknown.length > 0) throw new Refusal('invalid', 'invalid_dn_parameter', `the profile has no field ${unknown.join(', ')}`, { metadata: unknown })
  const der = await certificateRequest(key, { use, subject })
  return { id: randomUUID(), use, caName: authority.name, profileClass: authority.profileClass, ...member === undefined ? {} : { member }, der, createdAt: deps.clock.now() }
}

function chosenValue (id: string, value: string, fixed: boolean, given: Readonly<Record<string, string>>): string {
  const chosen = given[id]?.trim()
  if (fixed && chosen !== undefined && chosen !== value) throw new Refusal('invalid', 'invalid_dn_parameter', `${id} is fixed by the profile`, { metadata: [id, value] })
  const found = fixed ? value : chosen ?? value
  if (found === '') throw new Refusal('invalid', 'invalid_dn_parameter', `${id} is required`, { metadata: [id] })
  return found
}

/** A request as a file of the wanted format. */
export function requestFile (request: RequestEntry, format: 'PEM' | 'DER', deps: AdminDeps): { readonly bytes: Buffer, readonly name: string } {
  const server = serverOf(deps)
  const { use, member, createdAt, der } = request
  const whose = member === undefined ? `securityserver_${formatEncodedId({ ...memberOf(server), subsystemCode: server.serverCode })}` : `member_${formatEncodedId(member)}`
  const name = `${use}_csr_${createdAt.toISOString().slice(0, 10).replaceAll('-', '')}_${whose.replace(/[^A-Za-z0-9.-]/g, '_')}.${format.toLowerCase()}`
  if (format === 'DER') return { bytes: der, name }
  return { bytes: Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`), name }
}
