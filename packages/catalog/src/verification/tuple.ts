import { createHash } from 'node:crypto'

export interface TupleService {
  readonly serviceId: string
  readonly canonicalHash?: string | undefined
}

/** What a run is bound to: environment, services, and the contract of each. A run of anything else says nothing of these. */
export function tupleOf (instance: string, services: readonly TupleService[]): string {
  const sorted = services.map(({ serviceId, canonicalHash = '' }) => [serviceId, canonicalHash]).sort((a, b) => a[0]! < b[0]! ? -1 : 1)
  return createHash('sha256').update(JSON.stringify([instance, sorted])).digest('hex')
}
