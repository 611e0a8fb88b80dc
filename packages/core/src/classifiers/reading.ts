import type { FastifyPluginAsync } from 'fastify'
import type { AccessRule } from '@trembita/daemon/accounts'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { pageOf, toPage } from '../admin/index.ts'
import { changesBetween, crosswalk, itemHistory, itemsAt } from './items.ts'
import { classifiers, getClassifier, versionsOf } from './store.ts'
import type { Classifier, DatedItem } from './types.ts'

const text = { type: 'string' } as const
const integer = { type: 'integer' } as const
const day = { type: 'string', format: 'date', description: 'YYYY-MM-DD' } as const
const tags = ['classifiers']
const itemSchema = {
  type: 'object',
  required: ['code', 'name_uk', 'valid_from'],
  properties: { code: text, parent: text, category: text, name_uk: text, name_en: text, valid_from: day, valid_to: { ...day, description: 'First day on which it does not hold any more' } }
} as const
const classifierSchema = {
  type: 'object',
  required: ['code', 'format', 'name_uk', 'name_en'],
  properties: {
    code: text,
    format: text,
    name_uk: text,
    name_en: text,
    description: text,
    publisher: text,
    versions: {
      type: 'array',
      items: { type: 'object', properties: { number: integer, valid_from: day, ground: text, added: integer, changed: integer, removed: integer, published_at: text } }
    }
  }
} as const
const byCode = { type: 'object', properties: { code: { type: 'string', maxLength: 64 } } } as const
const byItem = { type: 'object', properties: { code: { type: 'string', maxLength: 64 }, item: { type: 'string', maxLength: 64 } } } as const
const itemsQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    at: { ...day, description: 'The list as it was on this day; today by default' },
    parent: text,
    q: { type: 'string', maxLength: 255, description: 'Part of a code or name, in any case' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 }
  }
} as const

interface ItemsQuery { readonly at?: string, readonly parent?: string, readonly q?: string, readonly limit: number, readonly offset: number }

export interface ClassifierReadingDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly access: AccessRule
}

/** What may be asked of classifiers: the same in the console's API and, as a service, through the exchange (TR-7.5). */
export function classifierReading ({ store, clock, access }: ClassifierReadingDeps): FastifyPluginAsync {
  const config = { access }
  const today = (): string => clock.now().toISOString().slice(0, 10)
  return async (app) => {
    app.get('/classifiers', {
      schema: { operationId: 'listClassifiers', summary: 'All classifiers', tags, response: { 200: { type: 'array', items: classifierSchema } } },
      config
    }, async () => (await classifiers(store)).map(classifierJson))

    app.get<{ Params: { code: string } }>('/classifiers/:code', {
      schema: { operationId: 'getClassifier', summary: 'A classifier with its versions', tags, params: byCode, response: { 200: classifierSchema } },
      config
    }, async ({ params }) => {
      const classifier = await getClassifier(store, params.code)
      const versions = await versionsOf(store, classifier.id)
      return {
        ...classifierJson(classifier),
        versions: versions.map(({ validFrom, publishedAt, ...version }) => ({ ...version, valid_from: validFrom, published_at: publishedAt }))
      }
    })

    app.get<{ Params: { code: string }, Querystring: ItemsQuery }>('/classifiers/:code/items', {
      schema: { operationId: 'listItems', summary: 'Items as they were on a day', tags, params: byCode, querystring: itemsQuery, response: { 200: pageOf(itemSchema) } },
      config
    }, async ({ params, query }) => {
      const { items, total } = await itemsAt(store, params.code, { ...query, at: query.at ?? today() })
      return toPage(items.map(itemJson), total, query)
    })

    app.get<{ Params: { code: string, item: string } }>('/classifiers/:code/items/:item', {
      schema: { operationId: 'getItem', summary: 'One code through time, oldest first', tags, params: byItem, response: { 200: { type: 'array', items: itemSchema } } },
      config
    }, async ({ params }) => (await itemHistory(store, params.code, params.item)).map(itemJson))

    app.get<{ Params: { code: string }, Querystring: { after: string, until?: string } }>('/classifiers/:code/changes', {
      schema: {
        operationId: 'listChanges',
        summary: 'What came, changed and went after one day, up to another',
        tags,
        params: byCode,
        querystring: { type: 'object', required: ['after'], properties: { after: day, until: day } },
        response: { 200: { type: 'array', items: { type: 'object', properties: { kind: { type: 'string', enum: ['added', 'changed', 'removed'] }, before: itemSchema, after: itemSchema } } } }
      },
      config
    }, async ({ params, query }) => (await changesBetween(store, params.code, query.after, query.until ?? today())).map(({ kind, before, after }) => ({
      kind, ...before === undefined ? {} : { before: itemJson(before) }, ...after === undefined ? {} : { after: itemJson(after) }
    })))

    app.get<{ Params: { code: string, item: string }, Querystring: { to: string } }>('/classifiers/:code/items/:item/crosswalk', {
      schema: {
        operationId: 'crosswalk',
        summary: 'Codes of another classifier that a code corresponds to',
        tags,
        params: byItem,
        querystring: { type: 'object', required: ['to'], properties: { to: text } },
        response: { 200: { type: 'array', items: text } }
      },
      config
    }, async ({ params, query }) => await crosswalk(store, params.code, query.to, params.item))
  }
}

export function classifierJson ({ code, format, nameUk, nameEn, description, publisher }: Classifier): object {
  return { code, format, name_uk: nameUk, name_en: nameEn, description, publisher }
}

function itemJson ({ code, parent, category, nameUk, nameEn, validFrom, validTo }: DatedItem): object {
  return { code, parent, category, name_uk: nameUk, name_en: nameEn, valid_from: validFrom, valid_to: validTo }
}
