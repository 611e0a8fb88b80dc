import type { SqlReader } from '@trembita/daemon/store'
import type { AcmeServer, CostType } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import { Refusal } from '../refusal.ts'
import { caSettingsOf, type CaRow } from './ca-row.ts'

/** A certification service as the registry has it. */
export interface StoredCa {
  readonly id: number
  readonly name: string
  readonly authenticationOnly: boolean
  readonly profileClass: string
  readonly defaultCsrFormat: 'PEM' | 'DER' | undefined
  readonly acmeServer: AcmeServer | undefined
  /** Its top CA: the row that responders are of, and the certificate. */
  readonly topId: number
  readonly certificate: Certificate
}

/** A top or intermediate CA. */
export interface StoredCaCertificate {
  readonly id: number
  readonly caId: number
  readonly caName: string
  readonly top: boolean
  readonly certificate: Certificate
}

export interface StoredResponder {
  readonly id: number
  readonly caCertificateId: number
  readonly url: string
  readonly certificate: Certificate | undefined
  readonly costType: CostType | undefined
}

export interface StoredTsa {
  readonly id: number
  readonly name: string
  readonly url: string
  readonly certificate: Certificate
  readonly costType: CostType | undefined
}

interface TopCaRow extends CaRow {
  readonly top_id: number
  readonly certificate: Buffer
}

const CA_ROWS = `SELECT a.id, a.name, a.authentication_only, a.profile_class, a.default_csr_format, a.acme_directory_url, a.acme_ip_address,
  a.acme_authentication_profile_id, a.acme_signing_profile_id, c.id AS top_id, c.certificate
  FROM approved_ca a JOIN ca_certificate c ON c.approved_ca_id = a.id AND c.top = 1`

export async function storedCas (reader: SqlReader): Promise<StoredCa[]> {
  return (await reader.all<TopCaRow>(`${CA_ROWS} ORDER BY a.id`)).map(toCa)
}

/** @throws {Refusal} `certification_service_not_found` */
export async function storedCa (reader: SqlReader, id: number): Promise<StoredCa> {
  const row = await reader.get<TopCaRow>(`${CA_ROWS} WHERE a.id = ?`, id)
  if (row === undefined) throw new Refusal('notFound', 'certification_service_not_found', 'there is no such certification service')
  return toCa(row)
}

function toCa (row: TopCaRow): StoredCa {
  return {
    id: row.id,
    ...caSettingsOf(row),
    topId: row.top_id,
    certificate: Certificate.parse(row.certificate)
  }
}

interface CaCertificateRow { readonly id: number, readonly ca: number, readonly name: string, readonly top: 0 | 1, readonly certificate: Buffer }

const CA_CERTIFICATE_ROWS = 'SELECT c.id, c.approved_ca_id AS ca, a.name, c.top, c.certificate FROM ca_certificate c JOIN approved_ca a ON a.id = c.approved_ca_id'

/** Top and intermediate CAs of all services, or of one. */
export async function storedCaCertificates (reader: SqlReader, ca?: number): Promise<StoredCaCertificate[]> {
  const rows = ca === undefined
    ? await reader.all<CaCertificateRow>(`${CA_CERTIFICATE_ROWS} ORDER BY c.approved_ca_id, c.position`)
    : await reader.all<CaCertificateRow>(`${CA_CERTIFICATE_ROWS} WHERE c.approved_ca_id = ? ORDER BY c.position`, ca)
  return rows.map(toCaCertificate)
}

/** @throws {Refusal} `intermediate_ca_not_found`; a top CA is not found here unless it is asked for. */
export async function storedCaCertificate (reader: SqlReader, id: number, which: 'intermediate' | 'any' = 'intermediate'): Promise<StoredCaCertificate> {
  const row = await reader.get<CaCertificateRow>(`${CA_CERTIFICATE_ROWS} WHERE c.id = ?`, id)
  if (row === undefined || (row.top === 1 && which === 'intermediate')) throw new Refusal('notFound', 'intermediate_ca_not_found', 'there is no such intermediate certification authority')
  return toCaCertificate(row)
}

function toCaCertificate ({ id, ca, name, top, certificate }: CaCertificateRow): StoredCaCertificate {
  return { id, caId: ca, caName: name, top: top === 1, certificate: Certificate.parse(certificate) }
}

interface ResponderRow { readonly id: number, readonly ca_certificate_id: number, readonly url: string, readonly certificate: Buffer | null, readonly cost_type: CostType | null }

const RESPONDER_ROWS = 'SELECT id, ca_certificate_id, url, certificate, cost_type FROM ocsp_responder'

/** Responders of a CA, in order of use. */
export async function storedResponders (reader: SqlReader, caCertificate: number): Promise<StoredResponder[]> {
  return (await reader.all<ResponderRow>(`${RESPONDER_ROWS} WHERE ca_certificate_id = ? ORDER BY position`, caCertificate)).map(toResponder)
}

/** @throws {Refusal} `ocsp_responder_not_found` */
export async function storedResponder (reader: SqlReader, id: number): Promise<StoredResponder> {
  const row = await reader.get<ResponderRow>(`${RESPONDER_ROWS} WHERE id = ?`, id)
  if (row === undefined) throw new Refusal('notFound', 'ocsp_responder_not_found', 'there is no such OCSP responder')
  return toResponder(row)
}

function toResponder ({ id, ca_certificate_id: caCertificateId, url, certificate, cost_type: costType }: ResponderRow): StoredResponder {
  return { id, caCertificateId, url, certificate: certificate === null ? undefined : Certificate.parse(certificate), costType: costType ?? undefined }
}

interface TsaRow { readonly id: number, readonly name: string, readonly url: string, readonly certificate: Buffer, readonly cost_type: CostType | null }

export async function storedTsas (reader: SqlReader): Promise<StoredTsa[]> {
  return (await reader.all<TsaRow>('SELECT id, name, url, certificate, cost_type FROM approved_tsa ORDER BY id')).map(toTsa)
}

/** @throws {Refusal} `timestamping_authority_not_found` */
export async function storedTsa (reader: SqlReader, id: number): Promise<StoredTsa> {
  const row = await reader.get<TsaRow>('SELECT id, name, url, certificate, cost_type FROM approved_tsa WHERE id = ?', id)
  if (row === undefined) throw new Refusal('notFound', 'timestamping_authority_not_found', 'there is no such timestamping service')
  return toTsa(row)
}

function toTsa ({ id, name, url, certificate, cost_type: costType }: TsaRow): StoredTsa {
  return { id, name, url, certificate: Certificate.parse(certificate), costType: costType ?? undefined }
}
