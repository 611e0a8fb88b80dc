import type { AccessEvent } from '@trembita/protocol/accessevent'
import type { NoticeClass } from './classify.ts'

/** What a notice is made from: enough for its words, sealed in the row of the item. The event itself stays in the ledger. */
export interface ItemContent {
  readonly eventId: string
  readonly recipient: { readonly code: string, readonly uk: string, readonly en: string }
  readonly occurredAt: string
  readonly ownRequest: boolean
  /** More immediate notices than one day shall bring: it waits for the digest, which says so. */
  readonly overflow?: boolean
}

/** One (event, person, class) that is to be told. */
export interface NoticeItem {
  readonly tag: string
  readonly person: string
  readonly class: Exclude<NoticeClass, 'none'>
  /** Same recipient, register, operation and purpose: told together. */
  readonly collapse: string
  readonly content: ItemContent
  readonly createdAt: Date
}

export function contentOf (event: AccessEvent, ownRequest: boolean): ItemContent {
  const { code, name } = event.recipient
  return { eventId: event.eventId, recipient: { code, uk: name.uk, en: name.en ?? name.uk }, occurredAt: event.occurredAt, ownRequest }
}
