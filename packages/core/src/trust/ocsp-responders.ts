import type { Clock } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { CostType } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import type { Changes } from '../audit/index.ts'
import { readParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { certificateState } from './certification-services.ts'
import { checkResponder } from './check-responder.ts'
import { serviceUrl } from './service-url.ts'
import { storedCaCertificate, storedCaCertificates, storedResponder, storedResponders, storedTsas, type StoredCaCertificate, type StoredResponder } from './stored-services.ts'
import { refuseUnlessIgnored, warningOf } from './warnings.ts'

export interface ResponderSettings {
  readonly url: string
  readonly certificate?: Certificate | undefined
  readonly costType?: CostType | undefined
}

/** Newest registered certificates to look through for one that a CA has issued. */
const CANDIDATES_MAX = 50

/** Approval of OCSP responders: each is asked before it is taken up. */
export class OcspResponders {
  readonly #store: SqlStore
  readonly #changes: Changes
  readonly #clock: Clock

  constructor (store: SqlStore, changes: Changes, clock: Clock) {
    this.#store = store
    this.#changes = changes
    this.#clock = clock
  }

  /** Adds a responder of a top or intermediate CA, to be used after those it has. @returns number of its row. @throws {Refusal} */
  async add (actor: Actor, caCertificate: number, settings: ResponderSettings, ignoreWarnings = false): Promise<number> {
    const url = serviceUrl(settings.url, 'url')
    const ca = await storedCaCertificate(this.#store, caCertificate, 'any')
    const accepted = await this.#check(ca, { ...settings, url }, ignoreWarnings)
    return await this.#changes.change(actor, async (tx) => {
      const { caName } = await storedCaCertificate(tx, caCertificate, 'any')
      const others = await storedResponders(tx, caCertificate)
      if (others.some((other) => other.url === url)) throw new Refusal('conflict', 'ocsp_responder_exists', `${url} is a responder of this certification authority already`)
      const { position } = (await tx.get<{ position: number }>('SELECT coalesce(max(position) + 1, 0) AS position FROM ocsp_responder WHERE ca_certificate_id = ?', caCertificate))!
      const { id } = (await tx.get<{ id: number }>('INSERT INTO ocsp_responder (ca_certificate_id, position, url, certificate, cost_type) VALUES (?, ?, ?, ?, ?) RETURNING id',
        caCertificate, position, url, settings.certificate?.der ?? null, settings.costType ?? null))!
      await tx.record({ action: 'ocsp-responder.add', object: { kind: 'certification-service', id: caName }, after: { ...stateOf(ca, await storedResponder(tx, id)), ...accepted } })
      return id
    })
  }

  /** Changes what is given; `certificate: null` takes the responder's certificate away. @throws {Refusal} */
  async change (actor: Actor, id: number, change: { readonly url?: string | undefined, readonly certificate?: Certificate | null | undefined, readonly costType?: CostType | undefined }, ignoreWarnings = false): Promise<void> {
    const before = await storedResponder(this.#store, id)
    const ca = await storedCaCertificate(this.#store, before.caCertificateId, 'any')
    const wanted = {
      url: change.url === undefined ? before.url : serviceUrl(change.url, 'url'),
      certificate: change.certificate === undefined ? before.certificate : change.certificate ?? undefined,
      costType: change.costType ?? before.costType
    }
    const accepted = await this.#check(ca, wanted, ignoreWarnings)
    await this.#changes.change(actor, async (tx) => {
      const present = await storedResponder(tx, id)
      const others = await storedResponders(tx, present.caCertificateId)
      if (others.some((other) => other.id !== id && other.url === wanted.url)) throw new Refusal('conflict', 'ocsp_responder_exists', `${wanted.url} is a responder of this certification authority already`)
      await tx.run('UPDATE ocsp_responder SET url = ?, certificate = ?, cost_type = ? WHERE id = ?', wanted.url, wanted.certificate?.der ?? null, wanted.costType ?? null, id)
      await tx.record({ action: 'ocsp-responder.change', object: { kind: 'certification-service', id: ca.caName }, before: stateOf(ca, present), after: { ...stateOf(ca, await storedResponder(tx, id)), ...accepted } })
    })
  }

  /** @throws {Refusal} */
  async remove (actor: Actor, id: number): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const before = await storedResponder(tx, id)
      const ca = await storedCaCertificate(tx, before.caCertificateId, 'any')
      await tx.run('DELETE FROM ocsp_responder WHERE id = ?', id)
      await tx.record({ action: 'ocsp-responder.delete', object: { kind: 'certification-service', id: ca.caName }, before: stateOf(ca, before) })
    })
  }

  async #check (ca: StoredCaCertificate, { url, certificate }: ResponderSettings, ignoreWarnings: boolean): Promise<{ accepted_warnings?: string[] }> {
    const { ocspFreshnessSeconds } = await readParameters(this.#store)
    const subject = await this.#issuedBy(ca.certificate)
    const warnings = await warningOf('ocsp_responder_check_failed', 'url', `OCSP responder ${url}`, () =>
      checkResponder({ url, certificate, authority: ca.certificate, subject, ocspFreshnessSeconds }, this.#clock.now()))
    return refuseUnlessIgnored(warnings, ignoreWarnings)
  }

  /** Some certificate that the CA has issued, as far as the registry knows one. */
  async #issuedBy (ca: Certificate): Promise<Certificate | undefined> {
    for (const candidate of await candidates(this.#store)) if (!candidate.equals(ca) && candidate.isIssuedBy(ca)) return candidate
    return undefined
  }
}

async function candidates (reader: SqlReader): Promise<Certificate[]> {
  const registered = await reader.all<{ certificate: Buffer }>('SELECT certificate FROM auth_certificate ORDER BY id DESC LIMIT ?', CANDIDATES_MAX)
  return [
    ...registered.map(({ certificate }) => Certificate.parse(certificate)),
    ...(await storedCaCertificates(reader)).map(({ certificate }) => certificate),
    ...(await storedTsas(reader)).map(({ certificate }) => certificate)
  ]
}

function stateOf (ca: StoredCaCertificate, { url, certificate, costType }: StoredResponder): Record<string, unknown> {
  return { ocsp_responder: { ca: ca.certificate.subject.rfc2253, url, certificate: certificate === undefined ? undefined : certificateState(certificate), cost_type: costType } }
}
