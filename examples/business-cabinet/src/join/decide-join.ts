import { isSameName, type Answer, type Source } from '@trembita/example-information-system'
import type { SubjectKind } from '../programmes/programme.ts'

/** What of a record of the register of entities decides on a join. */
export interface EdrSubject {
  readonly code: string
  /** 1 registered, 2 in termination, 3 terminated. */
  readonly state: number
  readonly stateText: string
  readonly names: { readonly name: string, readonly short?: string | undefined }
  readonly heads: readonly { readonly name: string, readonly post: string }[]
}

export type EdrAnswer = Answer<Partial<EdrSubject>> & { readonly source: Source }

export interface EdrQuestion {
  readonly kind: SubjectKind
  readonly code: string
  /** Of the signed-in person: the register says whether it knows them so. */
  readonly name?: string | undefined
}

/** Asks the register through the gateway. @throws {Outage} | {Refused} */
export type AskEdr = (question: EdrQuestion, exchangeId: string) => Promise<EdrAnswer>

export type JoinRefusal = 'notRegistered' | 'terminated' | 'discrepancy' | 'notHead' | 'stateUnknown'

/**
 * May this business join? Only a registered one (order 688, item 3), and for a legal entity only its head. The register's answer
 * decides; a state that it does not give is no registration.
 */
export function decideJoin (kind: SubjectKind, answer: Answer<Partial<EdrSubject>>, personName: string): 'registered' | JoinRefusal {
  if (answer.outcome === 'DISCREPANCY') return 'discrepancy'
  if (answer.outcome === 'NO_DATA' || answer.data === null) return 'notRegistered'
  const { state, heads = [] } = answer.data
  if (state === 3) return 'terminated'
  if (state !== 1 && state !== 2) return 'stateUnknown'
  if (kind === 'ENTITY' && !heads.some(({ name }) => isSameName(name, personName))) return 'notHead'
  return 'registered'
}
