import { isIPv6 } from 'node:net'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { Changes } from '../audit/index.ts'
import type { SigningKeys, SigningKeyType } from '../globalconf/index.ts'
import { checkAddress } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'

export interface ServerAddressDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly keys: SigningKeys
  readonly keyType: SigningKeyType
  readonly node: string
  /** What the configuration file says; it wins, and an operator cannot change it. */
  readonly configured: string | undefined
}

/** Where gateways find this core, `host[:port]` of its configuration listener. It stands in the anchors, so changing it means new anchors. */
export class ServerAddress {
  readonly #deps: ServerAddressDeps

  constructor (deps: ServerAddressDeps) {
    this.#deps = deps
  }

  /** Makes the core known at its address: the configured one, else what an operator gave it, else what it listens on. Opens the signing keys. */
  async open (listening: string): Promise<void> {
    const { store, keys, keyType, node, configured } = this.#deps
    await keys.open(configured ?? await givenAddress(store, node) ?? listening, keyType)
  }

  get current (): string {
    return this.#deps.keys.address
  }

  /** Without the port. */
  get host (): string {
    return this.current.replace(/:\d+$/, '')
  }

  /** @throws {Refusal} `invalid_server_address`, `address_configured` */
  async change (actor: Actor, field: string, address: string): Promise<void> {
    const { changes, keys, keyType, node, configured } = this.#deps
    const plain = checkAddress(field, address)
    // It becomes part of URLs.
    const checked = isIPv6(plain) ? `[${plain}]` : plain
    if (checked === this.current) return
    if (configured !== undefined) {
      throw new Refusal('conflict', 'address_configured', `the configuration file of this core says ${configured}: change it there`, { fields: { [field]: 'stands in the configuration file' } })
    }
    await changes.change(actor, async (tx) => {
      const before = await tx.get<{ address: string }>('SELECT address FROM configuration_node WHERE name = ?', node)
      await tx.run('UPDATE configuration_node SET address = ?, given_address = ? WHERE name = ?', checked, checked, node)
      await tx.record({ action: 'configuration-node.set-address', object: { kind: 'configuration-node', id: node }, before, after: { address: checked } })
    })
    await keys.open(checked, keyType)
  }
}

async function givenAddress (reader: SqlReader, node: string): Promise<string | undefined> {
  return (await reader.get<{ address: string | null }>('SELECT given_address AS address FROM configuration_node WHERE name = ?', node))?.address ?? undefined
}
