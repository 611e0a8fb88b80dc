import type { AdminApi } from './admin-api.ts'

/** Terms of an agreement as `POST /agreements` of the core takes them. */
export interface AgreementTerms {
  readonly id: string
  readonly number: string
  /** `YYYY-MM-DD` */
  readonly date: string
  /** Encoded ids of subsystems. */
  readonly consumer_id: string
  readonly provider_id: string
  readonly from: string
  readonly until: string
  readonly purposes: readonly { readonly code: string, readonly name: string, readonly ground: string }[]
  readonly services: readonly { readonly code: string, readonly version?: string, readonly operations: readonly { readonly method?: string, readonly path?: string, readonly json?: readonly string[], readonly xml?: readonly string[] }[] }[]
}

export interface ConcludedAgreement {
  readonly id: string
  readonly version: number
  readonly state: string
  readonly seals: readonly { readonly side: string, readonly verdict: string, readonly member_id: string, readonly timestamped_at: string | null }[]
}

/**
 * Concludes an agreement: the core takes the draft up, each side seals its document at its own gateway, and the core checks both seals.
 * One that is there already stays as it is.
 */
export async function concludeAgreement (core: AdminApi, sides: { readonly consumer: AdminApi, readonly provider: AdminApi }, terms: AgreementTerms): Promise<ConcludedAgreement> {
  const known = await core.find<ConcludedAgreement>(`/agreements/${terms.id}`)
  const draft = known ?? await core.post<ConcludedAgreement>('/agreements', terms)
  const path = `/agreements/${draft.id}/versions/${draft.version}`
  const document = (await core.download(`${path}/document`)).toString('base64')
  for (const side of ['consumer', 'provider'] as const) {
    if (draft.seals.some((seal) => seal.side === side)) continue
    const member = terms[`${side}_id`].split(':').slice(0, 3).join(':')
    const { signature } = await sides[side].post('/agreements/seal', { member_id: member, document })
    await core.post(`${path}/seals`, { side, signature })
  }
  return await core.get<ConcludedAgreement>(path)
}
