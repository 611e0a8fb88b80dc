import type { AgreedOperation, AgreementList, ListedAgreement } from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import { describeService, encodeClientId, encodeServiceId, providerOf, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import { matchesEndpoint, restPathForMatching } from '@trembita/protocol/message'

/** What is asked of the agreements. */
export interface AgreementQuestion {
  readonly client: ClientId
  readonly service: ServiceId
  /** Set for REST: operations are by method and path there. */
  readonly rest?: { readonly method: string, readonly servicePath: string } | undefined
  readonly purposes: readonly string[]
  readonly at: Date
}

/** The agreements under which a request may be answered, and what their operations permit. */
export interface Admission {
  readonly agreements: readonly ListedAgreement[]
  readonly operations: readonly AgreedOperation[]
}

interface Entry {
  readonly agreement: ListedAgreement
  readonly operations: readonly AgreedOperation[]
}

const indexes = new WeakMap<AgreementList, AgreementIndex>()

/** The index of a list, made once. Without a list nothing is agreed. */
export function indexOf (list: AgreementList | undefined): AgreementIndex {
  if (list === undefined) return EMPTY
  let index = indexes.get(list)
  if (index === undefined) indexes.set(list, index = new AgreementIndex(list))
  return index
}

/** Agreements by client and service: one look-up a call. */
export class AgreementIndex {
  readonly #entries = new Map<string, Entry[]>()

  constructor ({ agreements }: Pick<AgreementList, 'agreements'>) {
    for (const agreement of agreements) {
      for (const { code, version, operations } of agreement.services) {
        const key = keyOf(agreement.consumer, { ...agreement.provider, serviceCode: code, ...(version === undefined ? {} : { serviceVersion: version }) })
        const entries = this.#entries.get(key)
        if (entries === undefined) this.#entries.set(key, [{ agreement, operations }])
        else entries.push({ agreement, operations })
      }
    }
  }

  /**
   * Finds the agreements in force that let the client have the service for the purposes it names.
   *
   * @throws {Fault} `AgreementRequired` with what is missing; `PurposeNotAllowed`.
   */
  admit (question: AgreementQuestion): Admission {
    const entries = this.#entries.get(keyOf(question.client, question.service)) ?? []
    const inForce = entries.filter(({ agreement }) => statusOf(agreement, question.at) === 'inForce')
    if (inForce.length === 0) throw new Fault('AgreementRequired', whyNone(entries, question))
    const covering = inForce.map(({ agreement, operations }) => ({ agreement, operations: covered(operations, question) })).filter(({ operations }) => operations.length > 0)
    if (covering.length === 0) throw new Fault('AgreementRequired', `${names(inForce)} not cover this operation of ${describeService(question.service)}`)
    const fitting = covering.filter(({ agreement }) => isFor(agreement, question.purposes))
    if (fitting.length === 0) {
      throw new Fault('PurposeNotAllowed', question.purposes.length === 0
        ? `the request names no purpose, and ${covering.length === 1 ? `agreement ${covering[0]!.agreement.id} has several` : 'several agreements have different ones'}`
        : `${names(covering)} not name every purpose of the request`)
    }
    return { agreements: fitting.map(({ agreement }) => agreement), operations: fitting.flatMap(({ operations }) => operations) }
  }
}

function keyOf (client: ClientId, service: ServiceId): string {
  return `${encodeClientId(client)} ${encodeClientId(providerOf(service))} ${encodeServiceId(service)}`
}

type Status = 'inForce' | 'suspended' | 'future' | 'expired' | 'ended'

/** An end by decision counts before the term, and the term before a suspension, which would not help. */
export function statusOf ({ state, term }: ListedAgreement, at: Date): Status {
  if (state === 'ended') return 'ended'
  if (at >= term.until) return 'expired'
  if (at < term.from) return 'future'
  return state
}

/** Of several that do not hold the one is told that is nearest to holding. */
const NEAREST: readonly Status[] = ['suspended', 'future', 'expired', 'ended']

function whyNone (entries: readonly Entry[], { client, service, at }: AgreementQuestion): string {
  for (const status of NEAREST) {
    const found = entries.find(({ agreement }) => statusOf(agreement, at) === status)
    if (found === undefined) continue
    const { id, term } = found.agreement
    switch (status) {
      case 'suspended': return `agreement ${id} is suspended`
      case 'future': return `agreement ${id} is not in force before ${term.from.toISOString()}`
      case 'expired': return `agreement ${id} expired at ${term.until.toISOString()}`
      default: return `agreement ${id} was ended`
    }
  }
  return `no agreement lets ${encodeClientId(client)} have ${describeService(service)}`
}

function covered (operations: readonly AgreedOperation[], { rest }: AgreementQuestion): AgreedOperation[] {
  const path = rest === undefined ? undefined : restPathForMatching(rest.servicePath)
  return operations.filter((operation) => matchesEndpoint(operation, rest?.method, path))
}

/** A request that names no purpose has that of the agreement, when it is the only one. */
function isFor ({ purposes }: ListedAgreement, asked: readonly string[]): boolean {
  return asked.length === 0 ? purposes.length === 1 : asked.every((purpose) => purposes.includes(purpose))
}

function names (entries: readonly { readonly agreement: ListedAgreement }[]): string {
  const ids = [...new Set(entries.map(({ agreement }) => agreement.id))]
  return ids.length === 1 ? `agreement ${ids[0]!} does` : `agreements ${ids.join(', ')} do`
}

const EMPTY = new AgreementIndex({ agreements: [] })
