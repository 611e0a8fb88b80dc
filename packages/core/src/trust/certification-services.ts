import { isIP } from 'node:net'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import type { AcmeServer } from '@trembita/protocol/globalconf'
import type { Certificate } from '@trembita/protocol/pki'
import type { Changes } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkText } from '../registry/index.ts'
import { profileClassOf } from './profiles.ts'
import { serviceUrl } from './service-url.ts'
import { storedCa, storedCaCertificate, storedCaCertificates, type StoredCa } from './stored-services.ts'
import { refuseUnlessIgnored, type Warning } from './warnings.ts'

/** What an operator says of a certification service beside its certificate. */
export interface CaSettings {
  readonly authenticationOnly: boolean
  readonly profileClass: string
  readonly defaultCsrFormat?: 'PEM' | 'DER' | undefined
  readonly acmeServer?: AcmeServer | undefined
}

/** Approval of certification services and of the CAs below them. */
export class CertificationServices {
  readonly #changes: Changes

  constructor (changes: Changes) {
    this.#changes = changes
  }

  /**
   * Approves a certification service. Its name is the subject's CN, unless one is given.
   *
   * @returns number of its row.
   * @throws {Refusal}
   */
  async add (actor: Actor, certificate: Certificate, settings: CaSettings, options: { readonly name?: string | undefined, readonly ignoreWarnings?: boolean | undefined } = {}): Promise<number> {
    const name = checkText('name', options.name?.trim() || certificate.subject.get('CN') || certificate.subject.rfc2253)
    const checked = checkSettings(settings)
    return await this.#changes.change(actor, async (tx) => {
      const accepted = refuseUnlessIgnored(validityWarnings(certificate, tx.at), options.ignoreWarnings === true)
      await checkCaCertificate(tx, certificate)
      if (await tx.get('SELECT 1 AS found FROM approved_ca WHERE name = ?', name) !== undefined) {
        throw new Refusal('conflict', 'certification_service_exists', `there is a certification service named ${name} already`)
      }
      const { id } = (await tx.get<{ id: number }>('INSERT INTO approved_ca (name, profile_class) VALUES (?, ?) RETURNING id', name, checked.profileClass))!
      await writeSettings(tx, id, checked)
      await tx.run('INSERT INTO ca_certificate (approved_ca_id, top, position, certificate) VALUES (?, 1, 0, ?)', id, certificate.der)
      await tx.record({ action: 'certification-service.add', object: objectOf(name), after: { ...stateOf(await storedCa(tx, id)), ...accepted } })
      return id
    })
  }

  /** @throws {Refusal} */
  async change (actor: Actor, id: number, settings: Partial<CaSettings>): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const before = await storedCa(tx, id)
      await writeSettings(tx, id, checkSettings({ ...before, ...settings }))
      await tx.record({ action: 'certification-service.change', object: objectOf(before.name), before: stateOf(before), after: stateOf(await storedCa(tx, id)) })
    })
  }

  /**
   * Withdraws the approval, of its intermediate CAs and responders too.
   *
   * @throws {Refusal} `certification_service_in_use` while gateways are registered with its certificates.
   */
  async remove (actor: Actor, id: number, ignoreWarnings = false): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const before = await storedCa(tx, id)
      const accepted = refuseUnlessIgnored(await useWarnings(tx, await storedCaCertificates(tx, id)), ignoreWarnings)
      await tx.run('DELETE FROM approved_ca WHERE id = ?', id)
      await tx.record({ action: 'certification-service.delete', object: objectOf(before.name), before: { ...stateOf(before), ...accepted } })
    })
  }

  /** Approves a CA below the one of a service. @returns number of its row. @throws {Refusal} */
  async addIntermediate (actor: Actor, service: number, certificate: Certificate, ignoreWarnings = false): Promise<number> {
    return await this.#changes.change(actor, async (tx) => {
      const { name } = await storedCa(tx, service)
      const known = await storedCaCertificates(tx, service)
      await checkCaCertificate(tx, certificate)
      const warnings: Warning[] = [...validityWarnings(certificate, tx.at)]
      if (!known.some((ca) => certificate.isIssuedBy(ca.certificate))) {
        warnings.push({ code: 'intermediate_ca_not_issued', field: 'certificate', message: `none of the certification authorities of ${name} issued this certificate` })
      }
      const accepted = refuseUnlessIgnored(warnings, ignoreWarnings)
      const { position } = (await tx.get<{ position: number }>('SELECT max(position) + 1 AS position FROM ca_certificate WHERE approved_ca_id = ?', service))!
      const { id } = (await tx.get<{ id: number }>('INSERT INTO ca_certificate (approved_ca_id, top, position, certificate) VALUES (?, 0, ?, ?) RETURNING id', service, position, certificate.der))!
      await tx.record({ action: 'intermediate-ca.add', object: objectOf(name), after: { intermediate_ca: certificateState(certificate), ...accepted } })
      return id
    })
  }

  /** @throws {Refusal} `certification_service_in_use` while gateways are registered with its certificates. */
  async removeIntermediate (actor: Actor, id: number, ignoreWarnings = false): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const intermediate = await storedCaCertificate(tx, id)
      const accepted = refuseUnlessIgnored(await useWarnings(tx, [intermediate]), ignoreWarnings)
      await tx.run('DELETE FROM ca_certificate WHERE id = ?', id)
      await tx.record({ action: 'intermediate-ca.delete', object: objectOf(intermediate.caName), before: { intermediate_ca: certificateState(intermediate.certificate), ...accepted } })
    })
  }
}

