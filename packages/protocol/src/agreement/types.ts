import type { ClientId } from '../identifiers/index.ts'

/** Who of the two a seal speaks for. */
export type AgreementSide = 'consumer' | 'provider'

export const AGREEMENT_SIDES: readonly AgreementSide[] = ['consumer', 'provider']

/** What data may be asked for: the consumer names the code with its requests. */
export interface Purpose {
  /** Printable ASCII without a comma, as it stands in `Uxp-Purpose-Ids`. */
  readonly code: string
  readonly name: string
  /** Legal ground: act, article, power. */
  readonly ground: string
}

/**
 * What an operation of a service may answer. A field that is permitted is permitted with all that it holds; what stands above
 * permitted fields may be there as far as it only holds them.
 */
export interface AgreedOperation {
  /** HTTP method or `*`; always `*` for SOAP. */
  readonly method: string
  /** Path pattern of the access rights (xroad-messages §7.4); `**` is every path, and the only one for SOAP. */
  readonly path: string
  /** Content types that are passed without looking into them, lower case: for what has neither members nor elements. */
  readonly media: readonly string[]
  /** RFC 6901 pointers; the token `*` stands for any member or element. */
  readonly json: readonly string[]
  /** Element paths: `/{namespace}local/…`, `*` for any element, at the end `@{namespace}local` for an attribute. */
  readonly xml: readonly string[]
}

export interface AgreedService {
  readonly code: string
  readonly version?: string | undefined
  readonly operations: readonly AgreedOperation[]
}

/** From `from` on, and before `until`; to the second. */
export interface Term {
  readonly from: Date
  readonly until: Date
}

/** An agreement on information exchange (act 606, item 9): what one subsystem may have of another, and why. */
export interface Agreement {
  /** Names the agreement through all its versions within the instance: letters, digits, `.`, `_`, `-`. */
  readonly id: string
  /** From 1; a later version replaces an earlier one. */
  readonly version: number
  /** As the parties number it. */
  readonly number: string
  /** Date of the document, `YYYY-MM-DD`. */
  readonly date: string
  readonly consumer: ClientId
  readonly provider: ClientId
  readonly term: Term
  /** Decimal with two digits behind the point, and the currency by ISO 4217. */
  readonly price: { readonly amount: string, readonly currency: string }
  readonly purposes: readonly Purpose[]
  readonly services: readonly AgreedService[]
}

export const AGREEMENT_STATES = ['inForce', 'suspended', 'ended'] as const

/** State by decision; before and after the term no state makes an agreement hold. */
export type AgreementState = typeof AGREEMENT_STATES[number]

/** An agreement as the configuration part tells it to gateways. */
export interface ListedAgreement extends Pick<Agreement, 'id' | 'version' | 'consumer' | 'provider' | 'term' | 'services'> {
  readonly state: AgreementState
  /** SHA-256 of the sealed container, hex. */
  readonly containerHash: string
  readonly purposes: readonly string[]
  /** The purposes in words, so that persons can be told why their data were asked for; absent in lists of earlier releases. */
  readonly purposeTexts?: readonly Purpose[] | undefined
}

/** Content of the configuration part AGREEMENTS. */
export interface AgreementList {
  readonly instance: string
  readonly agreements: readonly ListedAgreement[]
}
