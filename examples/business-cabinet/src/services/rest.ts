import type { FastifyInstance } from 'fastify'
import { describeApi, operation, Problem } from '@trembita/example-information-system'
import type { Cabinet } from '../cabinet.ts'
import type { Share } from '../documents/inbox.ts'
import { DOCUMENT_TYPES } from '../documents/verify-document.ts'
import { findProgrammes } from '../programmes/find-programmes.ts'
import { PROGRAMME_KINDS, PROVIDER_KINDS, type ProgrammeKind, type ProviderKind } from '../programmes/programme.ts'
import { missingOf, offerJson, programmeJson } from './json.ts'
import { entrepreneurOf, participationOf, subjectSchema, type PortalSubject } from './subject.ts'

const ok = (description: string): Record<string, object> => ({ 200: { description, content: { 'application/json': { schema: { type: 'object' } } } } })
const subjectBody = { type: 'object', additionalProperties: false, required: ['subject'], properties: { subject: subjectSchema } } as const

/** What the cabinet offers to others through its gateway; the gateway has checked who asks and whether they may. */
export function addServices (app: FastifyInstance, cabinet: Cabinet): void {
  describeApi(app, {
    title: 'Онлайн-кабінет підприємця: сервіси · Business cabinet: services',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа чи організація тут не існує. Плата не справляється. · Synthetic data: nobody here exists. Free of charge.'
  }, {
    receiveDocuments: { title: 'Приймання копій документів · Receiving copies of documents', base: '/documents' },
    offersForUser: { title: 'Персональні пропозиції · Personal offers', base: '/offers' },
    offerFeedback: { title: 'Відгук на пропозицію · Feedback on an offer', base: '/offer-feedback' },
    joinStatus: { title: 'Чи бере особа участь · Whether a person takes part', base: '/join-status' },
    listProgrammes: { title: 'Програми підтримки · Programmes of support', base: '/programmes', description: 'Публічний інтерфейс · A public interface' }
  })
  addDocuments(app, cabinet)
  addOffers(app, cabinet)
  addProgrammes(app, cabinet)
}

function addDocuments (app: FastifyInstance, cabinet: Cabinet): void {
  app.post<{ Body: Share & { subject: PortalSubject } }>('/documents', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['shareId', 'subject', 'documents'],
        properties: {
          shareId: { type: 'string', pattern: '^[\\w-]{8,100}$', description: 'Повтор має ту саму квитанцію · A repetition has the same receipt' },
          subject: subjectSchema,
          documents: {
            type: 'array',
            maxItems: 20,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['type', 'content'],
              properties: {
                type: { type: 'string', maxLength: 50, description: DOCUMENT_TYPES.join(', ') },
                format: { type: 'string', enum: ['jws'] },
                issuedAt: { type: 'string', maxLength: 40, description: 'Чинний лише момент у підписаному вмісті · What counts is the moment in the signed content' },
                content: { type: 'string', maxLength: 200_000, description: 'JWS (ES256) порталу · of the portal', 'x-personal-category': 'documents' }
              }
            }
          },
          missing: { type: 'array', maxItems: 20, items: { type: 'object', additionalProperties: false, required: ['type', 'reason'], properties: { type: { type: 'string', maxLength: 50 }, reason: { type: 'string', maxLength: 50 } } } }
        }
      }
    },
    ...operation({ operationId: 'receiveDocuments', summary: 'Прийняти копії документів підприємця · Receive an entrepreneur\'s copies of documents', services: ['receiveDocuments'], 'x-processing': { operation: 'modify' }, responses: ok('Квитанція з висновком щодо кожного документа · A receipt with a verdict for each document') })
  }, async (request) => {
    const { subject, ...share } = request.body
    const { participation: { ref }, rnokpp } = await entrepreneurOf(cabinet, subject)
    const receipt = await cabinet.inbox.receive(ref, rnokpp, share)
    await cabinet.offers.renew(ref)
    void cabinet.worker.kick()
    request.outcome = [...new Set(receipt.verdicts.map(({ verdict }) => verdict))].join(' ')
    return receipt
  })
}

