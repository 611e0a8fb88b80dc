import type { MemberId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'

export type KeyUse = 'sign' | 'auth'

/** States of a certificate on its node (xroad-trust §3.6). A sign certificate is registered from the start. */
export const CERTIFICATE_STATUSES = ['saved', 'registration in progress', 'registered', 'deletion in progress', 'global error'] as const
export type CertificateStatus = typeof CERTIFICATE_STATUSES[number]

/** A certificate as the token holds it. */
export interface CertificateEntry {
  readonly certificate: Certificate
  readonly status: CertificateStatus
  /** May be used: what an administrator decides, apart from the state. */
  readonly active: boolean
  /** Why the last activation was refused. */
  readonly activationError?: string | undefined
}

/** A certificate request that was made for a key. */
export interface RequestEntry {
  readonly id: string
  readonly use: KeyUse
  /** Name of the certification service it is meant for. */
  readonly caName: string
  readonly profileClass: string
  /** Whose seal it will be. */
  readonly member?: MemberId | undefined
  readonly der: Buffer
  readonly createdAt: Date
}

/** Everything about a key but its secret. */
export interface KeyDescription {
  /** Undefined until a request or a certificate says it. */
  readonly use: KeyUse | undefined
  readonly label: string
  /** Keys are looked at in the order in which they were made. */
  readonly createdAt: Date
  readonly entries: readonly CertificateEntry[]
  readonly requests: readonly RequestEntry[]
}

interface Stored {
  readonly use?: KeyUse | undefined
  readonly label: string
  readonly createdAt?: string | undefined
  /** A text alone is a certificate of a release that knew no states: in use since it lies there. */
  readonly certificates: readonly (string | { readonly der: string, readonly status: CertificateStatus, readonly active: boolean, readonly activationError?: string | undefined })[]
  readonly requests?: readonly (Omit<RequestEntry, 'der' | 'createdAt'> & { readonly der: string, readonly createdAt: string })[] | undefined
}

export function parseKeyDescription (json: string): KeyDescription {
  const stored = JSON.parse(json) as Stored
  return {
    use: stored.use,
    label: stored.label,
    createdAt: new Date(stored.createdAt ?? 0),
    entries: stored.certificates.map((entry): CertificateEntry => {
      if (typeof entry === 'string') return { certificate: certificateOf(entry), status: 'registered', active: true }
      const { der, ...rest } = entry
      return { ...rest, certificate: certificateOf(der) }
    }),
    requests: (stored.requests ?? []).map((request) => ({ ...request, der: Buffer.from(request.der, 'base64'), createdAt: new Date(request.createdAt) }))
  }
}

export function formatKeyDescription ({ use, label, createdAt, entries, requests }: KeyDescription): string {
  const stored: Stored = {
    use,
    label,
    createdAt: createdAt.toISOString(),
    certificates: entries.map(({ certificate, ...rest }) => ({ der: certificate.der.toString('base64'), ...rest })),
    requests: requests.map((request) => ({ ...request, der: request.der.toString('base64'), createdAt: request.createdAt.toISOString() }))
  }
  return JSON.stringify(stored, null, 2)
}

function certificateOf (base64: string): Certificate {
  return Certificate.parse(Buffer.from(base64, 'base64'))
}
