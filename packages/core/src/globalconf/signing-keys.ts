import { createPrivateKey, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secret } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { configurationSignature, type DirectorySigner } from '@trembita/protocol/globalconf'
import { SYSTEM, type Changes } from '../audit/index.ts'
import { certificateOfKey } from './key-certificate.ts'

/** The internal configuration is for members of the instance, the external one for federated instances; each has keys of its own. */
export const SOURCE_KINDS = ['internal', 'external'] as const
export type SourceKind = typeof SOURCE_KINDS[number]

/** `rsa` is what every X-Road release verifies; elliptic keys want 7.6 or newer everywhere. */
export type SigningKeyType = 'rsa' | 'ec'

const RSA_BITS = 3072
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

/** The keys that configuration is signed with: kept in the registry as encrypted PKCS#8, in clear only in memory. */
export class SigningKeys {
  readonly #store: SqlStore
  readonly #changes: Changes
  readonly #passphrase: Secret
  readonly #node: string
  #address = ''
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
    await this.#changes.change(SYSTEM, async (tx) => {
      const known = await tx.get<{ address: string }>('SELECT address FROM configuration_node WHERE name = ?', this.#node)
      if (known?.address === address) return
      await tx.run('INSERT INTO configuration_node (name, address) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET address = excluded.address', this.#node, address)
      await tx.record({ action: 'configuration-node.set-address', object: { kind: 'configuration-node', id: this.#node }, before: known, after: { address } })
    })
    await Promise.all(SOURCE_KINDS.map(async (kind) => {
      if (await this.#activeRow(kind) === undefined) await this.#generate(kind, type)
      this.#signers.set(kind, await this.#load(kind))
    }))
  }

  /** Address of this core as gateways reach it, `host[:port]`. */
  get address (): string {
    return this.#address
  }

  signer (kind: SourceKind): DirectorySigner {
    const signer = this.#signers.get(kind)
    if (signer === undefined) throw new Error('signing keys are not open')
    return signer
  }

  async nodes (reader: SqlReader): Promise<ConfigurationNode[]> {
    const nodes = await reader.all<{ id: number, name: string, address: string }>('SELECT id, name, address FROM configuration_node ORDER BY id')
    const keys = await reader.all<{ node: number, kind: SourceKind, certificate: Buffer }>('SELECT configuration_node_id AS node, kind, certificate FROM signing_key ORDER BY id')
    const of = (node: number, kind: SourceKind): Buffer[] => keys.filter((key) => key.node === node && key.kind === kind).map(({ certificate }) => certificate)
    return nodes.map(({ id, name, address }) => ({ name, address, internalCertificates: of(id, 'internal'), externalCertificates: of(id, 'external') }))
  }

  async #activeRow (kind: SourceKind): Promise<{ certificate: Buffer, encrypted_key: string } | undefined> {
    return await this.#store.get(`SELECT k.certificate, k.encrypted_key FROM signing_key k JOIN configuration_node n ON n.id = k.configuration_node_id
      WHERE n.name = ? AND k.kind = ? AND k.active = 1`, this.#node, kind)
  }

  async #generate (kind: SourceKind, type: SigningKeyType): Promise<void> {
    const { privateKey } = type === 'ec'
      ? await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
      : await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
    const certificate = certificateOfKey(privateKey, `${kind}SigningKey`, BigInt(`0x00${randomBytes(15).toString('hex')}`) + 1n)
    const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: this.#passphrase.bytes }) as string
    await this.#changes.change(SYSTEM, async (tx) => {
      const { id } = (await tx.get<{ id: number }>('SELECT id FROM configuration_node WHERE name = ?', this.#node))!
      await tx.run('INSERT INTO signing_key (configuration_node_id, kind, certificate, encrypted_key, active, created_at) VALUES (?, ?, ?, ?, 1, ?)',
        id, kind, certificate, encrypted, tx.at.toISOString())
      await tx.record({ action: 'signing-key.add', object: { kind: 'configuration-node', id: this.#node }, after: { source: kind, certificate: certificate.toString('base64'), active: true } })
    })
  }

  async #load (kind: SourceKind): Promise<DirectorySigner> {
    const row = (await this.#activeRow(kind))!
    let key: KeyObject
    try {
      key = createPrivateKey({ key: row.encrypted_key, passphrase: this.#passphrase.bytes })
    } catch (cause) {
      throw new Error(`the ${kind} configuration signing key cannot be opened: wrong passphrase?`, { cause })
    }
    const algorithm = configurationSignature(ALGORITHMS[key.asymmetricKeyType as SigningKeyType])!
    return {
      certificate: row.certificate,
      algorithmUri: algorithm.uri,
      sign: (data) => new Promise((resolve, reject) => {
        sign(algorithm.digest, data, algorithm.keyOptions(key), (error, value) => { if (error === null) resolve(value); else reject(error) })
      })
    }
  }
}