function addOffers (app: FastifyInstance, cabinet: Cabinet): void {
  app.post<{ Body: { subject: PortalSubject } }>('/offers', {
    schema: { body: subjectBody },
    ...operation({ operationId: 'offersForUser', summary: 'Пропозиції підприємцю з підставами · Offers to an entrepreneur with their reasons', services: ['offersForUser'], 'x-processing': { operation: 'consult' }, responses: ok('Пропозиції, і яких відомостей бракує · Offers, and what is missing') })
  }, async (request) => {
    const { participation: { ref } } = await entrepreneurOf(cabinet, request.body.subject)
    const offers = (await cabinet.offers.list(ref)).filter(({ verdict, state }) => verdict !== 'notEligible' && state !== 'dismissed')
    return { joined: true, kind: 'FOP', items: offers.map((offer) => offerJson(offer, cabinet.publicUrl)), missing: missingOf(offers) }
  })

  app.post<{ Body: { subject: PortalSubject, offerId: string, feedback: 'viewed' | 'dismissed' | 'applied' } }>('/offer-feedback', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['subject', 'offerId', 'feedback'],
        properties: { subject: subjectSchema, offerId: { type: 'string', format: 'uuid' }, feedback: { type: 'string', enum: ['viewed', 'dismissed', 'applied'] } }
      }
    },
    ...operation({ operationId: 'offerFeedback', summary: 'Пропозицію переглянуто, відхилено, подано заявку · An offer was viewed, dismissed, applied for', services: ['offerFeedback'], 'x-processing': { operation: 'modify' }, responses: ok('Стан пропозиції · State of the offer') })
  }, async (request) => {
    const { subject, offerId, feedback } = request.body
    const { participation: { ref } } = await entrepreneurOf(cabinet, subject)
    const state = await cabinet.offers.feedback(ref, offerId, feedback)
    if (state === undefined) throw new Problem('unknown-offer', 'Такої пропозиції цій особі немає', 'This person has no such offer')
    return { offerId, state }
  })

  app.post<{ Body: { subject: PortalSubject } }>('/join-status', {
    schema: { body: subjectBody },
    ...operation({ operationId: 'joinStatus', summary: 'Чи бере особа участь у проєкті · Whether a person takes part in the project', services: ['joinStatus'], 'x-processing': { operation: 'consult' }, responses: ok('Участь · Participation') })
  }, async (request) => {
    const participation = await participationOf(cabinet, request.body.subject)
    return participation === undefined ? { joined: false } : { joined: true, kind: participation.kind, since: participation.joinedAt }
  })
}

function addProgrammes (app: FastifyInstance, { programmes }: Cabinet): void {
  app.get<{ Querystring: { q?: string, kind?: ProgrammeKind, provider?: ProviderKind } }>('/programmes', {
    schema: {
      querystring: {
        type: 'object',
        properties: { q: { type: 'string', maxLength: 200, description: 'Слова · Words' }, kind: { type: 'string', enum: [...PROGRAMME_KINDS] }, provider: { type: 'string', enum: [...PROVIDER_KINDS] } }
      }
    },
    ...operation({ operationId: 'listProgrammes', summary: 'Усі оприлюднені програми · All published programmes', services: ['listProgrammes'], responses: ok('Програми · Programmes') })
  }, async (request) => ({ items: findProgrammes(await programmes.list(), request.query).map(programmeJson) }))

  app.get<{ Params: { id: string } }>('/programmes/:id', {
    schema: { params: { type: 'object', required: ['id'], properties: { id: { type: 'string', maxLength: 100 } } } },
    ...operation({ operationId: 'programme', summary: 'Одна програма · One programme', services: ['listProgrammes'], responses: ok('Програма · Programme') })
  }, async (request) => {
    const programme = await programmes.get(request.params.id)
    if (programme?.status !== 'published') throw new Problem('unknown-programme', 'Такої програми немає', 'There is no such programme')
    return programmeJson(programme)
  })
}
