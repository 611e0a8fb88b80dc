import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Logger } from '@trembita/daemon'
import { InvalidSubjectId, normaliseSubjectId, sealSubjectKey, SUBJECT_ID_TYPES, subjectIndex, type SubjectIdType } from '@trembita/protocol/accessevent'
import { callerOf, ExchangeProblem } from '../exchange/index.ts'
import type { IndexKeysConfig } from './config.ts'
import { EpochDestroyed, type EpochKeys } from './epoch-keys.ts'
import type { EnumerationWatch, HourlyQuota } from './quota.ts'

export interface IndexKeysRoutesOptions {
  readonly config: Pick<IndexKeysConfig, 'components' | 'portalToken'>
  readonly keys: EpochKeys
  readonly log: Logger
  readonly keyQuota: HourlyQuota
  readonly questionQuota: HourlyQuota
  readonly enumeration: EnumerationWatch
}

/** Root keys are not changed yet; a later one would count on. */
const KEY_VERSION = 1
const DOMAINS_MAX = 500
const EPOCHS_MAX = 40

const domains = { type: 'array', minItems: 1, maxItems: DOMAINS_MAX, uniqueItems: true, items: { type: 'string', minLength: 1, maxLength: 256 } } as const
const epochs = { type: 'array', minItems: 1, maxItems: EPOCHS_MAX, uniqueItems: true, items: { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])$' } } as const
const keysSchema = {
  summary: 'Keys of registers and months, sealed to the component that asks',
  response: {
    200: {
      type: 'object',
      required: ['keys'],
      properties: {
        keys: {
          type: 'array',
          items: {
            type: 'object',
            required: ['domain', 'epoch', 'keyVersion', 'sealed'],
            properties: { domain: { type: 'string' }, epoch: { type: 'string' }, keyVersion: { type: 'integer' }, sealed: { type: 'string' } }
          }
        }
      }
    }
  },
  body: {
    type: 'object',
    required: ['component', 'publicKey', 'domains', 'epochs'],
    additionalProperties: false,
    properties: { component: { type: 'string', maxLength: 100 }, publicKey: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' }, domains, epochs }
  }
} as const
const indexesSchema = {
  body: {
    type: 'object',
    required: ['idType', 'id', 'epochs'],
    additionalProperties: false,
    properties: { idType: { type: 'string', enum: SUBJECT_ID_TYPES }, id: { type: 'string', minLength: 1, maxLength: 40 }, domains, epochs }
  }
} as const
const renewSchema = {
  body: { type: 'object', required: ['renewal', 'epochs'], additionalProperties: false, properties: { renewal: { type: 'string', minLength: 1, maxLength: 400 }, domains, epochs } }
} as const

interface KeysQuestion { readonly component: string, readonly publicKey: string, readonly domains: readonly string[], readonly epochs: readonly string[] }
interface IndexQuestion { readonly idType: SubjectIdType, readonly id: string, readonly domains?: readonly string[], readonly epochs: readonly string[] }
interface RenewQuestion { readonly renewal: string, readonly domains?: readonly string[], readonly epochs: readonly string[] }
interface FoundIndex { readonly domain: string, readonly epoch: string, readonly index: string }

/**
 * The narrow door of the key service: keys for components, through the exchange; indexes of a signed-in person, for the portal with
 * its token. Nothing that is asked is written anywhere.
 */
export const indexKeysRoutes: FastifyPluginAsync<IndexKeysRoutesOptions> = async (app, { config, keys, log, keyQuota, questionQuota, enumeration }) => {
  const allDomains = [...new Set(config.components.flatMap(({ domains }) => domains))].sort()

  app.post<{ Body: KeysQuestion }>('/subject-keys', { schema: keysSchema }, async (request) => {
    const { component, publicKey, domains, epochs } = request.body
    const registered = config.components.find((one) => one.component === component)
    if (registered?.client !== callerOf(request)) throw new ExchangeProblem(403, 'this client speaks for no such component')
    if (domains.some((domain) => !registered.domains.includes(domain))) throw new ExchangeProblem(403, 'a domain is not this component\'s')
    if (!keyQuota.take(component, domains.length * epochs.length)) throw new ExchangeProblem(429, 'too many keys in an hour')
    const recipient = Buffer.from(publicKey, 'base64url')
    const sealed = await eachKey(domains, epochs, (domain, epoch, key) => ({ domain, epoch, keyVersion: KEY_VERSION, sealed: sealFor(recipient, key) }))
    log.info({ component, keys: sealed.length }, 'keys given')
    return { keys: sealed }
  })

  app.post<{ Body: IndexQuestion }>('/indexes', { schema: indexesSchema }, async (request) => {
    authenticatePortal(request)
    const { idType, id, domains, epochs } = request.body
    if (enumeration.see(id)) log.error({ alarms: enumeration.alarms }, 'identifiers are being walked through')
    return await indexesOf(normalised(idType, id), domains, epochs)
  })

  app.post<{ Body: RenewQuestion }>('/indexes/renew', { schema: renewSchema }, async (request) => {
    authenticatePortal(request)
    const { renewal, domains, epochs } = request.body
    let person: string
    try {
      person = keys.openRenewal(renewal)
    } catch {
      throw new ExchangeProblem(400, 'this renewal was not made here')
    }
    return await indexesOf(person, domains, epochs)
  })

  async function indexesOf (person: string, domains: readonly string[] | undefined, epochs: readonly string[]): Promise<{ indexes: FoundIndex[], renewal: string }> {
    const known = (domains ?? allDomains).filter((domain) => allDomains.includes(domain))
    return { indexes: await eachKey(known, epochs, (domain, epoch, key) => ({ domain, epoch, index: subjectIndex(key, person) })), renewal: keys.sealRenewal(person) }
  }

  /** Months without a key, or whose key is destroyed, give nothing. */
  async function eachKey<T> (domains: readonly string[], epochs: readonly string[], make: (domain: string, epoch: string, key: Buffer) => T): Promise<T[]> {
    const made: T[] = []
    for (const epoch of epochs) {
      for (const domain of domains) {
        let key: Buffer | undefined
        try {
          key = await keys.keyOf(domain, epoch)
        } catch (error) {
          if (!(error instanceof EpochDestroyed)) throw error
          break
        }
        if (key === undefined) break
        made.push(make(domain, epoch, key))
      }
    }
    return made
  }

  function authenticatePortal (request: FastifyRequest): void {
    const [, token = ''] = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '') ?? []
    const digest = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()
    if (!timingSafeEqual(digest(token), digest(config.portalToken.bytes))) throw new ExchangeProblem(401, 'the token of the portal is missing')
    if (!questionQuota.take('portal', 1)) throw new ExchangeProblem(429, 'too many questions in an hour')
  }
}

function sealFor (recipient: Buffer, key: Buffer): string {
  try {
    return sealSubjectKey(key, recipient)
  } catch (error) {
    if (error instanceof RangeError) throw new ExchangeProblem(400, 'the public key cannot be used')
    throw error
  }
}

function normalised (idType: SubjectIdType, id: string): string {
  try {
    return normaliseSubjectId(idType, id)
  } catch (error) {
    if (error instanceof InvalidSubjectId) throw new ExchangeProblem(400, 'the identifier has not the form of its type')
    throw error
  }
}
