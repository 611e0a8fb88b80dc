/** `approved`: the core has not taken up the draft yet. */
export type AccessState = 'asked' | 'refused' | 'approved' | 'agreementDrafted'

export interface AccessTerms {
  readonly purposes: readonly { readonly code: string, readonly name: string, readonly ground: string }[]
  /** JSON pointers, or paths of elements: what an answer may hold (docs/agreements.md). */
  readonly fields: readonly string[]
  readonly justification: string
  readonly volume?: string | undefined
  readonly contact: string
}

export interface AccessRequest {
  readonly id: string
  readonly versionId: string
  /** `INSTANCE/CLASS/CODE/SUBSYSTEM`. */
  readonly consumerId: string
  readonly providerId: string
  readonly state: AccessState
  readonly terms: AccessTerms
  readonly decision?: { readonly by: string, readonly at: string, readonly reason?: string | undefined } | undefined
  readonly agreementId?: string | undefined
  /** As the core calls it: `draft`, `sealed_by_consumer`, `in_force`, … */
  readonly agreementState?: string | undefined
  readonly rightGranted: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

export interface AccessRequestRow {
  readonly id: string
  readonly version_id: string
  readonly consumer_id: string
  readonly provider_id: string
  readonly state: string
  readonly request: string
  readonly decision: string | null
  readonly agreement_id: string | null
  readonly agreement_state: string | null
  readonly right_granted: number
  readonly created_at: string
  readonly updated_at: string
}

export function toAccessRequest (row: AccessRequestRow): AccessRequest {
  return {
    id: row.id,
    versionId: row.version_id,
    consumerId: row.consumer_id,
    providerId: row.provider_id,
    state: row.state as AccessState,
    terms: JSON.parse(row.request),
    decision: row.decision === null ? undefined : JSON.parse(row.decision),
    agreementId: row.agreement_id ?? undefined,
    agreementState: row.agreement_state ?? undefined,
    rightGranted: row.right_granted === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at
  }
}
