import type { AcmeServer, CostType } from '@trembita/protocol/globalconf'
import type { Certificate } from '@trembita/protocol/pki'

export interface OcspEntry {
  readonly url: string
  readonly certificate?: Certificate | undefined
  readonly costType?: CostType | undefined
}

export interface CaCertificateEntry {
  readonly certificate: Certificate
  readonly ocsp: readonly OcspEntry[]
}

export interface CaEntry {
  readonly name: string
  readonly authenticationOnly: boolean
  readonly profileClass: string
  readonly defaultCsrFormat?: 'PEM' | 'DER' | undefined
  readonly acmeServer?: AcmeServer | undefined
  readonly top: CaCertificateEntry
  readonly intermediates: readonly CaCertificateEntry[]
}

export interface TsaEntry {
  readonly name: string
  readonly url: string
  readonly certificate: Certificate
  readonly costType?: CostType | undefined
}
