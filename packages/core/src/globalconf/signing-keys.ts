import { createPrivateKey, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secret } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { configurationSignature, type DirectorySigner } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import { SYSTEM, type Changes, type ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { certificateOfKey } from './key-certificate.ts'
import { activationWarning } from './key-readiness.ts'
import { signingKeyInfo, signingKeyState } from './signing-key-rows.ts'

/** The internal configuration is for members of the instance, the external one for federated instances; each has keys of its own. */
export const SOURCE_KINDS = ['internal', 'external'] as const
export type SourceKind = typeof SOURCE_KINDS[number]

/** `rsa` is what every X-Road release verifies; elliptic keys want 7.6 or newer everywhere. */
export type SigningKeyType = 'rsa' | 'ec'

const RSA_BITS = 3072
/** One signs, one waits to; whoever collects more has forgotten to delete. Each stands in every anchor. */
const KEYS_MAX = 5
const ALGORITHMS: Readonly<Record<SigningKeyType, string>> = {
  rsa: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  ec: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512'
}

/** One core that signs, with what others must know to check it. */
export interface ConfigurationNode {
  readonly name: string
  readonly address: string
  /** DER of every key, active or not, so that a key is known before its first signature. */
  readonly internalCertificates: readonly Buffer[]
  readonly externalCertificates: readonly Buffer[]
}

export interface NewSigningKey {
  readonly kind: SourceKind
  readonly type?: SigningKeyType | undefined
  readonly label?: string | undefined
}

/** The keys that configuration is signed with: kept in the registry as encrypted PKCS#8, in clear only in memory. */
export class SigningKeys {
  readonly #store: SqlStore
  readonly #changes: Changes
  readonly #passphrase: Secret
  readonly #node: string
  #address = ''
  #type: SigningKeyType = 'rsa'
  readonly #signers = new Map<SourceKind, DirectorySigner>()

  constructor (store: SqlStore, changes: Changes, passphrase: Secret, node: string) {
    this.#store = store
    this.#changes = changes
    this.#passphrase = passphrase
    this.#node = node
  }

  /**
   * Makes sure that this node is known at `address` and has an active key of each kind, and that the keys open.
   *
   * @throws when a key cannot be decrypted: a wrong passphrase must stop the start and not surface a minute later.
   */
  async open (address: string, type: SigningKeyType): Promise<void> {
    this.#address = address
    this.#type = type
    await this.#changes.change(SYSTEM, async (tx) => {
      const known = await tx.get<{ address: string }>('SELECT address FROM configuration_node WHERE name = ?', this.#node)
      if (known?.address === address) return
      await tx.run('INSERT INTO configuration_node (name, address) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET address = excluded.address', this.#node, address)
      await tx.record({ action: 'configuration-node.set-address', object: this.#object(), before: known, after: { address } })
    })
    for (const kind of SOURCE_KINDS) {
      if (await this.#activeRow(this.#store, kind) === undefined) await this.#add(SYSTEM, { kind }, true)
    }
    await this.refresh()
  }

  /** Name of this core among those that sign for the instance. */
  get node (): string {
    return this.#node
  }

  /** Address of this core as gateways reach it, `host[:port]`. */
  get address (): string {
    return this.#address
  }

  /** What the next directory is signed with. */
  signer (kind: SourceKind): DirectorySigner {
    const signer = this.#signers.get(kind)
    if (signer === undefined) throw new Error('signing keys are not open')
    return signer
  }

  /** Takes up keys that have been activated since. @throws when one cannot be opened; then the one before goes on signing. */
  async refresh (): Promise<void> {
    for (const kind of SOURCE_KINDS) {
      const row = await this.#activeRow(this.#store, kind)
      // By its bytes: after a restore another key may have the number.
      if (row === undefined || row.certificate.equals(this.#signers.get(kind)?.certificate ?? Buffer.alloc(0))) continue
      this.#signers.set(kind, signerOf(row.certificate, this.#open(kind, row.encrypted_key)))
    }
  }

  async nodes (reader: SqlReader): Promise<ConfigurationNode[]> {
    const nodes = await reader.all<{ id: number, name: string, address: string }>('SELECT id, name, address FROM configuration_node ORDER BY id')
    const keys = await reader.all<{ node: number, kind: SourceKind, certificate: Buffer }>('SELECT configuration_node_id AS node, kind, certificate FROM signing_key ORDER BY id')
    const of = (node: number, kind: SourceKind): Buffer[] => keys.filter((key) => key.node === node && key.kind === kind).map(({ certificate }) => certificate)
    return nodes.map(({ id, name, address }) => ({ name, address, internalCertificates: of(id, 'internal'), externalCertificates: of(id, 'external') }))
  }

  /**
   * Makes a key of this node. It signs nothing yet: anchors and the published sources name it from now on, so that everyone
   * knows it before its first signature.
   *
   * @returns number of its row.
   * @throws {Refusal} `too_many_signing_keys`
   */
  async generate (actor: Actor, key: NewSigningKey): Promise<number> {
    return await this.#add(actor, key, false)
  }

  /**
   * Has a key sign from the next publication on, instead of the one that did.
   *
   * @throws {Refusal} `signing_key_too_new` while gateways may not know it yet, unless that is accepted.
   */
  async activate (actor: Actor, id: number, ignoreWarnings = false): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const key = await signingKeyInfo(tx, id)
      if (key.active) throw new Refusal('conflict', 'signing_key_active', 'this key signs already')
      if (key.node !== this.#node) throw new Refusal('conflict', 'signing_key_of_other_node', `this key is of node ${key.node}: activate it there`)
      const { encrypted_key: encrypted } = (await tx.get<{ encrypted_key: string }>('SELECT encrypted_key FROM signing_key WHERE id = ?', id))!
      this.#open(key.kind, encrypted)
      const warning = await activationWarning(tx, key, tx.at)
      if (warning !== undefined && !ignoreWarnings) throw new Refusal('conflict', 'signing_key_too_new', warning)
      const before = await this.#activeRow(tx, key.kind)
      await tx.run('UPDATE signing_key SET active = 0 WHERE id = ?', before?.id ?? 0)
      await tx.run('UPDATE signing_key SET active = 1 WHERE id = ?', id)
      await tx.record({
        action: 'signing-key.activate',
        object: this.#object(),
        before: before === undefined ? undefined : signingKeyState(await signingKeyInfo(tx, before.id)),
        after: { ...signingKeyState(await signingKeyInfo(tx, id)), ...warning === undefined ? {} : { accepted_warnings: [warning] } }
      })
    })
  }

  /** Deletes a key that does not sign; of any node. @throws {Refusal} `signing_key_active` */
  async remove (actor: Actor, id: number): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const key = await signingKeyInfo(tx, id)
      if (key.active) throw new Refusal('conflict', 'signing_key_active', 'this key signs: activate another one first')
      await tx.run('DELETE FROM signing_key WHERE id = ?', id)
      await tx.record({ action: 'signing-key.delete', object: { kind: 'configuration-node', id: key.node }, before: signingKeyState(key) })
    })
  }

  async #activeRow (reader: SqlReader, kind: SourceKind): Promise<{ id: number, certificate: Buffer, encrypted_key: string } | undefined> {
    return await reader.get(`SELECT k.id, k.certificate, k.encrypted_key FROM signing_key k JOIN configuration_node n ON n.id = k.configuration_node_id
      WHERE n.name = ? AND k.kind = ? AND k.active = 1`, this.#node, kind)
  }

  async #add (actor: Actor, { kind, type = this.#type, label }: NewSigningKey, active: boolean): Promise<number> {
    const { certificate, encryptedKey } = await makeSigningKey(type, `${kind}SigningKey`, this.#passphrase)
    return await this.#changes.change(actor, async (tx) => {
      const node = await this.#roomFor(tx, kind)
      const { id } = (await tx.get<{ id: number }>(`INSERT INTO signing_key (configuration_node_id, kind, certificate, encrypted_key, active, created_at, label)
        VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`, node, kind, certificate, encryptedKey, active ? 1 : 0, tx.at.toISOString(), label?.trim() || null))!
      await tx.record({ action: 'signing-key.add', object: this.#object(), after: signingKeyState(await signingKeyInfo(tx, id)) })
      return id
    })
  }

  async #roomFor (tx: ChangeTx, kind: SourceKind): Promise<number> {
    const { id } = (await tx.get<{ id: number }>('SELECT id FROM configuration_node WHERE name = ?', this.#node))!
    const { count } = (await tx.get<{ count: number }>('SELECT count(*) AS count FROM signing_key WHERE configuration_node_id = ? AND kind = ?', id, kind))!
    if (count >= KEYS_MAX) throw new Refusal('conflict', 'too_many_signing_keys', `there are ${count} keys already: delete those that are no longer used`)
    return id
  }

  #open (kind: SourceKind, encrypted: string): KeyObject {
    try {
      return createPrivateKey({ key: encrypted, passphrase: this.#passphrase.bytes })
    } catch (cause) {
      throw new Error(`the ${kind} configuration signing key cannot be opened: wrong passphrase?`, { cause })
    }
  }

  #object (): { kind: string, id: string } {
    return { kind: 'configuration-node', id: this.#node }
  }
}

/** Makes a key, with the certificate that carries it (DER) and itself as encrypted PKCS#8 in PEM. */
export async function makeSigningKey (type: SigningKeyType, commonName: string, passphrase: Secret): Promise<{ certificate: Buffer, encryptedKey: string }> {
  const { privateKey } = type === 'ec'
    ? await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
    : await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  return {
    certificate: certificateOfKey(privateKey, commonName, BigInt(`0x00${randomBytes(15).toString('hex')}`) + 1n),
    encryptedKey: privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: passphrase.bytes }) as string
  }
}

/** Signs directories with a key, by the algorithm that X-Road uses for its kind. */
export function signerOf (certificate: Buffer, key: KeyObject): DirectorySigner {
  const algorithm = configurationSignature(ALGORITHMS[Certificate.parse(certificate).keyType])!
  return {
    certificate,
    algorithmUri: algorithm.uri,
    sign: (data) => new Promise((resolve, reject) => {
      sign(algorithm.digest, data, algorithm.keyOptions(key), (error, value) => { if (error === null) resolve(value); else reject(error) })
    })
  }
}
