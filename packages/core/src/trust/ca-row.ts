import type { CaEntry } from './types.ts'

/** An approved certification service as its table has it. */
export interface CaRow {
  readonly id: number
  readonly name: string
  readonly authentication_only: 0 | 1
  readonly profile_class: string
  readonly default_csr_format: 'PEM' | 'DER' | null
  readonly acme_directory_url: string | null
  readonly acme_ip_address: string | null
  readonly acme_authentication_profile_id: string | null
  readonly acme_signing_profile_id: string | null
}

/** What the row says of the service itself. */
export function caSettingsOf (row: CaRow): Pick<CaEntry, 'name' | 'authenticationOnly' | 'profileClass'> & { readonly defaultCsrFormat: 'PEM' | 'DER' | undefined, readonly acmeServer: CaEntry['acmeServer'] } {
  return {
    name: row.name,
    authenticationOnly: row.authentication_only === 1,
    profileClass: row.profile_class,
    defaultCsrFormat: row.default_csr_format ?? undefined,
    acmeServer: row.acme_directory_url === null
      ? undefined
      : {
          directoryUrl: row.acme_directory_url,
          ipAddress: row.acme_ip_address ?? undefined,
          authenticationProfileId: row.acme_authentication_profile_id ?? undefined,
          signingProfileId: row.acme_signing_profile_id ?? undefined
        }
  }
}
