/** How codes of a classifier look: `kved` ДК 009, `katottg` order 290 of 26.11.2020, `plain` any code. */
export const CLASSIFIER_FORMATS = ['kved', 'katottg', 'plain'] as const
export type ClassifierFormat = typeof CLASSIFIER_FORMATS[number]

export interface Classifier {
  readonly code: string
  readonly format: ClassifierFormat
  readonly nameUk: string
  readonly nameEn: string
  readonly description: string
  readonly publisher: string
}

/** One code with its meaning. */
export interface ClassifierItem {
  readonly code: string
  readonly parent?: string | undefined
  /** КАТОТТГ: `O K P H M T C X B`, as the list itself prints them. */
  readonly category?: string | undefined
  readonly nameUk: string
  readonly nameEn?: string | undefined
}

/** An item with the days it holds: from the first up to, not including, the last. */
export interface DatedItem extends ClassifierItem {
  readonly validFrom: string
  readonly validTo?: string | undefined
}

export interface ClassifierVersion {
  readonly number: number
  readonly validFrom: string
  /** Act by which it was put in force. */
  readonly ground: string
  readonly added: number
  readonly changed: number
  readonly removed: number
  readonly publishedAt: string
}
