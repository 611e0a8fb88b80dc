import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '@trembita/daemon'
import { openApi } from '@trembita/daemon/openapi'
import type { SqlStore } from '@trembita/daemon/store'
import { ADMINISTRATION, READERS, sendError } from '../admin/index.ts'
import type { Changes } from '../audit/index.ts'
import type { Logger } from '@trembita/daemon'
import { Refusal } from '../refusal.ts'
import { readCsv } from './read-csv.ts'
import { classifierJson, classifierReading } from './reading.ts'
import { addClassifier, addVersion, getClassifier, putCrosswalk } from './store.ts'
import { CLASSIFIER_FORMATS, type ClassifierFormat } from './types.ts'

/** A whole list of settlements is 2 MB. */
const LIST_BYTES_MAX = 10 * 1024 * 1024
const text = { type: 'string', maxLength: 1000 } as const
const tags = ['classifiers']

const newClassifier = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'name_uk', 'name_en'],
  properties: {
    code: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
    format: { type: 'string', enum: CLASSIFIER_FORMATS, default: 'plain' },
    name_uk: { ...text, minLength: 1 },
    name_en: { ...text, minLength: 1 },
    description: { ...text, default: '' },
    publisher: { ...text, default: '' }
  }
} as const
const newVersion = {
  type: 'object',
  additionalProperties: false,
  required: ['valid_from', 'ground', 'csv'],
  properties: {
    valid_from: { type: 'string', format: 'date' },
    ground: { ...text, minLength: 1, description: 'Act by which the version is put in force' },
    csv: { type: 'string', minLength: 1, description: 'The whole list: code;parent;category;name_uk;name_en' }
  }
} as const
const newCrosswalk = {
  type: 'object',
  additionalProperties: false,
  required: ['pairs'],
  properties: { pairs: { type: 'array', maxItems: 100_000, items: { type: 'object', required: ['from', 'to'], properties: { from: text, to: text } } } }
} as const

interface NewClassifier { readonly code: string, readonly format: ClassifierFormat, readonly name_uk: string, readonly name_en: string, readonly description: string, readonly publisher: string }
interface NewVersion { readonly valid_from: string, readonly ground: string, readonly csv: string }

export interface ClassifierDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: Clock
}

/** Keeping of classifiers: what anyone may ask, and what an administrator changes. */
export function classifierApi ({ store, changes, clock }: ClassifierDeps): FastifyPluginAsync {
  const config = { access: ADMINISTRATION }
  return async (app) => {
    await app.register(classifierReading({ store, clock, access: READERS }))

    app.post<{ Body: NewClassifier }>('/classifiers', {
      schema: { summary: 'Take up a classifier', tags, body: newClassifier },
      config: { ...config, operation: 'classifier.add' }
    }, async ({ body, actor }, reply) => {
      const { name_uk: nameUk, name_en: nameEn, ...rest } = body
      const classifier = { ...rest, nameUk, nameEn }
      await changes.change(actor, (tx) => addClassifier(tx, classifier))
      return reply.code(201).send(classifierJson(classifier))
    })

    app.post<{ Params: { code: string }, Body: NewVersion }>('/classifiers/:code/versions', {
      bodyLimit: LIST_BYTES_MAX,
      schema: { summary: 'Put a whole list in force from a day on', tags, body: newVersion },
      config: { ...config, operation: 'classifier.publish' }
    }, async ({ params, body, actor }, reply) => {
      if (new Date(body.valid_from).toISOString().slice(0, 10) !== body.valid_from) throw new Refusal('invalid', 'validation_failure', `${body.valid_from} is not a day`, { fields: { valid_from: 'not a day' } })
      const { format } = await getClassifier(store, params.code)
      const items = readCsv(body.csv, format)
      const { validFrom, publishedAt, ...version } = await changes.change(actor, (tx) => addVersion(tx, params.code, { validFrom: body.valid_from, ground: body.ground, items }))
      return reply.code(201).send({ ...version, valid_from: validFrom, published_at: publishedAt })
    })

    app.put<{ Params: { code: string, to: string }, Body: { pairs: readonly { from: string, to: string }[] } }>('/classifiers/:code/crosswalks/:to', {
      bodyLimit: LIST_BYTES_MAX,
      schema: { summary: 'Say which codes of another classifier correspond', tags, body: newCrosswalk },
      config: { ...config, operation: 'classifier.crosswalk' }
    }, async ({ params, body, actor }, reply) => {
      await changes.change(actor, (tx) => putCrosswalk(tx, params.code, params.to, body.pairs))
      return reply.code(204).send()
    })
  }
}

/**
 * Classifiers as a REST service: the gateway of the administrator publishes it by `/classifiers/openapi.json`, and consumers
 * ask it through the exchange like any other.
 */
export function classifierService ({ store, clock, log, version }: Omit<ClassifierDeps, 'changes'> & { readonly log: Logger, readonly version: string }): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler((thrown, request, reply) => sendError(thrown, request, reply, log))
    await app.register(openApi, {
      title: 'Classifiers', description: 'Reference lists of the system with their history (TR-7.5).', version, prefix: '/classifiers'
    })
    await app.register(classifierReading({ store, clock, access: 'public' }))
  }
}
