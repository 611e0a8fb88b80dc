import type { Clock } from '@trembita/daemon'
import type { ServiceId } from '@trembita/protocol/identifiers'
import type { SignedConfiguration } from '../configuration/index.ts'
import type { ApiModel, Checker, JsonObject, Profile, WsdlModel } from '../description/index.ts'
import type { Description, InterfaceCard, Organisation, Service } from '../entry/index.ts'
import type { GatewayClient } from '../exchange/index.ts'
import type { Check } from './check.ts'

/** A service under verification. */
export interface Subject {
  readonly id: ServiceId
  readonly name: string
  readonly service: Service
  /** As harvested at the beginning of the run. */
  readonly description: Description | undefined
  readonly checker: Checker
  /** Set when the description has been read. */
  api?: { readonly document: JsonObject, readonly model: ApiModel } | undefined
  wsdl?: WsdlModel | undefined
}

export interface RunContext {
  readonly organisation: Organisation
  readonly card: InterfaceCard
  readonly score: number
  readonly profile: Profile
  readonly subjects: readonly Subject[]
  readonly configuration: SignedConfiguration
  readonly gateway: GatewayClient
  readonly clock: Clock
  /** A test environment: operations that change something may be tried, by the samples given. */
  readonly allowsUnsafe: boolean
  add (...checks: readonly Check[]): void
}

/** One bounded piece of a run: a few calls at most. */
export interface Step {
  readonly name: string
  run (context: RunContext): Promise<void>
}
