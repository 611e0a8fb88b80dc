import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import type { CostType } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import { caSettingsOf, type CaRow } from './ca-row.ts'
import type { CaCertificateEntry, CaEntry, OcspEntry, TsaEntry } from './types.ts'

interface ResponderRow { readonly url: string, readonly certificate: Buffer | null, readonly cost_type: CostType | null }

/** Takes up an approved certification service; replaces the entry of that name. */
export async function putCa (tx: SqlWriter, { name, authenticationOnly, profileClass, defaultCsrFormat, acmeServer, top, intermediates }: CaEntry): Promise<void> {
  const { id } = (await tx.get<{ id: number }>(`INSERT INTO approved_ca (name, authentication_only, profile_class, default_csr_format, acme_directory_url,
      acme_ip_address, acme_authentication_profile_id, acme_signing_profile_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET authentication_only = excluded.authentication_only, profile_class = excluded.profile_class,
      default_csr_format = excluded.default_csr_format, acme_directory_url = excluded.acme_directory_url, acme_ip_address = excluded.acme_ip_address,
      acme_authentication_profile_id = excluded.acme_authentication_profile_id, acme_signing_profile_id = excluded.acme_signing_profile_id
    RETURNING id`,
  name, authenticationOnly ? 1 : 0, profileClass, defaultCsrFormat ?? null, acmeServer?.directoryUrl ?? null, acmeServer?.ipAddress ?? null,
  acmeServer?.authenticationProfileId ?? null, acmeServer?.signingProfileId ?? null))!
  await tx.run('DELETE FROM ca_certificate WHERE approved_ca_id = ?', id)
  for (const [position, entry] of [top, ...intermediates].entries()) await addCertificate(tx, id, entry, position)
}

async function addCertificate (tx: SqlWriter, ca: number, { certificate, ocsp }: CaCertificateEntry, position: number): Promise<void> {
  const { id } = (await tx.get<{ id: number }>('INSERT INTO ca_certificate (approved_ca_id, top, position, certificate) VALUES (?, ?, ?, ?) RETURNING id',
    ca, position === 0 ? 1 : 0, position, certificate.der))!
  for (const [order, responder] of ocsp.entries()) {
    await tx.run('INSERT INTO ocsp_responder (ca_certificate_id, position, url, certificate, cost_type) VALUES (?, ?, ?, ?, ?)',
      id, order, responder.url, responder.certificate?.der ?? null, responder.costType ?? null)
  }
}

/** Takes up an approved timestamping service; replaces the entry of that name. */
export async function putTsa (tx: SqlWriter, { name, url, certificate, costType }: TsaEntry): Promise<void> {
  await tx.run(`INSERT INTO approved_tsa (name, url, certificate, cost_type) VALUES (?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET url = excluded.url, certificate = excluded.certificate, cost_type = excluded.cost_type`, name, url, certificate.der, costType ?? null)
}

/** Approved certification services in order of approval, with their OCSP responders in order of use. */
export async function caEntries (reader: SqlReader): Promise<CaEntry[]> {
  const rows = await reader.all<CaRow>(`SELECT id, name, authentication_only, profile_class, default_csr_format, acme_directory_url, acme_ip_address,
    acme_authentication_profile_id, acme_signing_profile_id FROM approved_ca ORDER BY id`)
  const entries: CaEntry[] = []
  for (const row of rows) {
    const [top, ...intermediates] = await certificatesOf(reader, row.id) as [CaCertificateEntry, ...CaCertificateEntry[]]
    entries.push({
      ...caSettingsOf(row),
      top,
      intermediates
    })
  }
  return entries
}

/** Approved timestamping services in order of approval. */
export async function tsaEntries (reader: SqlReader): Promise<TsaEntry[]> {
  const rows = await reader.all<{ name: string, url: string, certificate: Buffer, cost_type: CostType | null }>('SELECT name, url, certificate, cost_type FROM approved_tsa ORDER BY id')
  return rows.map(({ name, url, certificate, cost_type: costType }) => ({ name, url, certificate: Certificate.parse(certificate), costType: costType ?? undefined }))
}

async function certificatesOf (reader: SqlReader, ca: number): Promise<CaCertificateEntry[]> {
  const rows = await reader.all<{ id: number, certificate: Buffer }>('SELECT id, certificate FROM ca_certificate WHERE approved_ca_id = ? ORDER BY position', ca)
  const entries: CaCertificateEntry[] = []
  for (const { id, certificate } of rows) {
    const responders = await reader.all<ResponderRow>('SELECT url, certificate, cost_type FROM ocsp_responder WHERE ca_certificate_id = ? ORDER BY position', id)
    entries.push({ certificate: Certificate.parse(certificate), ocsp: responders.map(ocspEntry) })
  }
  return entries
}

function ocspEntry ({ url, certificate, cost_type: costType }: ResponderRow): OcspEntry {
  return { url, certificate: certificate === null ? undefined : Certificate.parse(certificate), costType: costType ?? undefined }
}
