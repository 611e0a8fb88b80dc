import { createHash } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader } from '@trembita/daemon/store'
import {
  AGREEMENT_SIDES, isFree, joinSeals, parseAgreement, readAgreementContainer, verifyAgreementContainer, writeAgreement, writeAgreementContainer,
  type Agreement, type AgreementContainer, type AgreementReport, type AgreementSide
} from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import { formatClientId, memberOf, type ClientId } from '@trembita/protocol/identifiers'
import type { TrustStore } from '@trembita/protocol/pki'
import type { Changes, ChangeTx } from '../audit/index.ts'
import { checkAccession, encodedClientId, memberKey, readParameters, readProfile, searchable, subsystemKey } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import type { AgreementsPart } from './part.ts'
import { findAgreement, versionsOf } from './rows.ts'
import { stateOf } from './state.ts'
import type { AgreementRow, AgreementState, Decider, Decision, FullAgreementRow } from './types.ts'

export interface AgreementsDeps {
  readonly changes: Changes
  readonly clock: Clock
  /** What the instance trusts now. */
  readonly trust: () => Promise<TrustStore>
  readonly part: AgreementsPart
}

/** What a side hands in: its seal alone, or the whole container. */
export type SealToAdd = { readonly container: Buffer } | { readonly side: AgreementSide, readonly signature: Buffer }

/** From which states a decision may be made. */
const DECIDABLE: Readonly<Record<Decision, readonly AgreementState[]>> = {
  suspend: ['concluded', 'in_force'],
  resume: ['suspended'],
  end: ['concluded', 'in_force', 'suspended']
}

const DONE: Readonly<Record<Decision, string>> = { suspend: 'suspended', resume: 'resumed', end: 'ended' }

/** Agreements from draft to end (TR-9b, TR-6.4). Every change stands in the audit log, and gateways hear of it at once. */
export class Agreements {
  readonly #deps: AgreementsDeps

  constructor (deps: AgreementsDeps) {
    this.#deps = deps
  }

