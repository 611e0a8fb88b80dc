import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describeApi, operation, Problem, problemResponse } from '@trembita/example-information-system'
import { CENTRE_KINDS, centreOf, CENTRES, FEATURES, type Centre, type CentreKind } from '../centres/index.ts'
import { findCentres } from '../search/index.ts'
import { cardJson, cardsAs, formatOf, FORMATS } from './formats.ts'

const words = { type: 'object', required: ['uk', 'en'], properties: { uk: { type: 'string' }, en: { type: 'string' } } }
const serviceId = { type: 'string', pattern: '^\\d{5}$' }
const hours = { type: 'array', items: { type: 'string', pattern: '^\\d\\d:\\d\\d$' }, minItems: 2, maxItems: 2, nullable: true }

const cardSchema = {
  type: 'object',
  required: ['id', 'name', 'kind', 'founder', 'katottg', 'settlement', 'address', 'hours', 'exceptions', 'phones', 'services', 'accessibility', 'asOf', 'source'],
  'x-jsonld-type': 'http://data.europa.eu/m8g/PublicOrganisation',
  'x-jsonld-context': { id: 'http://purl.org/dc/terms/identifier', name: 'http://purl.org/dc/terms/title', address: 'http://www.w3.org/ns/locn#fullAddress', phones: 'http://data.europa.eu/m8g/telephone', email: 'http://data.europa.eu/m8g/email' },
  properties: {
    id: { type: 'string' },
    name: words,
    kind: { type: 'string', enum: [...CENTRE_KINDS] },
    founder: { type: 'object', required: ['code', 'name'], properties: { code: { type: 'string', pattern: '^\\d{8}$' }, name: words } },
    katottg: { type: 'string', pattern: '^UA\\d{17}$', description: 'КАТОТТГ' },
    settlement: words,
    address: words,
    coordinates: { type: 'object', required: ['lat', 'lon'], properties: { lat: { type: 'number' }, lon: { type: 'number' } } },
    hours: { type: 'array', minItems: 7, maxItems: 7, items: hours, description: 'Від понеділка · From Monday' },
    exceptions: { type: 'array', items: { type: 'object', required: ['day', 'hours', 'reason'], properties: { day: { type: 'string', format: 'date' }, hours, reason: words } } },
    phones: { type: 'array', items: { type: 'string' } },
    email: { type: 'string' },
    site: { type: 'string' },
    services: { type: 'array', items: { type: 'object', required: ['id', 'name'], properties: { id: serviceId, name: words } } },
    accessibility: { type: 'array', items: { type: 'string', enum: [...FEATURES] } },
    queue: { type: 'string', description: 'Підсистема електронної черги · Subsystem of the electronic queue' },
    asOf: { type: 'string', format: 'date' },
    source: { type: 'string' }
  }
}

function responses (schema: object): Record<string, object> {
  return {
    200: {
      description: 'Картки у форматі, який названо в Accept · Cards in the format that Accept names',
      content: { [FORMATS.json]: { schema }, [FORMATS.csv]: { schema: { type: 'string' } }, [FORMATS.jsonld]: { schema: { type: 'object' } } }
    },
    400: problemResponse,
    404: problemResponse
  }
}

/** The public interface `centres`: lists and cards as JSON, CSV and JSON-LD (regulation, items 7(1) and 19). No personal data. */
export function addServices (app: FastifyInstance): void {
  describeApi(app, {
    title: 'Платформа Центрів: сервіси · Centres platform: services',
    version: '1.0.0',
    description: 'Синтетичні дані: жоден центр тут не існує. · Synthetic data: no centre here exists.'
  }, { centres: { title: 'Центри надання адміністративних послуг · Administrative service centres', base: '/centres', description: 'Публічний інтерфейс · A public interface' } })

  app.get<{ Querystring: { q?: string, service?: string, kind?: CentreKind } }>('/centres', {
    schema: {
      querystring: {
        type: 'object',
        properties: { q: { type: 'string', maxLength: 200, description: 'Слова: у будь-якій формі, частина слова · Words in any form, parts of words' }, service: { ...serviceId, description: 'Послуга · Service' }, kind: { type: 'string', enum: [...CENTRE_KINDS] } }
      }
    },
    ...operation({ operationId: 'centres', summary: 'Перелік центрів · List of centres', services: ['centres'], responses: responses({ type: 'object', required: ['items', 'source'], properties: { items: { type: 'array', items: cardSchema }, source: { type: 'string' } } }) })
  }, async (request, reply) => sendCards(request, reply, findCentres(CENTRES, request.query)))

  app.get<{ Params: { id: string } }>('/centres/:id', {
    schema: { params: { type: 'object', required: ['id'], properties: { id: { type: 'string', maxLength: 60, example: 'vinnytsia-1' } } } },
    ...operation({ operationId: 'centre', summary: 'Картка центру · Card of a centre', services: ['centres'], responses: responses(cardSchema) })
  }, async (request, reply) => {
    const centre = centreOf(request.params.id)
    if (centre === undefined) throw new Problem('unknown-centre', 'Такого центру немає', 'There is no such centre')
    return sendCards(request, reply, [centre], true)
  })
}

function sendCards (request: FastifyRequest, reply: FastifyReply, centres: readonly Centre[], single = false): FastifyReply {
  const format = formatOf(request.headers.accept)
  if (format === undefined) throw new Problem('not-acceptable', `Формати: ${Object.values(FORMATS).join(', ')}`, `Formats: ${Object.values(FORMATS).join(', ')}`)
  request.outcome = `${centres.length} ${format}`
  const text = single && format === 'json' ? JSON.stringify(cardJson(centres[0]!)) : cardsAs(format, centres)
  return reply.header('vary', 'accept').type(`${FORMATS[format]}; charset=utf-8`).send(text)
}
