/** Status of an official's service in one body. */
export type ServiceStatus = 'active' | 'suspended' | 'dismissed'

export const SERVICE_STATUSES: readonly ServiceStatus[] = ['active', 'suspended', 'dismissed']

/** A body whose workers the law on civil service covers. */
export interface Body {
  /** ЄДРПОУ */
  readonly code: string
  readonly name: string
  readonly nameEn: string
  readonly phone?: string
  readonly email?: string
}

/** A unit of a body; the root has no parent. */
export interface Unit {
  readonly id: string
  readonly body: string
  readonly parent?: string
  readonly name: string
  readonly nameEn: string
  readonly phone?: string
  readonly email?: string
}

/** A post of the staff list. */
export interface Position {
  readonly id: string
  readonly unit: string
  readonly title: string
  readonly titleEn: string
  /** Category of the law on civil service. */
  readonly category: 'А' | 'Б' | 'В'
  /** Rates (штатних одиниць). */
  readonly rates: number
}

/** A person in one post of one body. Who serves in two bodies has two appointments. */
export interface Appointment {
  /** The register's id of the official in this body: opaque, and no personal code. */
  readonly id: string
  readonly rnokpp: string
  readonly surname: string
  readonly givenName: string
  readonly patronymic?: string
  readonly position: string
  readonly phone?: string
  readonly email?: string
  readonly status: ServiceStatus
}

/** Everything the register holds. */
export interface Personnel {
  readonly bodies: readonly Body[]
  readonly units: readonly Unit[]
  readonly positions: readonly Position[]
  readonly appointments: readonly Appointment[]
}