  /**
   * Takes up a draft: the first version of an agreement, or one to follow the last, once that is concluded.
   *
   * @throws {Refusal}, {Fault} `MalformedAgreement`
   */
  async create (actor: Actor, terms: Omit<Agreement, 'version'> & { readonly version?: number | undefined }): Promise<FullAgreementRow> {
    return await this.#deps.changes.change(actor, async (tx) => {
      const [last] = await versionsOf(tx, terms.id)
      const agreement: Agreement = { ...terms, version: terms.version ?? (last?.version ?? 0) + 1 }
      const document = writeAgreement(agreement)
      checkFollows(agreement, last)
      if (last !== undefined) checkMayGoOn(last, tx.at)
      await checkTerms(tx, agreement, tx.at)
      if (agreement.term.until <= tx.at) throw new Refusal('invalid', 'agreement_term_over', 'the term of the agreement is over', { fields: { until: 'lies in the past' } })
      await insertDraft(tx, agreement, document)
      return await findAgreement(tx, agreement.id, agreement.version)
    })
  }

  /** A document that was written elsewhere, in its one form. */
  async createFrom (actor: Actor, document: Buffer): Promise<FullAgreementRow> {
    return await this.create(actor, parseAgreement(document))
  }

  /**
   * Adds a side's seal. When both stand, the agreement is concluded, and earlier versions give way when its term begins.
   *
   * @throws {Refusal} `agreement_document_differs`, `agreement_seal_invalid`, `agreement_sealed_already`; {Fault} for what is no container.
   */
  async seal (actor: Actor, code: string, version: number, given: SealToAdd): Promise<FullAgreementRow> {
    const trust = await this.#deps.trust()
    const handed = 'container' in given ? await readAgreementContainer(given.container) : undefined
    return await this.#deps.changes.change(actor, async (tx) => {
      const row = await findAgreement(tx, code, version)
      if (row.concluded_at !== null) throw new Refusal('conflict', 'agreement_sealed_already', `version ${version} of agreement ${code} is sealed by both sides`)
      const own: AgreementContainer = await readAgreementContainer(row.container)
      const more = 'container' in given ? handed! : { document: row.document, seals: { [given.side]: given.signature }, strangers: [] }
      if (!more.document.equals(row.document)) throw new Refusal('conflict', 'agreement_document_differs', 'the seal is over another document than the one that is kept here')
      const report = verifyAgreementContainer({ ...more, strangers: [] }, (instance) => instance === trust.instance ? trust : undefined, { unstampedAt: tx.at, required: [] })
      checkSeals(report)
      const joined = join(own, more)
      await this.#storeSeals(tx, row, joined, report)
      return await findAgreement(tx, code, version)
    })
  }

  /** Takes a draft away that was not sealed by both. */
  async withdraw (actor: Actor, code: string, version: number): Promise<void> {
    await this.#deps.changes.change(actor, async (tx) => {
      const row = await findAgreement(tx, code, version)
      if (row.concluded_at !== null) throw new Refusal('conflict', 'agreement_concluded', 'an agreement that both sides sealed is ended, not withdrawn')
      await tx.run('DELETE FROM agreement WHERE id = ?', row.id)
      await tx.record({ action: 'agreement.withdraw', object: objectOf(row), before: stateRecord(row, tx.at) })
    })
  }

  /**
   * Suspends, resumes or ends, by decision of a side or the holder. What the holder suspended only the holder resumes; what a
   * side suspended, that side or the holder.
   *
   * @throws {Refusal} `agreement_state` when it is not the state for that; `agreement_other_decides`.
   */
  async decide (actor: Actor, code: string, version: number, decision: Decision, by: { readonly decidedBy: Decider, readonly ground: string }): Promise<FullAgreementRow> {
    if (by.decidedBy === 'holder' && !actor.roles.includes('TREMBITA_HOLDER')) throw new Refusal('forbidden', 'forbidden', 'only the holder decides as the holder')
    return await this.#deps.changes.change(actor, async (tx) => {
      const row = await findAgreement(tx, code, version)
      const state = stateOf(row, tx.at)
      // The holder may take a suspension over, so that the side alone cannot lift it.
      const takesOver = decision === 'suspend' && state === 'suspended' && by.decidedBy === 'holder' && row.stopped_by !== 'holder'
      if (!DECIDABLE[decision].includes(state) && !takesOver) throw new Refusal('conflict', 'agreement_state', `the agreement is ${state.replaceAll('_', ' ')} and cannot be ${DONE[decision]}`)
      if (decision === 'resume' && by.decidedBy !== 'holder' && by.decidedBy !== row.stopped_by) {
        throw new Refusal('conflict', 'agreement_other_decides', `it was suspended by the ${row.stopped_by ?? ''}, who alone, or the holder, lets it go on`)
      }
      const stopped = decision === 'resume' ? null : decision === 'end' ? 'ended' : 'suspended'
      await tx.run('UPDATE agreement SET stopped = ?, stopped_by = ?, stopped_at = ? WHERE id = ?', stopped, stopped === null ? null : by.decidedBy, stopped === null ? null : tx.at.toISOString(), row.id)
      await tx.run('INSERT INTO agreement_decision (agreement_id, at, decision, decided_by, ground, actor_name) VALUES (?, ?, ?, ?, ?, ?)',
        row.id, tx.at.toISOString(), decision, by.decidedBy, by.ground, actor.name)
      const after = await findAgreement(tx, code, version)
      await tx.record({ action: `agreement.${decision}`, object: objectOf(row), before: stateRecord(row, tx.at), after: { ...stateRecord(after, tx.at), decidedBy: by.decidedBy, ground: by.ground } })
      return after
    })
  }

  async #storeSeals (tx: ChangeTx, row: FullAgreementRow, joined: AgreementContainer, report: AgreementReport): Promise<void> {
    const terms = parseAgreement(row.document)
    const at = tx.at.toISOString()
    const sealedAt = (side: AgreementSide, before: string | null): string | null => before ?? report.seals.find((seal) => seal.side === side)?.judgedAt?.toISOString() ?? null
    const container = await writeAgreementContainer(joined, tx.at)
    const concluded = AGREEMENT_SIDES.every((side) => joined.seals[side] !== undefined)
    if (concluded) {
      if (terms.term.until <= tx.at) throw new Refusal('conflict', 'agreement_term_over', 'the term of the agreement is over')
      await checkTerms(tx, terms, tx.at)
      for (const other of await versionsOf(tx, row.code)) if (other.version < row.version) checkMayGoOn(other, tx.at)
    }
    await tx.run('UPDATE agreement SET container = ?, container_hash = ?, consumer_sealed_at = ?, provider_sealed_at = ?, concluded_at = ? WHERE id = ?',
      container, sha256(container), sealedAt('consumer', row.consumer_sealed_at), sealedAt('provider', row.provider_sealed_at), concluded ? at : null, row.id)
    if (concluded) {
      const from = row.valid_from > at ? row.valid_from : at
      await tx.run('UPDATE agreement SET replaced_from = ? WHERE code = ? AND version < ? AND concluded_at IS NOT NULL AND (replaced_from IS NULL OR replaced_from > ?)', from, row.code, row.version, from)
      await this.#checkPublishable(tx)
    }
    const after = await findAgreement(tx, row.code, row.version)
    await tx.record({ action: 'agreement.seal', object: objectOf(row), before: stateRecord(row, tx.at), after: stateRecord(after, tx.at) })
  }

  /** One agreement too many must not keep the whole configuration from being published. */
  async #checkPublishable (tx: SqlReader): Promise<void> {
    try {
      await this.#deps.part.read(tx)
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      throw new Refusal('conflict', 'agreements_full', 'the configuration cannot hold this agreement too', { cause })
    }
  }
}

