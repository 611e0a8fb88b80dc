import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PartnerScope } from '../options.ts'

const REASONS = {
  'not-a-partner': [403, 'Ця система не має права на цю дію порталу', 'This system has no right to this of the portal'],
  'link-not-allowed': [400, 'Посилання веде до системи, якої портал не знає', 'The link leads to a system that the portal does not know'],
  'unknown-template': [404, 'Такого шаблону немає', 'There is no such template'],
  'unknown-distribution': [404, 'Такої розсилки немає', 'There is no such distribution'],
  'parameter-missing': [400, 'Шаблону бракує параметра', 'The template lacks a parameter'],
  'message-repeated-differently': [409, 'Повідомлення з цим номером уже було, і воно інше', 'There was a message under this id, and it was another'],
  'template-exists-elsewhere': [409, 'Це шаблон самого порталу', 'This template is the portal\'s own']
} as const

export type ServiceProblem = keyof typeof REASONS

/** A problem by RFC 9457; its words hold nothing of a person. */
export async function refuse (request: FastifyRequest, reply: FastifyReply, code: ServiceProblem, more = ''): Promise<FastifyReply> {
  const [status, uk, en] = REASONS[code]
  request.outcome = code
  const suffix = more === '' ? '' : `: ${more}`
  return await reply.code(status).type('application/problem+json').send({
    type: `urn:trembita:problem:${code}`, title: en, status, code, detail: `${uk}${suffix}`, details: { uk: `${uk}${suffix}`, en: `${en}${suffix}` }, retryable: false
  })
}

/**
 * Who asks: `CLASS/CODE/SUBSYSTEM`, as the portal's gateway has verified it.
 *
 * @param partners with their instance.
 * @returns undefined for whoever may not do this.
 */
export function partnerOf (request: FastifyRequest, partners: Readonly<Record<string, readonly PartnerScope[]>>, scope: PartnerScope): string | undefined {
  const client = String(request.headers['x-road-client'])
  return Object.hasOwn(partners, client) && partners[client]!.includes(scope) ? client.slice(client.indexOf('/') + 1) : undefined
}

/** Deep links lead to systems that the portal knows: a notice of the state must not become a lure. */
export function isAllowedLink (link: string, origins: readonly string[]): boolean {
  return URL.canParse(link) && origins.includes(new URL(link).origin)
}
