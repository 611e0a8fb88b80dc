import { recordChecksum, type Discrepancy, type Missing, type Outcome, type Source } from '@trembita/example-information-system'

export const REGISTERS = ['EDR', 'TAX'] as const
export type Register = typeof REGISTERS[number]

/** Agreement that each register answers under; its number is part of the key of pseudonyms. */
export const AGREEMENTS: Readonly<Record<Register, string>> = { EDR: 'AGR-688-EDR', TAX: 'AGR-688-TAX' }

/** Exactly what item 10 of the order names, no more. */
export const FIELDS: Readonly<Record<Register, readonly string[]>> = {
  EDR: ['mainKved', 'location', 'registrationDate', 'terminationRecordDate'],
  TAX: ['income', 'paid', 'taxSystem', 'activityPlaces', 'employees']
}

/** What a register said of one pseudonym. */
export interface ProfileItem {
  readonly p: string
  readonly outcome: Outcome
  readonly data: Readonly<Record<string, unknown>> | null
  readonly missing: readonly Missing[]
  readonly discrepancies?: readonly Discrepancy[] | undefined
  readonly checksum: string | null
}

export interface ProfileAnswer {
  readonly exchangeId: string
  readonly items: readonly ProfileItem[]
  readonly source: Source
}

/** An answer as it is kept, negative ones like any other: under its exchange the gateway gives out the sealed proof. */
export interface KeptAnswer {
  readonly register: Register
  readonly exchangeId: string
  readonly outcome: Outcome
  readonly data: Readonly<Record<string, unknown>> | null
  readonly missing: readonly Missing[]
  readonly discrepancies: readonly Discrepancy[]
  readonly checksum: string | null
  /** The checksum does not fit the data: nothing of it is used. */
  readonly damaged: boolean
  readonly source: string
  readonly asOf: string
  readonly receivedAt: string
}

/** Does the checksum fit the data? An answer without data has none. */
export function isSound ({ data, checksum }: Pick<ProfileItem, 'data' | 'checksum'>): boolean {
  return data === null ? true : checksum === recordChecksum(data)
}
