import type { Pair, SealKeyKind } from './pair.ts'

export interface OurPairOptions {
  /** Address of the service behind the provider's gateway. */
  readonly serviceUrl: string
  readonly key: SealKeyKind
}

/**
 * Two gateways, each a process of its own, with everything on: signing, verification, OCSP, durable log, timestamps.
 *
 * @returns undefined while there is nothing to start.
 */
export async function startOurPair (_options: OurPairOptions): Promise<Pair | undefined> {
  return undefined
}
