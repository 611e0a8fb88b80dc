import type { FastifyInstance } from 'fastify'
import { READERS } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import { compareGenerations, type PartChange } from './compare-generations.ts'
import type { Generations, KeptGeneration } from './generations.ts'
import { answers, instant, kindOf, kindParams, kindSchema, stampSchema, tags, text, type KindParams } from './route-schemas.ts'
import type { SourceKind } from './signing-keys.ts'

const texts = { type: 'array', items: text } as const
const partSchema = { type: 'object', properties: { content_identifier: text, file_name: text, size: { type: 'integer' }, hash: { type: 'string', description: 'SHA-512' } } } as const
const generationSchema = {
  type: 'object', properties: { stamp: text, published_at: instant, revision: { type: 'integer' }, last_audit_event: { type: 'integer' }, parts: { type: 'array', items: partSchema } }
} as const
const changeSchema = {
  type: 'object',
  properties: {
    part: text,
    kind: text,
    id: text,
    change: { type: 'string', enum: ['added', 'removed', 'changed'] },
    fields: { type: 'array', items: { type: 'object', properties: { name: text, before: text, after: text, added: texts, removed: texts } } }
  }
} as const
const differenceSchema = {
  type: 'object',
  properties: {
    before: generationSchema,
    after: generationSchema,
    total: { type: 'integer', description: 'Changes there are; `items` is a page of them' },
    items: { type: 'array', items: changeSchema },
    texts: {
      type: 'array',
      description: 'Parts that are compared as text; without texts where they are too long',
      items: { type: 'object', properties: { part: text, change: { type: 'string' }, before: text, after: text } }
    }
  }
} as const
const stampParams = { type: 'object', required: ['kind', 'stamp'], properties: { kind: kindSchema, stamp: stampSchema } } as const
interface StampParams { readonly kind: string, readonly stamp: string }

/** What was published before, and what changed from one time to another. Each node keeps what it published itself. */
export function generationRoutes (app: FastifyInstance, generations: Generations): void {
  app.get<{ Params: KindParams, Querystring: { limit: number, offset: number } }>('/configuration-sources/:kind/generations', {
    config: { access: READERS },
    schema: {
      summary: 'Configurations that this node published, as far as they differed, the newest first',
      tags,
      params: kindParams,
      querystring: { type: 'object', additionalProperties: false, properties: { limit: { type: 'integer', minimum: 1, maximum: 1000, default: 25 }, offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 } } },
      response: answers({ 200: { type: 'object', properties: { total: { type: 'integer' }, items: { type: 'array', items: generationSchema } } } })
    }
  }, async (request) => {
    await generations.settled()
    const all = generations.list()
    const { limit, offset } = request.query
    return { total: all.length, items: all.slice(offset, offset + limit).map((generation) => json(generation, kindOf(request.params))) }
  })

  app.get<{ Params: StampParams, Querystring: { with?: string, limit: number, offset: number } }>('/configuration-sources/:kind/generations/:stamp/diff', {
    config: { access: READERS },
    schema: {
      summary: 'What a configuration changed',
      description: 'Compared with the one before it, or with the one that `with` names.',
      tags,
      params: stampParams,
      querystring: {
        type: 'object',
        additionalProperties: false,
        properties: { with: stampSchema, limit: { type: 'integer', minimum: 1, maximum: 1000, default: 200 }, offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 } }
      },
      response: answers({ 200: differenceSchema })
    }
  }, async (request) => {
    await generations.settled()
    const { kind, stamp } = { kind: kindOf(request.params), stamp: request.params.stamp }
    const after = generations.find(stamp)
    const before = request.query.with === undefined ? generations.before(stamp) : generations.find(request.query.with)
    if (before === undefined) throw new Refusal('notFound', 'generation_not_found', 'the configuration before this one is not kept')
    const parts = await compareGenerations(generations, before, after, (contentIdentifier) => isOf(kind, contentIdentifier))
    const changes = parts.flatMap(({ contentIdentifier: part, elements = [] }) => elements.map((element) => ({ part, ...element })))
    const { limit, offset } = request.query
    return { before: json(before, kind), after: json(after, kind), total: changes.length, items: changes.slice(offset, offset + limit), texts: parts.filter(({ elements }) => elements === undefined).map(textJson) }
  })

  app.get<{ Params: StampParams & { name: string } }>('/configuration-sources/:kind/generations/:stamp/parts/:name', {
    config: { access: READERS },
    schema: { summary: 'A part as it was published', tags, params: { ...stampParams, required: [...stampParams.required, 'name'], properties: { ...stampParams.properties, name: { type: 'string', maxLength: 255 } } } }
  }, async (request, reply) => {
    await generations.settled()
    const { name, stamp } = request.params
    const part = generations.find(stamp).parts.find(({ contentIdentifier }) => contentIdentifier === name)
    if (part === undefined || !isOf(kindOf(request.params), name)) throw new Refusal('notFound', 'configuration_part_not_found', `that configuration had no part ${name}`)
    return reply.type('application/xml').header('content-disposition', `attachment; filename="${part.fileName}"`).send(await generations.read(part))
  })
}

/** Outsiders get the shared parameters alone. */
function isOf (kind: SourceKind, contentIdentifier: string): boolean {
  return kind === 'internal' || contentIdentifier === 'SHARED-PARAMETERS'
}

function json ({ stamp, publishedAt, revision, lastEvent, parts }: KeptGeneration, kind: SourceKind): object {
  return {
    stamp,
    published_at: publishedAt,
    revision,
    last_audit_event: lastEvent,
    parts: parts.filter(({ contentIdentifier }) => isOf(kind, contentIdentifier)).map(({ contentIdentifier, fileName, size, digest }) => ({ content_identifier: contentIdentifier, file_name: fileName, size, hash: digest }))
  }
}

function textJson ({ contentIdentifier, change, before, after }: PartChange): object {
  return { part: contentIdentifier, change, before, after }
}