function checkFollows ({ id, version, consumer, provider }: Agreement, last: AgreementRow | undefined): void {
  if (last === undefined) {
    if (version !== 1) throw new Refusal('conflict', 'agreement_version', `the first version of agreement ${id} is version 1`, { fields: { version: 'expected 1' } })
    return
  }
  if (last.concluded_at === null) throw new Refusal('conflict', 'agreement_draft_exists', `version ${last.version} of agreement ${id} is not sealed by both sides yet`)
  if (version !== last.version + 1) throw new Refusal('conflict', 'agreement_version', `version ${last.version + 1} of agreement ${id} is next`, { fields: { version: `expected ${last.version + 1}` } })
  if (last.consumer !== encodedClientId(consumer) || last.provider !== encodedClientId(provider)) throw new Refusal('conflict', 'agreement_parties', 'a new version is between the same parties')
}

/** Another version must not undo what was decided: the parties' seals lift no suspension by the holder, and an end is for good. */
function checkMayGoOn (row: AgreementRow, at: Date): void {
  const state = stateOf(row, at)
  if (state === 'ended') throw new Refusal('conflict', 'agreement_ended', `agreement ${row.code} was ended for good: make another`)
  if (state === 'suspended' && row.stopped_by === 'holder') throw new Refusal('conflict', 'agreement_suspended', `agreement ${row.code} is suspended by the holder, who alone lets it go on`)
}

/** What the law asks of any agreement: registered parties with their papers (TR-6.2), and no price for authorities (TR-10). */
async function checkTerms (reader: SqlReader, agreement: Agreement, at: Date): Promise<void> {
  const { instance } = await readParameters(reader)
  for (const side of AGREEMENT_SIDES) {
    const id: ClientId = agreement[side]
    if (id.instance !== instance || await subsystemKey(reader, id) === undefined) {
      throw new Refusal('conflict', 'subsystem_not_found', `${formatClientId(id)} is not registered`, { fields: { [`${side}_id`]: 'is not registered' } })
    }
    await checkAccession(reader, memberOf(id), at)
  }
  if (isFree(agreement)) return
  const { kind } = await readProfile(reader, (await memberKey(reader, agreement.consumer))!)
  if (kind === undefined) throw new Refusal('conflict', 'member_kind_missing', 'a price can be agreed only with a consumer whose kind of organisation is known', { fields: { price: 'the kind of the consumer is not known' } })
  if (kind !== 'enterprise') throw new Refusal('invalid', 'agreement_price', 'authorities get data free of charge: the price is 0', { fields: { price: 'authorities pay nothing (act 606, item 10)' } })
}

async function insertDraft (tx: ChangeTx, { id: code, version, number, consumer, provider, term }: Agreement, document: Buffer): Promise<void> {
  const container = await writeAgreementContainer({ document, seals: {} }, tx.at)
  await tx.run(`INSERT INTO agreement (code, version, number, consumer, provider, consumer_member, provider_member, valid_from, valid_until, document, container, container_hash, search_text, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  code, version, number, encodedClientId(consumer), encodedClientId(provider), encodedClientId(memberOf(consumer)), encodedClientId(memberOf(provider)),
  term.from.toISOString(), term.until.toISOString(), document, container, sha256(container),
  searchable(code, number, encodedClientId(consumer), encodedClientId(provider), ...await namesOf(tx, [consumer, provider])), tx.at.toISOString())
  await tx.record({
    action: 'agreement.add',
    object: { kind: 'agreement', id: `${code}/${version}` },
    after: { number, consumer: encodedClientId(consumer), provider: encodedClientId(provider), from: term.from, until: term.until, documentSha256: sha256(document) }
  })
}

async function namesOf (reader: SqlReader, ids: readonly ClientId[]): Promise<string[]> {
  const names: string[] = []
  for (const id of ids) {
    const row = await reader.get<{ name: string }>('SELECT name FROM member WHERE id = ?', (await memberKey(reader, id)) ?? 0)
    if (row !== undefined) names.push(row.name)
  }
  return names
}

function checkSeals ({ seals }: AgreementReport): void {
  if (seals.length === 0) throw new Refusal('invalid', 'agreement_seal_missing', 'there is no seal in the container')
  for (const { side, verdict, reason } of seals) {
    if (verdict !== 'verified') throw new Refusal('invalid', 'agreement_seal_invalid', `the seal of the ${side} does not verify: ${reason?.message ?? ''} (${reason?.code ?? ''})`)
  }
}

function join (own: AgreementContainer, more: AgreementContainer): AgreementContainer {
  try {
    return joinSeals(own, more)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('conflict', 'agreement_sealed_already', cause.message, { cause })
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function objectOf ({ code, version }: FullAgreementRow): { kind: string, id: string } {
  return { kind: 'agreement', id: `${code}/${version}` }
}

/** For the audit log. */
function stateRecord (row: FullAgreementRow, at: Date): object {
  return { state: stateOf(row, at), containerSha256: row.container_hash, consumerSealedAt: row.consumer_sealed_at, providerSealedAt: row.provider_sealed_at }
}
