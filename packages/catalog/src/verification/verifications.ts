import { randomUUID } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { checkActsFor, type CatalogActor } from '../catalog-actor.ts'
import type { CurrentConfiguration } from '../configuration/index.ts'
import { recordEvent } from '../db/index.ts'
import { Checker, toProfile, type Profile } from '../description/index.ts'
import { Entries, scoreOf, SYSTEM_VIEWER, type Interface, type InterfaceVersion } from '../entry/index.ts'
import type { GatewayClient } from '../exchange/index.ts'
import { Refusal } from '../refusal.ts'
import { parseServiceName } from '../service-name.ts'
import { outcomeOf, type Check, type RunState } from './check.ts'
import type { RunContext, Step, Subject } from './context.ts'
import { describeStep } from './describe.ts'
import { identityStep } from './identity.ts'
import { liveSteps } from './live.ts'
import { metadataStep } from './metadata.ts'
import { negativeSteps } from './negative.ts'
import { findRun, keepProgress } from './run-store.ts'
import { tupleOf } from './tuple.ts'

export interface VerificationDeps {
  readonly store: SqlStore
  readonly configuration: Pick<CurrentConfiguration, 'get'>
  readonly gateway: GatewayClient
  readonly clock: Clock
  readonly log: Logger
  /** `test`: operations that change something are tried by the samples given; default `production`: never. */
  readonly environment?: 'test' | 'production' | undefined
  /** How long a passed run may be published on; default 7. */
  readonly validDays?: number | undefined
  /** Has the finished report sealed; absent: it stays without a seal. */
  readonly seal?: ((reportId: string) => Promise<void>) | undefined
}

interface FoundVersion { readonly one: Interface, readonly version: InterfaceVersion, readonly profile: Profile }

const VALID_DAYS = 7
/** Of a whole run, whatever it is doing. */
const RUN_MS_MAX = 10 * 60_000
/** From these a version may be verified. */
const VERIFIABLE = new Set(['draft', 'verified', 'verificationFailed', 'rejected', 'published', 'drifted'])

/**
 * Runs of the verification before publication (IP-1.5). A run is known before it begins and kept after each step; one that ends with
 * its process is found `interrupted`, and the same button begins anew.
 */
export class Verifications {
  readonly #deps: VerificationDeps
  readonly #entries: Entries
  readonly #running = new Map<string, { readonly cancel: AbortController, readonly done: Promise<void> }>()

  constructor (deps: VerificationDeps) {
    this.#deps = deps
    this.#entries = new Entries(deps.store)
  }

