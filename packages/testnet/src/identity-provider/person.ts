import { createHmac } from 'node:crypto'

/** How surely the provider knows a person: levels of regulation (EU) 910/2014, article 8; the law on electronic identification has the same. */
export type Assurance = 'low' | 'substantial' | 'high'

/** From the least to the most. */
export const ASSURANCES: readonly Assurance[] = ['low', 'substantial', 'high']

/** Under which heading the sign-in page shows a person. */
export type PersonGroup = 'entrepreneurs' | 'citizens' | 'officials' | 'operators'

/** A person that may sign in here, without any password. None of them exists. */
export interface DevelopmentPerson {
  /** What the sign-in page sends. */
  readonly id: string
  /** `sub` at every client; unless told, the id. Says nothing about the person. */
  readonly subject?: string | undefined
  readonly name: string
  /** What they do, for the sign-in page. */
  readonly duty: { readonly uk: string, readonly en: string }
  /** Default `operators`. */
  readonly group?: PersonGroup | undefined
  /** Values of the claim `roles`. */
  readonly roles: readonly string[]
  /** Instead of `roles`, at these clients. */
  readonly rolesAt?: Readonly<Record<string, readonly string[]>> | undefined
  /** Further claims of the scope `profile`. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** Claims of the scope `ua.identity`. Without it the provider identifies nobody, as for the persons of a console. */
  readonly identity?: IdentityClaims | undefined
}

/** What id.gov.ua would tell of a person. A person who refused a number for reasons of belief has none. */
export interface IdentityClaims {
  readonly rnokpp?: string | undefined
  readonly given_name: string
  readonly family_name: string
  /** Patronymic; not everybody has one. */
  readonly middle_name?: string | undefined
  /** `YYYY-MM-DD`. Not the date in the number: synthetic numbers lie in the future. */
  readonly birthdate: string
  readonly email?: string | undefined
}

/** `Прізвище Ім'я По батькові`, the order of registers. */
export function fullName ({ family_name: family, given_name: given, middle_name: middle }: IdentityClaims): string {
  return [family, given, middle].filter((part) => part !== undefined).join(' ')
}

/** The same at each start, and from which the id cannot be told: what portals keep of a person. */
export function opaqueSubject (id: string): string {
  return createHmac('sha256', 'development identity provider').update(id).digest('base64url').slice(0, 22)
}
