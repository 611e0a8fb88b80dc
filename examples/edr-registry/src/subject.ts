/** A record of the register: a legal entity, or a person who is an entrepreneur (ФОП). */
export interface Subject {
  /** The register's own id of the record. */
  readonly id: string
  /** ЄДРПОУ; of a person РНОКПП, or the passport of one who refused a number. */
  readonly code: string
  readonly state: SubjectState
  readonly stateText: string
  readonly names: { readonly name: string, readonly short?: string, readonly nameEn?: string }
  readonly legalForm: { readonly code: string, readonly name: string }
  readonly address?: Address
  readonly activityKinds: readonly ActivityKind[]
  readonly heads: readonly { readonly name: string, readonly post: string }[]
  readonly founders: readonly { readonly name: string, readonly share?: string }[]
  readonly registration: { readonly date: string, readonly recordNumber: string, readonly recordDate: string }
  readonly termination: Termination | null
  readonly contacts: { readonly phone?: string, readonly email?: string }
}

/** 1 registered, 2 in termination, 3 terminated. */
export type SubjectState = 1 | 2 | 3

export const STATE_TEXTS: Readonly<Record<SubjectState, string>> = { 1: 'зареєстровано', 2: 'в стані припинення', 3: 'припинено' }

export interface Address {
  readonly zip: string
  readonly country: string
  readonly text: string
  /** Unit of the КАТОТТГ. */
  readonly katottg: string
  readonly parts: { readonly atu: string, readonly street: string, readonly house: string, readonly building?: string, readonly num?: string }
}

export interface ActivityKind {
  readonly code: string
  readonly name: string
  readonly list: 'KVED-2010' | 'NACE-2.1-UA'
  readonly isPrimary: boolean
}

export interface Termination {
  readonly date: string
  readonly recordNumber: string
  readonly recordDate: string
  readonly cause: string
}

/** A record with what is known to be wrong with it: conflicts are stored, not papered over. */
export interface StoredSubject {
  readonly subject: Subject
  readonly version: number
  /** Two entries of the register contradict each other about this field. */
  readonly inConflict: readonly (keyof Subject)[]
}
