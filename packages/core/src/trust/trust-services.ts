import type { Database } from '@trembita/daemon'
import type { CostType } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import type { CaCertificateEntry, CaEntry, OcspEntry, TsaEntry } from './types.ts'

interface CaRow {
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

interface ResponderRow { readonly url: string, readonly certificate: Buffer | null, readonly cost_type: CostType | null }

/** Approved certification and timestamping services, with their OCSP responders. `put…` replaces the entry of that name. */
export class TrustServices {
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
  }

  putCa (ca: CaEntry): void {
    const { name, authenticationOnly, profileClass, defaultCsrFormat, acmeServer } = ca
    this.#db.prepare(`INSERT INTO approved_ca (name, authentication_only, profile_class, default_csr_format, acme_directory_url, acme_ip_address,
        acme_authentication_profile_id, acme_signing_profile_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET authentication_only = excluded.authentication_only, profile_class = excluded.profile_class,
        default_csr_format = excluded.default_csr_format, acme_directory_url = excluded.acme_directory_url, acme_ip_address = excluded.acme_ip_address,
        acme_authentication_profile_id = excluded.acme_authentication_profile_id, acme_signing_profile_id = excluded.acme_signing_profile_id`)
      .run(name, authenticationOnly ? 1 : 0, profileClass, defaultCsrFormat ?? null, acmeServer?.directoryUrl ?? null, acmeServer?.ipAddress ?? null,
        acmeServer?.authenticationProfileId ?? null, acmeServer?.signingProfileId ?? null)
    const { id } = this.#db.prepare('SELECT id FROM approved_ca WHERE name = ?').get(name) as { id: number }
    this.#db.prepare('DELETE FROM ca_certificate WHERE approved_ca_id = ?').run(id)
    const entries = [ca.top, ...ca.intermediates]
    entries.forEach((entry, position) => { this.#addCertificate(id, entry, position) })
  }

  putTsa ({ name, url, certificate, costType }: TsaEntry): void {
    this.#db.prepare(`INSERT INTO approved_tsa (name, url, certificate, cost_type) VALUES (?, ?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET url = excluded.url, certificate = excluded.certificate, cost_type = excluded.cost_type`)
      .run(name, url, certificate.der, costType ?? null)
  }

  /** In order of approval. */
  cas (): CaEntry[] {
    const rows = this.#db.prepare(`SELECT id, name, authentication_only, profile_class, default_csr_format, acme_directory_url, acme_ip_address,
      acme_authentication_profile_id, acme_signing_profile_id FROM approved_ca ORDER BY id`).all() as CaRow[]
    return rows.map((row) => {
      const [top, ...intermediates] = this.#certificates(row.id) as [CaCertificateEntry, ...CaCertificateEntry[]]
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
            },
        top,
        intermediates
      }
    })
  }

  tsas (): TsaEntry[] {
    const rows = this.#db.prepare('SELECT name, url, certificate, cost_type FROM approved_tsa ORDER BY id')
      .all() as { name: string, url: string, certificate: Buffer, cost_type: CostType | null }[]
    return rows.map(({ name, url, certificate, cost_type: costType }) => ({ name, url, certificate: Certificate.parse(certificate), costType: costType ?? undefined }))
  }

  #addCertificate (ca: number, { certificate, ocsp }: CaCertificateEntry, position: number): void {
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO ca_certificate (approved_ca_id, top, position, certificate) VALUES (?, ?, ?, ?)')
      .run(ca, position === 0 ? 1 : 0, position, certificate.der)
    const add = this.#db.prepare('INSERT INTO ocsp_responder (ca_certificate_id, position, url, certificate, cost_type) VALUES (?, ?, ?, ?, ?)')
    ocsp.forEach((responder, i) => { add.run(lastInsertRowid, i, responder.url, responder.certificate?.der ?? null, responder.costType ?? null) })
  }

  #certificates (ca: number): CaCertificateEntry[] {
    const rows = this.#db.prepare('SELECT id, certificate FROM ca_certificate WHERE approved_ca_id = ? ORDER BY position').all(ca) as { id: number, certificate: Buffer }[]
    const responders = this.#db.prepare('SELECT url, certificate, cost_type FROM ocsp_responder WHERE ca_certificate_id = ? ORDER BY position')
    return rows.map(({ id, certificate }) => ({
      certificate: Certificate.parse(certificate),
      ocsp: (responders.all(id) as ResponderRow[]).map((row): OcspEntry => ({
        url: row.url,
        certificate: row.certificate === null ? undefined : Certificate.parse(row.certificate),
        costType: row.cost_type ?? undefined
      }))
    }))
  }
}