  /** Begins a run. @returns its id, when it is kept. @throws {Refusal} */
  async start (actor: CatalogActor, versionId: string): Promise<string> {
    const { store, clock } = this.#deps
    const found = await this.#version(versionId)
    checkActsFor(actor, found.one.organisationId)
    const configuration = await this.#deps.configuration.get(true).catch((cause: unknown) => { throw new Refusal('unavailable', 'no_configuration', { uk: 'Підписана конфігурація недоступна.', en: 'The signed configuration cannot be had.' }, { cause }) })
    const services = await Promise.all(found.version.services.map(async ({ serviceId }) => ({ serviceId, canonicalHash: (await this.#entries.service(serviceId))?.description?.canonicalHash })))
    const tuple = tupleOf(configuration.instance, services)
    const id = randomUUID()
    await store.write(async (tx) => {
      const running = await tx.get<{ id: string }>('SELECT id FROM verification_run WHERE version_id = ? AND state = ?', versionId, 'running')
      if (running !== undefined) throw new Refusal('conflict', 'already_running', { uk: 'Перевірка вже триває.', en: 'A verification is running already.' })
      const row = await tx.get<{ state: string }>('SELECT state FROM interface_version WHERE id = ?', versionId)
      if (row === undefined || !VERIFIABLE.has(row.state)) throw new Refusal('conflict', 'wrong_state', { uk: 'У цьому стані перевірку не починають.', en: 'It cannot be verified in this state.' })
      await tx.run('INSERT INTO verification_run (id, version_id, tuple, state, started_at, steps_done, steps_total, started_by, checks) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)',
        id, versionId, tuple, 'running', clock.now().toISOString(), services.length * 2 + 1, actor.id, '[]')
      if (row.state !== 'published' && row.state !== 'drifted') await tx.run('UPDATE interface_version SET state = ?, updated_at = ? WHERE id = ?', 'verifying', clock.now().toISOString(), versionId)
      await recordEvent(tx, { at: clock.now(), actor: actor.id, action: 'verification.start', object: { kind: 'version', id: versionId }, detail: { run: id, tuple } })
    })
    const cancel = new AbortController()
    const done = this.#run(id, found, cancel.signal).catch((error: unknown) => { this.#deps.log.error({ err: error, run: id }, 'verification broke off') }).finally(() => { this.#running.delete(id) })
    this.#running.set(id, { cancel, done })
    return id
  }

  /** Stops a run after the step that it is in. @throws {Refusal} */
  async cancel (actor: CatalogActor, runId: string): Promise<void> {
    const report = await findRun(this.#deps.store, runId)
    if (report === undefined) throw notFound()
    checkActsFor(actor, (await this.#version(report.versionId)).one.organisationId)
    const running = this.#running.get(runId)
    if (running === undefined && report.state !== 'running') return
    running?.cancel.abort(new Error('cancelled'))
    await running?.done
    if (running === undefined) await this.#finish(runId, report.versionId, 'cancelled', report.checks)
  }

  /** Waits for a run that this process is doing. */
  async settled (runId: string): Promise<void> {
    await this.#running.get(runId)?.done
  }

  /** What a former process left running is not. */
  async endBroken (): Promise<void> {
    const { store } = this.#deps
    for (const { id, version_id: versionId, checks } of await store.all<{ id: string, version_id: string, checks: string }>('SELECT id, version_id, checks FROM verification_run WHERE state = ?', 'running')) {
      await this.#finish(id, versionId, 'interrupted', JSON.parse(checks))
    }
  }

  async close (): Promise<void> {
    for (const { cancel } of this.#running.values()) cancel.abort(new Error('the catalog stops'))
    await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  async #version (versionId: string): Promise<FoundVersion> {
    const row = await this.#deps.store.get<{ interface_id: string, profile: string }>('SELECT interface_id, profile FROM interface_version WHERE id = ?', versionId)
    const one = row === undefined ? undefined : await this.#entries.interface(row.interface_id, SYSTEM_VIEWER)
    const version = one?.versions.find(({ id }) => id === versionId)
    if (row === undefined || one === undefined || version === undefined) throw notFound()
    return { one, version, profile: toProfile(JSON.parse(row.profile)) }
  }

  async #run (id: string, { one, version, profile }: FoundVersion, signal: AbortSignal): Promise<void> {
    const checks: Check[] = []
    const subjects = await this.#subjects(version)
    const overall = AbortSignal.any([signal, AbortSignal.timeout(RUN_MS_MAX)])
    try {
      const context: RunContext = {
        organisation: (await this.#entries.organisation(one.organisationId))!,
        card: version.card,
        score: scoreOf(version.card),
        profile,
        subjects,
        configuration: await this.#deps.configuration.get(),
        gateway: this.#deps.gateway,
        clock: this.#deps.clock,
        allowsUnsafe: this.#deps.environment === 'test',
        add: (...found) => { checks.push(...found) }
      }
      const first: Step[] = [...subjects.map(identityStep), ...subjects.map(describeStep), metadataStep]
      const isWhole = await this.#steps(id, first, context, checks, { done: 0, total: first.length }, overall)
      // A fail before the first call ends the run: what is called then would be something else.
      if (isWhole && outcomeOf(checks) !== 'failed') {
        const later = [...subjects.flatMap((subject) => liveSteps(subject, context)), ...subjects.flatMap((subject) => negativeSteps(subject, context))]
        await this.#steps(id, later, context, checks, { done: first.length, total: first.length + later.length }, overall)
      }
    } finally {
      for (const { checker } of subjects) await checker.close()
      const tooLong = overall.aborted && !signal.aborted
      if (tooLong) checks.push({ code: 'RE-3', verdict: 'fail', expected: `a run of ${RUN_MS_MAX / 1000} s at most`, observed: 'longer', hint: { uk: 'Сервіс відповідає надто повільно для перевірки.', en: 'The service is too slow to be verified.' } })
      await this.#finish(id, version.id, signal.aborted ? 'cancelled' : outcomeOf(checks), checks)
    }
    await this.#deps.seal?.(id).catch((error: unknown) => { this.#deps.log.warn({ err: error, run: id }, 'the report could not be sealed') })
  }

  async #subjects (version: InterfaceVersion): Promise<Subject[]> {
    const subjects: Subject[] = []
    for (const { serviceId } of version.services) {
      const service = await this.#entries.service(serviceId)
      if (service === undefined) continue
      const description = service.description === undefined ? undefined : await this.#entries.description(service.description.documentHash)
      subjects.push({ id: parseServiceName(serviceId), name: serviceId, service, description, checker: new Checker() })
    }
    return subjects
  }

  /** @returns whether all were done. */
  async #steps (id: string, steps: readonly Step[], context: RunContext, checks: Check[], from: { readonly done: number, readonly total: number }, signal: AbortSignal): Promise<boolean> {
    for (const [index, step] of steps.entries()) {
      if (signal.aborted) return false
      try {
        await step.run(context)
      } catch (error) {
        this.#deps.log.error({ err: error, run: id, step: step.name }, 'a step of a verification failed')
        checks.push({ code: 'RE-3', verdict: 'fail', operation: step.name, observed: 'the check itself failed', hint: { uk: 'Крок перевірки не вдався: зверніться до адміністратора каталогу.', en: 'The check itself failed: turn to the administrator of the catalog.' } })
      }
      if (!await keepProgress(this.#deps.store, id, { checks, done: from.done + index + 1, total: from.total })) return false
    }
    return true
  }

  async #finish (id: string, versionId: string, state: RunState, checks: readonly Check[]): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now()
    const good = state === 'passed' || state === 'remarks'
    const validUntil = good ? new Date(now.getTime() + (this.#deps.validDays ?? VALID_DAYS) * 86_400_000).toISOString() : null
    await store.write(async (tx) => {
      await tx.run('UPDATE verification_run SET state = ?, ended_at = ?, valid_until = ?, checks = ? WHERE id = ? AND state = ?', state, now.toISOString(), validUntil, JSON.stringify(checks), id, 'running')
      const next = good ? 'verified' : state === 'failed' ? 'verificationFailed' : 'draft'
      await tx.run('UPDATE interface_version SET state = ?, updated_at = ? WHERE id = ? AND state = ?', next, now.toISOString(), versionId, 'verifying')
      await recordEvent(tx, { at: now, actor: 'system', action: `verification.${state}`, object: { kind: 'version', id: versionId }, detail: { run: id } })
    })
  }
}

function notFound (): Refusal {
  return new Refusal('notFound', 'version_not_found', { uk: 'Такої версії немає.', en: 'There is no such version.' })
}
