import { checkAuthCertificate, isServerAddress, type ManagementRequest } from '@trembita/protocol/management'
import type { TrustStore } from '@trembita/protocol/pki'
import { Fault } from '@trembita/protocol/fault'
import type { ClientId } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'
import { checkText, parseClientId, parseServerId } from '../registry/index.ts'
import { REQUEST_TYPES, serviceOf, type RequestType } from './request-types.ts'

/** Body of `POST /management-requests`. */
export interface CentreRequestBody {
  readonly type: RequestType
  readonly origin?: 'CENTER'
  readonly security_server_id: string
  readonly client_id?: string
  readonly server_address?: string
  /** DER in base64, or PEM. */
  readonly authentication_certificate?: string
  readonly subsystem_name?: string
  readonly message?: string
  readonly comments?: string
}

const text = { type: 'string', maxLength: 255 } as const
const encodedId = { type: 'string', maxLength: 1100 } as const

export const centreRequestSchema = {
  type: 'object',
  required: ['type', 'security_server_id'],
  additionalProperties: false,
  properties: {
    type: { type: 'string', enum: REQUEST_TYPES },
    origin: { type: 'string', enum: ['CENTER'], description: 'Those of gateways come signed, through the registration and management services' },
    security_server_id: encodedId,
    client_id: encodedId,
    server_address: text,
    authentication_certificate: { type: 'string', maxLength: 30_000, description: 'DER in base64, or PEM' },
    subsystem_name: text,
    message: text,
    comments: { type: 'string', maxLength: 1000 }
  }
} as const

/**
 * Reads an operator's request, strictly: what its type does not know is refused.
 *
 * @throws {Refusal} `invalid_encoded_id`, `validation_failure`, `management_request_invalid_auth_certificate`, `management_request_invalid_server_address` …
 */
export function readCentreRequest (body: CentreRequestBody, trust: TrustStore, at: Date): ManagementRequest {
  const taken = new Set(['type', 'origin', 'security_server_id', 'comments'])
  const take = <Name extends keyof CentreRequestBody>(name: Name): NonNullable<CentreRequestBody[Name]> => {
    const value = optional(name)
    if (value === undefined) throw new Refusal('invalid', 'validation_failure', `${name} is missing`, { fields: { [name]: 'is missing' } })
    return value
  }
  const optional = <Name extends keyof CentreRequestBody>(name: Name): NonNullable<CentreRequestBody[Name]> | undefined => {
    taken.add(name)
    const value = body[name]
    return value === undefined || value === '' ? undefined : value
  }
  const request = ((): ManagementRequest => {
    const server = parseServerId(body.security_server_id)
    const service = serviceOf(body.type)
    const client = (): ClientId => parseClientId(take('client_id'))
    switch (service) {
      case 'authCertReg': return { service, server, address: addressOf(optional('server_address')), authCertificate: authCertificateOf(take('authentication_certificate'), trust, at) }
      case 'authCertDeletion': return { service, server, authCertificate: derOf(take('authentication_certificate')) }
      case 'addressChange': return { service, server, address: addressOf(take('server_address'))! }
      case 'clientReg': return { service, server, client: client(), subsystemName: textOf('subsystem_name', optional('subsystem_name')) }
      case 'clientRename': return { service, server, client: subsystemOf(client()), subsystemName: checkText('subsystem_name', take('subsystem_name')) }
      case 'ownerChange': return { service, server, client: memberOnly(client()) }
      case 'clientDeletion': case 'clientDisable': case 'clientEnable': return { service, server, client: client() }
      case 'maintenanceModeEnable': return { service, server, message: textOf('message', optional('message')) }
      case 'maintenanceModeDisable': return { service, server }
    }
  })()
  for (const name of Object.keys(body)) {
    if (!taken.has(name)) throw new Refusal('invalid', 'validation_failure', `${name} does not belong to ${body.type}`, { fields: { [name]: `does not belong to ${body.type}` } })
  }
  return request
}

function subsystemOf (client: ClientId): ClientId & { readonly subsystemCode: string } {
  const { subsystemCode, ...member } = client
  if (subsystemCode === undefined) throw new Refusal('invalid', 'management_request_only_subsystem_rename_allowed', 'only a subsystem has a name of its own', { fields: { client_id: 'is not a subsystem' } })
  return { ...member, subsystemCode }
}

function memberOnly (client: ClientId): ClientId {
  if (client.subsystemCode !== undefined) throw new Refusal('invalid', 'management_request_owner_must_be_member', 'a server is owned by a member', { fields: { client_id: 'is not a member' } })
  return client
}

function textOf (field: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : checkText(field, text)
}

function addressOf (address: string | undefined): string | undefined {
  if (address !== undefined && !isServerAddress(address)) {
    throw new Refusal('invalid', 'management_request_invalid_server_address', 'the address is neither an IP address nor a domain name', { fields: { server_address: 'expected an IP address or a domain name' } })
  }
  return address
}

function derOf (value: string): Buffer {
  return Buffer.from(value.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----/g, '').replaceAll(/\s/g, ''), 'base64')
}

/** As the registration service checks it (xroad-trust §4.3 step 3). */
function authCertificateOf (value: string, trust: TrustStore, at: Date): Buffer {
  try {
    return checkAuthCertificate(derOf(value), trust, at).der
  } catch (thrown) {
    throw thrown instanceof Fault ? invalidCertificate(thrown) : thrown
  }
}

function invalidCertificate (cause: Fault): Refusal {
  return new Refusal('invalid', 'management_request_invalid_auth_certificate', cause.message, { fields: { authentication_certificate: cause.message }, cause })
}
