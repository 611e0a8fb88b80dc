import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestPki } from '@trembita/testnet/pki'
import {
  buildDirectory, GLOBALCONF_VERSIONS, writeAnchor, writePrivateParameters, writeSharedParameters,
  type Anchor, type GlobalConfVersion, type PrivateParameters, type SharedParametersToWrite
} from '@trembita/protocol/globalconf'

const pki = await createTestPki()

export interface SigningKey { readonly privateKey: KeyObject, readonly certificate: Buffer }

/** A key with its certificate, as an anchor lists them. */
export async function signingKey (): Promise<SigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { certificate } = await pki.issueTls({ names: ['key'], key: { privateKey, publicKey } })
  return { privateKey, certificate: certificate.der }
}

export const member = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001' }

export function sharedOf (instance = 'ZZ', change: Partial<SharedParametersToWrite> = {}): SharedParametersToWrite {
  return {
    instance,
    sources: [{ address: '127.0.0.1:9', internalCertificates: [], externalCertificates: [] }],
    approvedCas: [],
    approvedTsas: [],
    members: [{ id: { ...member, instance }, name: `Member of ${instance}`, subsystems: [{ code: 'S' }] }],
    servers: [],
    globalGroups: [],
    memberClasses: [{ code: 'GOV', description: 'Government' }],
    ocspFreshnessSeconds: 3600,
    ...change
  }
}

export function privateOf (change: Partial<PrivateParameters> = {}): PrivateParameters {
  return { instance: 'ZZ', trustedAnchors: [], managementService: { authCertRegServiceAddress: 'https://x', providerId: member }, timestampingIntervalSeconds: 60, ...change }
}

export interface Publication {
  readonly instance?: string
  readonly versions?: readonly GlobalConfVersion[]
  readonly expireAt?: Date
  /** File name to content identifier and bytes; by default private and shared parameters of version's own form. */
  readonly parts?: (version: GlobalConfVersion) => readonly { id: string, instance?: string, file: string, bytes: Uint8Array, location?: string }[]
  readonly key?: SigningKey
}

export function partsOf (shared: SharedParametersToWrite, own: PrivateParameters | undefined, ...extra: readonly { id: string, file: string, bytes: Uint8Array }[]): NonNullable<Publication['parts']> {
  return (version) => [
    ...own === undefined ? [] : [{ id: 'PRIVATE-PARAMETERS', file: 'private-params.xml', bytes: writePrivateParameters(version, own) }],
    { id: 'SHARED-PARAMETERS', file: 'shared-params.xml', bytes: writeSharedParameters(version, shared) },
    ...extra
  ]
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A configuration source over HTTP that can be told to misbehave, path by path. */
export class ConfigSource implements AsyncDisposable {
  readonly requests: string[] = []
  readonly #server: Server
  readonly #files = new Map<string, Buffer>()
  /** What a path answers instead of its file. `*` is every path. */
  readonly faults = new Map<string, Handler>()
  readonly key: SigningKey
  readonly directory: string

  private constructor (server: Server, key: SigningKey, directory: string) {
    this.#server = server
    this.key = key
    this.directory = directory
    server.on('request', (request, response) => {
      const url = request.url!
      this.requests.push(url)
      const fault = this.faults.get('*') ?? this.faults.get(url)
      if (fault !== undefined) { fault(request, response); return }
      const file = this.#files.get(url)
      if (file === undefined) response.writeHead(404).end('no such file')
      else response.end(file)
    })
  }

  static async start (options: { key?: SigningKey, directory?: string } = {}): Promise<ConfigSource> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new ConfigSource(server, options.key ?? await signingKey(), options.directory ?? 'internalconf')
  }

  get host (): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url (): string {
    return `http://${this.host}/${this.directory}`
  }

  anchor (instance = 'ZZ', ...others: readonly ConfigSource[]): Buffer {
    return writeAnchor(this.anchorValue(instance, ...others))
  }

  anchorValue (instance = 'ZZ', ...others: readonly ConfigSource[]): Anchor {
    return { instance, sources: [this, ...others].map(({ url, key }) => ({ url, certificates: [key.certificate] })) }
  }

  /** Publishes a state in the given versions, all by default; what was there before stays unless it has the same path. */
  async publish ({ instance = 'ZZ', versions = GLOBALCONF_VERSIONS, expireAt = new Date(Date.now() + 600_000), parts = partsOf(sharedOf(instance), privateOf()), key = this.key }: Publication = {}): Promise<void> {
    for (const version of versions) {
      const files = parts(version).map((part) => ({ ...part, location: part.location ?? `/V${version}/1/${part.file}` }))
      for (const { location, bytes } of files) this.#files.set(location, Buffer.from(bytes))
      this.#files.set(`/${this.directory}?version=${version}`, await buildDirectory({
        version,
        expireAt,
        parts: files.map((part) => ({ contentIdentifier: part.id, instance: part.instance ?? instance, location: part.location, bytes: part.bytes })),
        signer: { certificate: key.certificate, algorithmUri: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', sign: (data) => sign('sha256', data, { key: key.privateKey, dsaEncoding: 'der' }) }
      }))
    }
  }

  replace (path: string, bytes: Uint8Array): void {
    this.#files.set(path, Buffer.from(bytes))
  }

  remove (path: string): void {
    this.#files.delete(path)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
