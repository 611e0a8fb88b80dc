import { randomUUID } from 'node:crypto'
import { postByRest, Refusal, type Gateway } from '@trembita/example-consumer'
import { Outage, Refused } from '@trembita/example-consumer'

/** A time of a centre's queue; `free` is told by the question about times only. */
export interface Slot {
  readonly id: string
  readonly start: string
  readonly end: string
  readonly free?: number
}

export interface QueuedBooking {
  readonly number: string
  readonly state: 'booked' | 'cancelled'
  readonly slot: Slot & { readonly centre: string, readonly service: string }
}

export interface Person {
  readonly name: string
  readonly phone?: string | undefined
}

/** Questions to the queue that a centre keeps (regulation, items 7(2) and 15). Each throws {Outage} or {Refused}. */
export interface QueueService {
  slots (queue: string, question: { readonly centre: string, readonly service: string, readonly from: Date, readonly until: Date }): Promise<readonly Slot[]>
  book (queue: string, request: { readonly requestId: string, readonly slot: string, readonly person: Person }): Promise<QueuedBooking & { readonly pin: string }>
  move (queue: string, request: { readonly number: string, readonly pin: string, readonly slot: string }): Promise<QueuedBooking>
  cancel (queue: string, request: { readonly number: string, readonly pin: string }): Promise<QueuedBooking>
  status (queue: string, request: { readonly number: string, readonly pin: string }): Promise<QueuedBooking>
}

export interface Scores {
  readonly waiting: number
  readonly politeness: number
  readonly clarity: number
  readonly result: number
}

/** A rating as it travels: no identity has a place in it. */
export interface Rating {
  readonly ratingId: string
  readonly centre: string
  readonly service?: string | undefined
  readonly scores: Scores
  readonly remark?: string | undefined
  readonly channel: 'visit' | 'page'
  readonly ratedOn: string
}

export interface CentreIndicators {
  readonly centre: string
  readonly count: number
  readonly means: Scores
  readonly remarks: number
}

/** The system that monitors quality (items 8(7), 16(1), 18). Each throws {Outage} or {Refused}. */
export interface QualityService {
  submit (batch: { readonly batchId: string, readonly ratings: readonly Rating[] }): Promise<{ readonly accepted: number, readonly duplicates: number }>
  indicators (): Promise<{ readonly items: readonly CentreIndicators[], readonly asOf: string }>
}

export const QUALITY = 'GOV/90000067/QUALITY'

/** Purpose of what is said about a visitor to a queue. */
const PURPOSE = 'CENTRES-BOOKING'

/** Faults that tell of no outage: asking again changes nothing until somebody acts. */
const FINAL_FAULTS = /\.(AccessDenied|AccessSuspended|AgreementRequired|BadRequest|InvalidClientIdentifier|InvalidRequest|OutsideAgreement|PurposeNotAllowed|ServiceDisabled|UnknownMember|UnknownService)$/
/** Answers of the other side that pass by themselves. */
const PASSING = /^(source-unavailable|too-many-attempts|5\d\d)$/

/** Told of each exchange as it begins: its id, under which the gateway keeps the proof, and the service. */
export type OnExchange = (exchangeId: string, service: string) => void

/** Both, through the platform's own gateway. */
export function throughGateway (gateway: Gateway, quality: string = QUALITY, onExchange: OnExchange = () => {}): { readonly queue: QueueService, readonly quality: QualityService } {
  const instance = gateway.client.split('/', 1)[0]!
  const ask = async <T extends object>(subsystem: string, service: string, body: object, purpose?: string): Promise<T> => {
    const id = randomUUID()
    onExchange(id, `${subsystem}/${service}`)
    return await told(() => postByRest<T>(gateway, { service: `${instance}/${subsystem}/${service}`, body }, { id, purpose }))
  }
  return {
    queue: {
      slots: async (queue, { centre, service, from, until }) => (await ask<{ slots: Slot[] }>(queue, 'slots', { centre, service, from: from.toISOString(), until: until.toISOString() })).slots,
      book: (queue, request) => ask(queue, 'book', request, PURPOSE),
      move: (queue, request) => ask(queue, 'move', request, PURPOSE),
      cancel: (queue, request) => ask(queue, 'cancel', request, PURPOSE),
      status: (queue, request) => ask(queue, 'bookingStatus', request, PURPOSE)
    },
    quality: {
      submit: (batch) => ask(quality, 'submitRatings', batch),
      indicators: () => ask(quality, 'indicators', {})
    }
  }
}

/** Tells an outage from a refusal: a person must never read the one for the other. */
async function told<T> (ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw new Outage('no-connection', { cause: thrown })
    const isFinal = thrown.by === 'gateway' ? FINAL_FAULTS.test(thrown.code) : !PASSING.test(thrown.code)
    throw isFinal ? new Refused(thrown.code, { cause: thrown }) : new Outage(thrown.code, { cause: thrown })
  }
}
