import { memberOf } from '@trembita/protocol/identifiers'
import { Fault } from '@trembita/protocol/fault'
import { memberOfSignCertificate, type Certificate, type TrustStore } from '@trembita/protocol/pki'
import type { CertificateEntry, RequestEntry, TokenKey } from '../../signer/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { flag, listOf, record, text } from '../route.ts'
import { certificateDetails, certificateDetailsSchema } from './certificate-json.ts'
import { certificateActions, keyActions } from './possible-actions.ts'

const actions = listOf(text())
export const tokenCertificateSchema = record({
  ocsp_status: { type: 'string', enum: ['DISABLED', 'EXPIRED', 'OCSP_RESPONSE_UNKNOWN', 'OCSP_RESPONSE_GOOD'] },
  owner_id: text(2048, 0),
  active: flag,
  saved_to_configuration: flag,
  ocsp_verify_before_activation_error: text(2048),
  certificate_details: certificateDetailsSchema,
  status: { type: 'string', enum: ['SAVED', 'REGISTRATION_IN_PROGRESS', 'REGISTERED', 'DELETION_IN_PROGRESS', 'GLOBAL_ERROR'] },
  possible_actions: actions
}, ['ocsp_status', 'active', 'certificate_details', 'status'])

const requestSchema = record({ id: text(), owner_id: text(2048, 0), certificate_profile: text(), possible_actions: actions }, ['id'])

export const keySchema = record({
  id: text(),
  name: text(),
  label: text(),
  usage: { type: 'string', enum: ['AUTHENTICATION', 'SIGNING'] },
  key_algorithm: { type: 'string', enum: ['RSA', 'EC'] },
  available: flag,
  saved_to_configuration: flag,
  certificates: listOf(tokenCertificateSchema),
  certificate_signing_requests: listOf(requestSchema),
  possible_actions: actions
}, ['id', 'name', 'label', 'certificates', 'certificate_signing_requests', 'key_algorithm'])

export const tokenSchema = record({
  id: text(),
  name: text(),
  type: { type: 'string', enum: ['SOFTWARE'] },
  status: { type: 'string', enum: ['OK'] },
  logged_in: flag,
  available: flag,
  saved_to_configuration: flag,
  read_only: flag,
  keys: listOf(keySchema),
  possible_actions: actions
}, ['id', 'name', 'type', 'keys'])

/** The one token there is, under X-Road's name for it (xroad-trust §6.1). */
export const TOKEN_ID = '0'

export function tokenJson (deps: AdminDeps): object {
  return {
    id: TOKEN_ID,
    name: 'softToken-0',
    type: 'SOFTWARE',
    status: 'OK',
    logged_in: true,
    available: true,
    saved_to_configuration: true,
    read_only: false,
    keys: deps.token.keys().map((key) => keyJson(key, deps)),
    possible_actions: ['GENERATE_KEY']
  }
}

export function keyJson (key: TokenKey, deps: AdminDeps): object {
  const { id, use, label, privateKey, entries, requests } = key
  return {
    id,
    name: label === '' ? id : label,
    label,
    ...use === undefined ? {} : { usage: use === 'auth' ? 'AUTHENTICATION' : 'SIGNING' },
    key_algorithm: privateKey.asymmetricKeyType === 'ec' ? 'EC' : 'RSA',
    available: true,
    saved_to_configuration: true,
    certificates: entries.map((entry) => tokenCertificateJson(entry, key, deps)),
    certificate_signing_requests: requests.map((request) => requestJson(request, deps)),
    possible_actions: keyActions(key)
  }
}

export function tokenCertificateJson (entry: CertificateEntry, key: Pick<TokenKey, 'use'>, deps: AdminDeps): object {
  const { certificate, active, status, activationError } = entry
  return {
    ocsp_status: ocspStatus(entry, deps),
    owner_id: ownerId(certificate, key.use === 'sign', deps),
    active,
    saved_to_configuration: true,
    ...activationError === undefined ? {} : { ocsp_verify_before_activation_error: activationError },
    certificate_details: certificateDetails(certificate),
    status: status.replaceAll(' ', '_').toUpperCase(),
    possible_actions: certificateActions(entry, key.use)
  }
}

function requestJson ({ id, member, profileClass }: RequestEntry, { installation }: AdminDeps): object {
  const owner = member ?? installation.server()
  return { id, owner_id: owner === undefined ? '' : formatEncodedId(memberOf(owner)), certificate_profile: profileClass, possible_actions: ['DELETE'] }
}

function ocspStatus ({ certificate, active }: CertificateEntry, deps: AdminDeps): string {
  if (!active) return 'DISABLED'
  if (certificate.notAfter < deps.clock.now()) return 'EXPIRED'
  const trust = trustOf(deps)
  const response = trust === undefined ? undefined : deps.running()?.ocsp.get(certificate, trust)
  return response === undefined ? 'OCSP_RESPONSE_UNKNOWN' : 'OCSP_RESPONSE_GOOD'
}

/** Whose certificate it is, as far as the configuration tells; an authentication certificate is the gateway's owner's. */
function ownerId (certificate: Certificate, isSeal: boolean, deps: AdminDeps): string {
  const server = deps.installation.server()
  if (server === undefined) return ''
  if (!isSeal) return formatEncodedId(memberOf(server))
  const authority = trustOf(deps)?.findCa(certificate.issuer)
  if (authority === undefined) return ''
  try {
    return formatEncodedId(memberOfSignCertificate(certificate, authority.profileClass, server.instance))
  } catch (error) {
    if (error instanceof Fault) return ''
    throw error
  }
}

function trustOf ({ globalconf }: AdminDeps): TrustStore | undefined {
  try {
    const snapshot = globalconf()?.current()
    return snapshot?.trustOf(snapshot.instance)
  } catch (error) {
    if (error instanceof Fault) return undefined // Nothing is known of anybody then.
    throw error
  }
}
