import type { FastifyInstance } from 'fastify'
import { createInformationSystem, describeApi, operation } from '@trembita/example-information-system'
import type { PublicJwk } from '../documents/index.ts'
import { DistributionProblem, MissingParameter, type Distributions, type Push, type Template } from '../notices/index.ts'
import type { Deliveries, OfferDelivery } from '../offers/index.ts'
import type { PartnerScope } from '../options.ts'
import type { Recipient } from '../persons/index.ts'
import { isAllowedLink, partnerOf, refuse } from './partner.ts'
import {
  answers, idParam, offerAnswer, offerBody, pageQuery, pushAnswer, pushBody, recipientsAnswer, statusAnswer, templateAnswer, templateBody
} from './schemas.ts'

export interface ServicesDeps {
  readonly deliveries: Deliveries
  readonly distributions: Distributions
  /** By `INSTANCE/CLASS/CODE/SUBSYSTEM`: a federated instance has other members under the same codes. */
  readonly partners: Readonly<Record<string, readonly PartnerScope[]>>
  readonly linkOrigins: readonly string[]
  readonly jwk: PublicJwk
  readonly log: boolean
}

type OfferBody = Omit<OfferDelivery, 'recipient' | 'reasons' | 'validUntil'> & Recipient & { readonly reasons?: OfferDelivery['reasons'], readonly validUntil?: string }
interface ById { Params: { id: string } }

const SERVICES = {
  deliverOffer: { title: 'Передати пропозицію програми підтримки · Deliver an offer of a support programme', base: '/offers' },
  createTemplate: { title: 'Створити шаблон повідомлення · Create a message template', base: '/templates' },
  pushNotification: { title: 'Надіслати повідомлення особам · Push a notification to people', base: '/push-notifications' },
  distributionStatus: { title: 'Стан розсилки · State of a distribution', base: '/distribution-status' },
  distributionRecipients: { title: 'Результати за одержувачами · Results by recipient', base: '/distribution-recipients' },
  deleteDistribution: { title: 'Видалити розсилку · Delete a distribution', base: '/distributions' }
} as const

/**
 * The portal's services for the exchange. Only its gateway may reach them: `X-Road-Client` is believed here, since that gateway
 * has verified who asks.
 */
export function createServices (deps: ServicesDeps): FastifyInstance {
  const app = createInformationSystem('diia-portal', { log: deps.log })
  describeApi(app, { title: 'Портал Дія (модель)', version: '1.0.0', description: 'Синтетичні дані · synthetic data' }, SERVICES)
  app.get('/jwks.json', async () => ({ keys: [deps.jwk] }))
  addOffers(app, deps)
  addNotices(app, deps)
  return app
}

function addOffers (app: FastifyInstance, { deliveries, partners, linkOrigins }: ServicesDeps): void {
  app.post<{ Body: OfferBody }>('/offers', {
    schema: { body: offerBody },
    ...operation({ operationId: 'deliverOffer', summary: 'Показати особі пропозицію в порталі · Show a person an offer', services: ['deliverOffer'], responses: answers(200, offerAnswer), 'x-processing': { operation: 'use', purpose: 'support-programmes' } })
  }, async (request, reply) => {
    const client = partnerOf(request, partners, 'offers')
    if (client === undefined) return await refuse(request, reply, 'not-a-partner')
    const { subject, rnokpp, reasons = [], validUntil, ...offer } = request.body
    if (!isAllowedLink(offer.link, linkOrigins)) return await refuse(request, reply, 'link-not-allowed')
    const answer = await deliveries.take(client, { ...offer, reasons, validUntil: validUntil === undefined ? undefined : new Date(validUntil).toISOString(), recipient: { subject, rnokpp } })
    request.outcome = answer.status
    return answer
  })
}

function addNotices (app: FastifyInstance, { distributions, partners, linkOrigins }: ServicesDeps): void {
  const config = (operationId: keyof typeof SERVICES, summary: string, status: 200 | 201 | 202, schema: object): { config: ReturnType<typeof operation>['config'] } =>
    operation({ operationId, summary, services: [operationId], responses: answers(status, schema) })

  app.post<{ Body: Template & { code: string } }>('/templates', {
    schema: { body: templateBody }, ...config('createTemplate', SERVICES.createTemplate.title, 201, templateAnswer)
  }, async (request, reply) => {
    const client = partnerOf(request, partners, 'notices')
    if (client === undefined) return await refuse(request, reply, 'not-a-partner')
    const { code, ...template } = request.body
    if (template.link !== undefined && !isAllowedLink(template.link, linkOrigins)) return await refuse(request, reply, 'link-not-allowed')
    return await orProblem(async () => await reply.code(201).send(await distributions.createTemplate(client, code, template)), (problem) => refuse(request, reply, problem))
  })

  app.post<{ Body: Push }>('/push-notifications', {
    schema: { body: pushBody }, ...config('pushNotification', SERVICES.pushNotification.title, 202, pushAnswer)
  }, async (request, reply) => {
    const client = partnerOf(request, partners, 'notices')
    if (client === undefined) return await refuse(request, reply, 'not-a-partner')
    if (request.body.link !== undefined && !isAllowedLink(request.body.link, linkOrigins)) return await refuse(request, reply, 'link-not-allowed')
    try {
      return await orProblem(async () => await reply.code(202).send(await distributions.push(client, request.id, request.body)), (problem) => refuse(request, reply, problem))
    } catch (error) {
      if (error instanceof MissingParameter) return await refuse(request, reply, 'parameter-missing', error.parameter)
      throw error
    }
  })

  app.get<ById>('/distribution-status/:id', { schema: { params: idParam }, ...config('distributionStatus', SERVICES.distributionStatus.title, 200, statusAnswer) }, async (request, reply) => {
    const client = partnerOf(request, partners, 'notices')
    if (client === undefined) return await refuse(request, reply, 'not-a-partner')
    return await orProblem(async () => await reply.send(await distributions.status(client, request.params.id)), (problem) => refuse(request, reply, problem))
  })

  app.get<ById & { Querystring: { offset: number, limit: number } }>('/distribution-recipients/:id', {
    schema: { params: idParam, querystring: pageQuery }, ...config('distributionRecipients', SERVICES.distributionRecipients.title, 200, recipientsAnswer)
  }, async (request, reply) => {
    const client = partnerOf(request, partners, 'notices')
    if (client === undefined) return await refuse(request, reply, 'not-a-partner')
    const { offset, limit } = request.query
    return await orProblem(async () => await reply.send({ recipients: await distributions.recipients(client, request.params.id, offset, limit) }), (problem) => refuse(request, reply, problem))
  })

  app.delete<ById>('/distributions/:id', { schema: { params: idParam }, ...config('deleteDistribution', SERVICES.deleteDistribution.title, 200, { type: 'object', properties: { deleted: { type: 'boolean' } } }) }, async (request, reply) => {
    const client = partnerOf(request, partners, 'notices')
    if (client === undefined) return await refuse(request, reply, 'not-a-partner')
    return await orProblem(async () => {
      await distributions.delete(client, request.params.id)
      return await reply.send({ deleted: true })
    }, (problem) => refuse(request, reply, problem))
  })
}

/** Runs a step; what it refuses becomes a problem. */
async function orProblem<T> (step: () => Promise<T>, problem: (code: DistributionProblem['code']) => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof DistributionProblem) return await problem(error.code)
    throw error
  }
}
