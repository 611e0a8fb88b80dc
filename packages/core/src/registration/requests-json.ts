import { Certificate } from '@trembita/protocol/pki'
import { errorSchema } from '../admin/index.ts'
import { encodedClientId, encodedServerId } from '../registry/index.ts'
import { certificateJson, certificateSchema } from '../trust/index.ts'
import type { Evidence, SignatureEvidence } from './evidence.ts'
import type { OriginalRequest } from './original.ts'
import type { Prospect } from './rehearsal.ts'
import { REQUEST_TYPES, typeOf } from './request-types.ts'
import { sha256 } from './request-rows.ts'
import { REQUEST_ORIGINS, REQUEST_STATUSES, type StoredRequest } from './types.ts'

const text = { type: 'string' } as const
const instant = { type: 'string', format: 'date-time' } as const
const itemProperties = {
  id: { type: 'integer' },
  type: { type: 'string', enum: REQUEST_TYPES },
  origin: { type: 'string', enum: REQUEST_ORIGINS },
  status: { type: 'string', enum: REQUEST_STATUSES },
  security_server_id: text,
  security_server_owner: { type: 'string', description: 'Name of the owner, if it is a member' },
  client_id: text,
  requested_by: text,
  created_at: instant
} as const

export const requestItemSchema = { type: 'object', properties: itemProperties } as const

const signatureSchema = {
  type: 'object',
  properties: {
    by: { type: 'string', enum: ['auth', 'owner'] },
    algorithm: text,
    valid: { type: 'boolean', description: 'The key of the certificate made this signature over exactly the signed text' },
    member_id: text,
    certificate: certificateSchema,
    ocsp: { type: 'object', properties: { status: text, produced_at: instant, this_update: instant, next_update: instant } }
  }
} as const

export const requestDetailSchema = {
  type: 'object',
  properties: {
    ...itemProperties,
    server_address: text,
    subsystem_name: text,
    message: text,
    comments: text,
    certificate_details: certificateSchema,
    decision: { type: 'object', properties: { at: instant, by: text, reason: text } },
    complementary: { type: 'array', items: requestItemSchema, description: 'The request of the other side that is decided together with this one' },
    original: {
      type: 'object',
      description: 'What the gateway sent',
      properties: { received_by: text, sender: text, message_id: text, content_type: text, size: { type: 'integer' }, hash: text, signed_text: text }
    },
    signatures: { type: 'array', items: signatureSchema },
    verification: {
      type: 'object',
      description: 'All checks of the protocol once more, as of the moment of its coming, against what the instance trusts today',
      properties: { valid: { type: 'boolean' }, code: text, message: text }
    },
    prospect: {
      type: 'object',
      description: 'Of a pending request: what approving it would change now, or what forbids it',
      properties: {
        changes: { type: 'array', items: { type: 'object', properties: { action: text, object: { type: 'object', properties: { kind: text, id: text } }, before: {}, after: {} } } },
        obstacle: { type: 'object', properties: { code: text, message: text } }
      }
    }
  }
} as const

export const bulkResultSchema = {
  type: 'object',
  properties: {
    results: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' }, status: { type: 'string', enum: REQUEST_STATUSES }, error: errorSchema.properties.error } } }
  }
} as const

export function requestItem ({ id, request, origin, status, requestedBy, createdAt, owner }: StoredRequest & { readonly owner?: string | undefined }): Record<string, unknown> {
  return {
    id,
    type: typeOf(request.service),
    origin,
    status,
    security_server_id: encodedServerId(request.server),
    security_server_owner: owner,
    client_id: 'client' in request ? encodedClientId(request.client) : undefined,
    requested_by: requestedBy,
    created_at: createdAt.toISOString()
  }
}

export interface RequestDetail {
  readonly request: StoredRequest & { readonly owner: string | undefined }
  readonly complementary: readonly StoredRequest[]
  readonly original: OriginalRequest | undefined
  readonly evidence: Evidence | undefined
  readonly prospect: Prospect | undefined
}

export function requestDetail ({ request: stored, complementary, original, evidence, prospect }: RequestDetail): Record<string, unknown> {
  const { request, comments, decision } = stored
  return {
    ...requestItem(stored),
    server_address: 'address' in request ? request.address : undefined,
    subsystem_name: 'subsystemName' in request ? request.subsystemName : undefined,
    message: 'message' in request ? request.message : undefined,
    comments,
    certificate_details: 'authCertificate' in request ? certificateOf(request.authCertificate) : undefined,
    decision: decision === undefined ? undefined : { at: decision.at.toISOString(), by: decision.by, reason: decision.reason },
    complementary: complementary.map(requestItem),
    original: original === undefined
      ? undefined
      : {
          received_by: original.receivedBy,
          sender: original.sender,
          message_id: original.messageId,
          content_type: original.contentType,
          size: original.body.length,
          hash: sha256(original.body).toString('hex').toUpperCase(),
          signed_text: evidence?.soap
        },
    signatures: evidence?.signatures.map(signatureJson),
    verification: evidence?.verdict,
    prospect
  }
}

function signatureJson ({ by, algorithm, valid, member, certificate, ocsp }: SignatureEvidence): object {
  return {
    by,
    algorithm,
    valid,
    member_id: member === undefined ? undefined : encodedClientId(member),
    certificate: certificate === undefined ? undefined : certificateJson(certificate),
    ocsp: ocsp === undefined
      ? undefined
      : { status: ocsp.status, produced_at: ocsp.producedAt.toISOString(), this_update: ocsp.thisUpdate.toISOString(), next_update: ocsp.nextUpdate?.toISOString() }
  }
}

/** Of a deletion's certificate nothing was asked but its bytes: they need not be readable. */
function certificateOf (der: Buffer): object {
  try {
    return certificateJson(Certificate.parse(der))
  } catch {
    return { hash: sha256(der).toString('hex').toUpperCase(), certificate: der.toString('base64') }
  }
}
