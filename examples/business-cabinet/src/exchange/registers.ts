import { askByRest, postByRest, Refusal, Outage, Refused, type Exchanged, type Gateway } from '@trembita/example-consumer'
import { AGREEMENTS, type ProfileAnswer, type ProfileItem, type Register } from '../analysis/kept-answer.ts'
import type { AskProfiles } from '../analysis/refresh.ts'
import type { AskEdr, EdrSubject } from '../join/decide-join.ts'
import type { DeliverOffer, DeliveryStatus } from '../offers/deliver.ts'

/** Where the cabinet's questions go, as `CLASS/MEMBER/SUBSYSTEM/SERVICE`. */
export interface ServiceCodes {
  /** GET `/{code}` of a legal entity, POST `/by-code` of a person. */
  readonly subjectByCode: string
  readonly profiles: Readonly<Record<Register, string>>
  readonly deliverOffer: string
}

export const SERVICE_CODES: ServiceCodes = {
  subjectByCode: 'GOV/90000038/EDR/subjectByCode',
  profiles: { EDR: 'GOV/90000038/EDR/supportProfile', TAX: 'GOV/90000044/TAX/supportTaxProfile' },
  deliverOffer: 'GOV/90000067/PORTAL/deliverOffer'
}

/** Purpose of the question about who joins: the agreement with the register of entities. */
const JOIN_PURPOSE = AGREEMENTS.EDR

/** Faults that tell of no outage: asking again changes nothing until somebody acts. */
const FINAL_FAULTS = /\.(AccessDenied|AccessSuspended|AgreementRequired|BadRequest|InvalidClientIdentifier|InvalidRequest|OutsideAgreement|PurposeNotAllowed|ServiceDisabled|UnknownMember|UnknownService)$/

export interface Registers {
  readonly askEdr: AskEdr
  readonly askProfiles: AskProfiles
  readonly deliverOffer: DeliverOffer
}

/** The cabinet's questions to registers and portal, all of them through its own gateway. */
export function throughGateway (gateway: Gateway, codes: ServiceCodes = SERVICE_CODES): Registers {
  const service = (code: string): string => `${gateway.client.split('/', 1)[0]!}/${code}`
  return {
    askEdr: async ({ kind, code, name }, exchangeId) => {
      const options = { id: exchangeId, purpose: JOIN_PURPOSE }
      const { answer, source } = await told(() => kind === 'FOP'
        ? askByRest<Partial<EdrSubject>>(gateway, { service: service(codes.subjectByCode), path: '/by-code', body: { code, ...name === undefined ? {} : { name } } }, options)
        : askByRest<Partial<EdrSubject>>(gateway, { service: service(codes.subjectByCode), path: `/${encodeURIComponent(code)}` }, options))
      return { ...answer, source }
    },
    askProfiles: async (register, question, exchangeId): Promise<ProfileAnswer> => {
      const { items, source } = await told(() => postByRest<{ items: ProfileItem[], source: ProfileAnswer['source'] }>(gateway, { service: service(codes.profiles[register]), body: question }, { id: exchangeId, purpose: AGREEMENTS[register] }))
      return { exchangeId, items, source }
    },
    deliverOffer: async (offer, exchangeId) => {
      const { status } = await told(() => postByRest<{ status: DeliveryStatus }>(gateway, { service: service(codes.deliverOffer), body: offer }, { id: exchangeId }))
      return status
    }
  }
}

/** Tells an outage from a refusal: a person must never read the one for the other. */
async function told<T extends Exchanged<unknown> | object> (ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw new Outage('no-connection', { cause: thrown })
    const isFinal = thrown.by === 'gateway' ? FINAL_FAULTS.test(thrown.code) : thrown.code !== 'source-unavailable' && !/^5\d\d$/.test(thrown.code)
    throw isFinal ? new Refused(thrown.code, { cause: thrown }) : new Outage(thrown.code, { cause: thrown })
  }
}
