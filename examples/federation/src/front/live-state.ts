import { allNodes, type FederationNode } from './nodes.ts'

/** How a node stands: it answers and can work, it answers that it cannot, it does not answer. */
export type NodeState = 'up' | 'degraded' | 'down'

const TIMEOUT_MS = 1500
/** A page asked again within that is drawn from what was learnt then. */
const KEPT_MS = 1500

/** Asks every node how it stands, all at once, and remembers it for a moment. */
export class LiveState {
  #asked: { readonly at: number, readonly states: Promise<ReadonlyMap<string, NodeState>> } | undefined

  async states (): Promise<ReadonlyMap<string, NodeState>> {
    if (this.#asked === undefined || performance.now() - this.#asked.at > KEPT_MS) {
      this.#asked = { at: performance.now(), states: askAll(allNodes()) }
    }
    return await this.#asked.states
  }

  /** Something was just changed: what is known is old. */
  forget (): void {
    this.#asked = undefined
  }
}

async function askAll (nodes: readonly FederationNode[]): Promise<ReadonlyMap<string, NodeState>> {
  return new Map(await Promise.all(nodes.map(async ({ id, health }) => [id, await ask(health)] as const)))
}

async function ask (url: string): Promise<NodeState> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await response.body?.cancel()
    return response.ok ? 'up' : 'degraded'
  } catch {
    return 'down'
  }
}
