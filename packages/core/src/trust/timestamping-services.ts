import type { Clock } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { CostType } from '@trembita/protocol/globalconf'
import { OID, type Certificate } from '@trembita/protocol/pki'
import type { Changes } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkText } from '../registry/index.ts'
import { certificateState } from './certification-services.ts'
import { checkTimestamper } from './check-timestamper.ts'
import { serviceUrl } from './service-url.ts'
import { storedTsa, storedTsas, type StoredTsa } from './stored-services.ts'
import { refuseUnlessIgnored, warningOf, type Warning } from './warnings.ts'

export interface TsaSettings {
  readonly url: string
  readonly certificate: Certificate
  readonly costType?: CostType | undefined
  /** Default: CN of the certificate. Gateways know a service by its name when its address changes. */
  readonly name?: string | undefined
}

/** Approval of timestamping services: each stamps something before it is taken up. */
export class TimestampingServices {
  readonly #store: SqlStore
  readonly #changes: Changes
  readonly #clock: Clock

  constructor (store: SqlStore, changes: Changes, clock: Clock) {
    this.#store = store
    this.#changes = changes
    this.#clock = clock
  }

  /** @returns number of its row. @throws {Refusal} */
  async add (actor: Actor, settings: TsaSettings, ignoreWarnings = false): Promise<number> {
    const { certificate, costType } = settings
    const url = serviceUrl(settings.url, 'url')
    const name = checkText('name', settings.name?.trim() || certificate.subject.get('CN') || certificate.subject.rfc2253)
    const accepted = await this.#check(url, certificate, ignoreWarnings)
    return await this.#changes.change(actor, async (tx) => {
      await checkOthers(tx, { id: undefined, name, url })
      const { id } = (await tx.get<{ id: number }>('INSERT INTO approved_tsa (name, url, certificate, cost_type) VALUES (?, ?, ?, ?) RETURNING id', name, url, certificate.der, costType ?? null))!
      await tx.record({ action: 'timestamping-service.add', object: { kind: 'timestamping-service', id: name }, after: { ...stateOf(await storedTsa(tx, id)), ...accepted } })
      return id
    })
  }

  /** Changes address, certificate or cost; the name stays. @throws {Refusal} */
  async change (actor: Actor, id: number, change: { readonly url?: string | undefined, readonly certificate?: Certificate | undefined, readonly costType?: CostType | undefined }, ignoreWarnings = false): Promise<void> {
    const before = await storedTsa(this.#store, id)
    const url = change.url === undefined ? before.url : serviceUrl(change.url, 'url')
    const certificate = change.certificate ?? before.certificate
    const accepted = await this.#check(url, certificate, ignoreWarnings)
    await this.#changes.change(actor, async (tx) => {
      const present = await storedTsa(tx, id)
      await checkOthers(tx, { id, name: present.name, url })
      await tx.run('UPDATE approved_tsa SET url = ?, certificate = ?, cost_type = ? WHERE id = ?', url, certificate.der, change.costType ?? present.costType ?? null, id)
      await tx.record({ action: 'timestamping-service.change', object: { kind: 'timestamping-service', id: present.name }, before: stateOf(present), after: { ...stateOf(await storedTsa(tx, id)), ...accepted } })
    })
  }

  /** @throws {Refusal} `last_timestamping_service` unless it is meant: without one gateways stop when their stamps are late. */
  async remove (actor: Actor, id: number, ignoreWarnings = false): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const before = await storedTsa(tx, id)
      const warnings: Warning[] = (await storedTsas(tx)).length > 1 ? [] : [{ code: 'last_timestamping_service', field: 'id', message: 'it is the last timestamping service: gateways could not stamp any more, and would stop' }]
      const accepted = refuseUnlessIgnored(warnings, ignoreWarnings)
      await tx.run('DELETE FROM approved_tsa WHERE id = ?', id)
      await tx.record({ action: 'timestamping-service.delete', object: { kind: 'timestamping-service', id: before.name }, before: { ...stateOf(before), ...accepted } })
    })
  }

  async #check (url: string, certificate: Certificate, ignoreWarnings: boolean): Promise<{ accepted_warnings?: string[] }> {
    const warnings: Warning[] = []
    if (!certificate.extendedKeyUsage.includes(OID.timeStamping)) {
      warnings.push({ code: 'not_a_timestamping_certificate', field: 'certificate', message: 'the certificate is not for timestamping (extended key usage)' })
    }
    if (!certificate.isValidAt(this.#clock.now())) warnings.push({ code: 'certificate_not_valid', field: 'certificate', message: 'the certificate is not valid at present' })
    warnings.push(...await warningOf('timestamping_service_check_failed', 'url', `timestamping service ${url}`, () => checkTimestamper(url, certificate, this.#clock.now())))
    return refuseUnlessIgnored(warnings, ignoreWarnings)
  }
}

async function checkOthers (tx: SqlReader, { id, name, url }: { readonly id: number | undefined, readonly name: string, readonly url: string }): Promise<void> {
  for (const other of await storedTsas(tx)) {
    if (other.id === id) continue
    if (other.name === name) throw new Refusal('conflict', 'timestamping_service_exists', `there is a timestamping service named ${name} already`)
    if (other.url === url) throw new Refusal('conflict', 'timestamping_service_exists', `${url} is the address of ${other.name} already`)
  }
}

function stateOf ({ name, url, certificate, costType }: StoredTsa): Record<string, unknown> {
  return { name, url, certificate: certificateState(certificate), cost_type: costType }
}
