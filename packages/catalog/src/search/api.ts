import type { FastifyPluginAsync } from 'fastify'
import { actorOfRequest } from '../accounts.ts'
import { BASE } from '../base.ts'
import { PUBLIC } from '../entry/index.ts'
import type { Parts } from '../parts.ts'
import { entryPath } from './entry-path.ts'
import { fragmentOf } from './fragment.ts'
import { FACET_NAMES, FIELD_NAMES, type FacetName } from './search-document.ts'
import { QUERY_LENGTH_MAX } from './text-index.ts'

const access = { access: 'public' } as const
const tags = ['search']
const q = { type: 'string', maxLength: QUERY_LENGTH_MAX } as const
const LIMIT_MAX = 200

type SearchQuery = { readonly q?: string, readonly limit?: number, readonly offset?: number } & Partial<Record<FacetName, string>>

/** `/search` and `/suggest` of the API: what the asker may see, and nothing of the rest. */
export function searchRoutes ({ search }: Parts): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: SearchQuery }>('/search', {
      schema: {
        summary: 'Entries that hold the words, with facets and the pieces of text that hold them',
        tags,
        querystring: {
          type: 'object',
          properties: {
            q,
            ...Object.fromEntries(FACET_NAMES.map((name) => [name, { type: 'string', maxLength: 200 }])),
            limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 20 },
            offset: { type: 'integer', minimum: 0, default: 0 }
          }
        }
      },
      config: access
    }, async (request) => {
      const { q: query = '', limit = 20, offset = 0, ...facets } = request.query
      const { hits, counts, reading, understood, terms } = await search.find({ query, viewer: actorOfRequest(request) ?? PUBLIC, facets })
      return {
        total: hits.length,
        reading,
        ...understood === undefined ? {} : { understood },
        facets: Object.fromEntries(FACET_NAMES.map((name) => [name, Object.fromEntries(counts[name])])),
        items: hits.slice(offset, offset + limit).map(({ document }) => ({
          kind: document.kind,
          id: document.id,
          title: document.title,
          organisation: document.organisationId,
          url: `${BASE}${entryPath(document)}`,
          fragments: FIELD_NAMES.flatMap((field) => {
            const pieces = fragmentOf(document.fields[field], terms)
            return pieces === undefined ? [] : [{ field, pieces }]
          })
        }))
      }
    })

    app.get<{ Querystring: { readonly q: string } }>('/suggest', {
      schema: { summary: 'Titles and codes that go on from what was typed', tags, querystring: { type: 'object', required: ['q'], properties: { q } } },
      config: access
    }, async (request) => ({ items: await search.suggest(request.query.q, actorOfRequest(request) ?? PUBLIC) }))
  }
}