function objectOf (name: string): { kind: string, id: string } {
  return { kind: 'certification-service', id: name }
}

/** What the audit log says of a certificate. */
export function certificateState (certificate: Certificate): Record<string, string> {
  return { subject: certificate.subject.rfc2253, sha256: certificate.sha256.toString('hex'), not_after: certificate.notAfter.toISOString() }
}

function stateOf ({ name, authenticationOnly, profileClass, defaultCsrFormat, acmeServer, certificate }: StoredCa): Record<string, unknown> {
  return { name, tls_auth: authenticationOnly, certificate_profile_info: profileClass, default_csr_format: defaultCsrFormat, acme_server: acmeServer, certificate: certificateState(certificate) }
}

function checkSettings ({ authenticationOnly, profileClass, defaultCsrFormat, acmeServer }: CaSettings): CaSettings {
  return {
    authenticationOnly,
    profileClass: profileClassOf(profileClass),
    defaultCsrFormat,
    acmeServer: acmeServer === undefined ? undefined : checkAcme(acmeServer)
  }
}

function checkAcme ({ directoryUrl, ipAddress, authenticationProfileId, signingProfileId }: AcmeServer): AcmeServer {
  const addresses = ipAddress?.split(',').map((address) => address.trim()).filter((address) => address !== '') ?? []
  if (addresses.some((address) => isIP(address) === 0)) {
    const problem = 'expected IP addresses separated by commas'
    throw new Refusal('invalid', 'invalid_ip_address', `acme_server_ip_address: ${problem}`, { fields: { acme_server_ip_address: problem } })
  }
  return {
    directoryUrl: serviceUrl(directoryUrl, 'acme_server_directory_url'),
    ipAddress: addresses.length === 0 ? undefined : addresses.join(','),
    authenticationProfileId: profileId('authentication_certificate_profile_id', authenticationProfileId),
    signingProfileId: profileId('signing_certificate_profile_id', signingProfileId)
  }
}

function profileId (field: string, id: string | undefined): string | undefined {
  return id === undefined || id === '' ? undefined : checkText(field, id)
}

async function writeSettings (tx: SqlWriter, id: number, { authenticationOnly, profileClass, defaultCsrFormat, acmeServer }: CaSettings): Promise<void> {
  await tx.run(`UPDATE approved_ca SET authentication_only = ?, profile_class = ?, default_csr_format = ?, acme_directory_url = ?, acme_ip_address = ?,
    acme_authentication_profile_id = ?, acme_signing_profile_id = ? WHERE id = ?`,
  authenticationOnly ? 1 : 0, profileClass, defaultCsrFormat ?? null, acmeServer?.directoryUrl ?? null, acmeServer?.ipAddress ?? null,
  acmeServer?.authenticationProfileId ?? null, acmeServer?.signingProfileId ?? null, id)
}

/** Gateways find a CA by its subject alone, and of two with one subject the last would win (xroad-trust §2.5): so there is one. */
async function checkCaCertificate (tx: SqlReader, certificate: Certificate): Promise<void> {
  if (!certificate.isCa) throw new Refusal('invalid', 'not_a_ca_certificate', 'this is not the certificate of a certification authority', { fields: { certificate: 'not the certificate of a certification authority' } })
  for (const other of await storedCaCertificates(tx)) {
    if (!other.certificate.subject.equals(certificate.subject)) continue
    const same = other.certificate.equals(certificate)
    throw new Refusal('conflict', same ? 'ca_certificate_exists' : 'ca_subject_exists',
      same
        ? `this certificate is approved already, in ${other.caName}`
        : `${other.caName} has a certification authority of the same subject already: gateways could not tell them apart`)
  }
}

function validityWarnings (certificate: Certificate, at: Date): Warning[] {
  if (certificate.isValidAt(at)) return []
  const message = at < certificate.notBefore ? `the certificate is not valid before ${certificate.notBefore.toISOString()}` : `the certificate expired on ${certificate.notAfter.toISOString()}`
  return [{ code: 'certificate_not_valid', field: 'certificate', message }]
}

/** Certificates that gateways are registered with are recognised by their issuer's name: a whole parse of thousands would take seconds. */
async function useWarnings (tx: SqlReader, authorities: readonly { readonly certificate: Certificate }[]): Promise<Warning[]> {
  const names = authorities.map(({ certificate }) => certificate.subject.raw)
  const rows = await tx.all<{ certificate: Buffer }>('SELECT certificate FROM auth_certificate')
  const count = rows.filter(({ certificate }) => names.some((name) => certificate.includes(name))).length
  if (count === 0) return []
  return [{ code: 'certification_service_in_use', field: 'id', message: `${count} registered authentication certificates were issued by it; their gateways would be cut off` }]
}
