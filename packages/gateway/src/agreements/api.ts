import { createHash } from 'node:crypto'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock } from '@trembita/daemon'
import { readAgreementContainer } from '@trembita/protocol/agreement'
import { formatClientId, type MemberId } from '@trembita/protocol/identifiers'
import type { GlobalConf } from '../globalconf/index.ts'
import { statusOf } from './agreement-index.ts'
import type { AgreementEvents } from './event-store.ts'
import type { AgreementSealer } from './seal-agreement.ts'

/** What of a running gateway has to do with agreements. */
export interface AgreementParts {
  readonly events: AgreementEvents
  readonly sealer: AgreementSealer
  readonly globalconf: GlobalConf
  readonly clock: Clock
}

export interface AgreementsApiDeps {
  /** Undefined until the gateway is initialised. */
  readonly running: () => AgreementParts | undefined
  /** Who may seal, and who may look. */
  readonly access: { readonly seal: readonly string[], readonly read: readonly string[] }
  /** Notes for the audit log what a request was about. */
  readonly note: (request: FastifyRequest, data: Readonly<Record<string, unknown>>) => void
}

/** A document of 1 MiB with a seal of the other side, in base64. */
const BODY_BYTES_MAX = 4 * 1024 * 1024

const text = { type: 'string' } as const
const texts = { type: 'array', items: text } as const
const instant = { type: 'string', format: 'date-time' } as const

interface SealBody { readonly member_id: string, readonly document?: string, readonly container?: string }

/** Routes of the administration API: agreements that gateways hold calls to, what was outside them, and sealing as a member. */
export function agreementsApi ({ running, access, note }: AgreementsApiDeps): FastifyPluginAsync {
  const parts = (): AgreementParts => {
    const found = running()
    if (found === undefined) throw Object.assign(new Error('this gateway is not initialised yet'), { statusCode: 409, code: 'server_not_initialized' })
    return found
  }
  return async (app) => {
    app.post<{ Body: SealBody }>('/agreements/seal', {
      bodyLimit: BODY_BYTES_MAX,
      config: { access: access.seal, audit: 'Seal agreement' },
      schema: {
        tags: ['agreements'],
        summary: 'Seal the document of an agreement as a member: given alone, or in a container that has the other side\'s seal',
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['member_id'],
          properties: { member_id: { ...text, maxLength: 1024 }, document: { ...text, contentEncoding: 'base64' }, container: { ...text, contentEncoding: 'base64' } }
        },
        response: { 200: { type: 'object', properties: { side: text, timestamped: { type: 'boolean' }, signature: text, container: text } } }
      }
    }, async (request) => {
      const { body } = request
      note(request, { memberIdentifier: body.member_id })
      const given = await givenOf(body)
      note(request, { documentSha256: createHash('sha256').update(given.document).digest('hex') })
      const sealed = await parts().sealer.seal(memberIdOf(body.member_id), given)
      note(request, { agreement: `${sealed.agreement.id}/${sealed.agreement.version}`, side: sealed.side })
      return { side: sealed.side, timestamped: sealed.timestamped, signature: sealed.signature.toString('base64'), container: sealed.container.toString('base64') }
    })

    app.get('/agreements', {
      config: { access: access.read },
      schema: {
        tags: ['agreements'],
        summary: 'Agreements of the configuration in use',
        response: {
          200: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                id: text, version: { type: 'integer' }, status: text, consumer: text, provider: text, from: instant, until: instant, purposes: texts, services: texts, container_sha256: text
              }
            }
          }
        }
      }
    }, async () => {
      const { globalconf, clock } = parts()
      const at = clock.now()
      return (globalconf.current().agreements?.agreements ?? []).map((agreement) => ({
        id: agreement.id,
        version: agreement.version,
        status: statusOf(agreement, at),
        consumer: formatClientId(agreement.consumer),
        provider: formatClientId(agreement.provider),
        from: agreement.term.from.toISOString(),
        until: agreement.term.until.toISOString(),
        purposes: agreement.purposes,
        services: agreement.services.map(({ code, version }) => version === undefined ? code : `${code}/${version}`),
        container_sha256: agreement.containerHash
      }))
    })

    app.get<{ Querystring: { limit: number, before?: number } }>('/agreement-events', {
      config: { access: access.read },
      schema: {
        tags: ['agreements'],
        summary: 'Answers that were outside their agreement: where, never what; newest first',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 }, before: { type: 'integer', minimum: 1 } }
        },
        response: {
          200: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                id: { type: 'integer' }, at: instant, request_id: text, client: text, service: text, agreements: texts, purposes: texts, outcome: text, reason: text, places: texts
              }
            }
          }
        }
      }
    }, async ({ query }) => parts().events.list(query).map(({ requestId, at, ...event }) => ({ ...event, at: at.toISOString(), request_id: requestId })))
  }
}

async function givenOf ({ document, container }: SealBody) {
  if ((document === undefined) === (container === undefined)) throw invalid('give either document or container')
  if (container === undefined) return { document: bytesOf(document!), seals: {} }
  const { strangers, ...given } = await readAgreementContainer(bytesOf(container))
  if (strangers.length > 0) throw invalid('the container holds more than a document and seals')
  return given
}

function bytesOf (base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) throw invalid('base64 is expected')
  return bytes
}

/** X-Road's encoded id, `EE:GOV:123`. */
function memberIdOf (text: string): MemberId {
  const [instance = '', memberClass = '', memberCode = '', ...more] = text.split(':')
  if (instance === '' || memberClass === '' || memberCode === '' || more.length > 0) throw invalid('member_id: expected INSTANCE:CLASS:CODE')
  return { instance, memberClass, memberCode }
}

function invalid (message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400, code: 'malformed_agreement' })
}
