import type { Identity } from '@trembita/daemon/accounts'
import { ExchangeFailure, post, type Gateway } from '../exchange/index.ts'
import { FEEDBACKS, type MissingData, type OfferState, type OfferView, type TwoTexts } from './offer.ts'

const SERVICE = 'GOV/90000050/CABINET/offersForUser'
const ITEMS_MAX = 200
const TEXT_MAX = 4000

/** What the cabinet says of this person now. */
export interface CabinetOffers {
  readonly joined: boolean
  readonly offers: readonly OfferView[]
  /** What is missing for an answer about the others. */
  readonly missing: readonly MissingData[]
}

/** How services of the cabinet name the person. */
export function cabinetSubject ({ subject, rnokpp, assurance }: Identity): object {
  return { sub: subject, rnokpp, assurance }
}

/** Asks the cabinet which offers it has formed for the person, and what it lacks. @throws {ExchangeFailure} */
export async function askOffers (gateway: Gateway, identity: Identity, purpose?: string): Promise<CabinetOffers> {
  const { body, exchangeId } = await post<Record<string, unknown>>(gateway, { service: SERVICE, body: { subject: cabinetSubject(identity) }, purpose })
  if (typeof body.joined !== 'boolean') throw new ExchangeFailure('unavailable', 'answer-not-understood', exchangeId)
  return {
    joined: body.joined,
    offers: listOf(body.items).flatMap((item) => {
      const offer = toOffer(item)
      return offer === undefined ? [] : [offer]
    }),
    missing: listOf(body.missing).map(({ register, what }) => ({ register: text(register), what: twoTexts(what) }))
  }
}

function toOffer (item: Record<string, unknown>): OfferView | undefined {
  const { offerId, programme, reasons, verdict, state, link } = item
  const { title, provider, until } = (typeof programme === 'object' && programme !== null ? programme : {}) as Record<string, unknown>
  if (typeof offerId !== 'string' || typeof link !== 'string') return undefined
  return {
    offerId,
    title: twoTexts(title),
    body: twoTexts(provider),
    reasons: listOf(reasons).map((reason) => twoTexts(reason.text)),
    link,
    validUntil: typeof until === 'string' && !Number.isNaN(Date.parse(until)) ? until : undefined,
    state: FEEDBACKS.find((one) => one === state) ?? 'new' satisfies OfferState,
    deliveredAt: undefined,
    uncertain: verdict === 'cannotTell'
  }
}

function listOf (value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value) ? value.slice(0, ITEMS_MAX).filter((item) => typeof item === 'object' && item !== null) : []
}

function twoTexts (value: unknown): TwoTexts {
  const { uk, en } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return { uk: text(uk), en: text(en) || text(uk) }
}

function text (value: unknown): string {
  return typeof value === 'string' ? value.slice(0, TEXT_MAX) : ''
}
