/** A text in both languages of the pages. */
export interface TwoTexts {
  readonly uk: string
  readonly en: string
}

/** `new` until the person has looked at it. */
export type OfferState = 'new' | 'viewed' | 'dismissed' | 'applied'
export type Feedback = Exclude<OfferState, 'new'>

export const FEEDBACKS: readonly Feedback[] = ['viewed', 'dismissed', 'applied']

/** What the cabinet delivers. */
export interface DeliveredOffer {
  readonly title: TwoTexts
  readonly body: TwoTexts
  readonly reasons: readonly TwoTexts[]
  readonly link: string
}

/** An offer as the person sees it, whichever way it came. */
export interface OfferView extends DeliveredOffer {
  readonly offerId: string
  readonly validUntil: string | undefined
  readonly state: OfferState
  readonly deliveredAt: string | undefined
  /** The cabinet cannot tell yet whether it fits. */
  readonly uncertain: boolean
}

/** Data that the cabinet does not have, so that nothing can be said of some programmes. */
export interface MissingData {
  readonly register: string
  readonly what: TwoTexts
}

/** The latest word wins, but nothing undoes `applied` by looking again. */
export function stateAfter (state: OfferState, feedback: Feedback): OfferState {
  if (feedback === 'viewed') return state === 'new' ? 'viewed' : state
  return feedback
}
