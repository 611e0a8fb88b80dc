/** Media type of what we and X-Road write: one message with XAdES. Also content of the entry `mimetype`. */
export const ASICE_TYPE = 'application/vnd.etsi.asic-e+zip'
/** Media type of Trembita 1.x: one file with CAdES. */
export const ASICS_TYPE = 'application/vnd.etsi.asic-s+zip'

/** Names inside the ZIP, without the leading slash that references have. */
export const ENTRY = {
  mimetype: 'mimetype',
  message: 'message.xml',
  signature: 'META-INF/signatures.xml',
  sigChainResult: 'sig-hashchainresult.xml',
  sigChain: 'sig-hashchain.xml',
  tsChainResult: 'ts-hashchainresult.xml',
  tsChain: 'ts-hashchain.xml',
  manifest: 'META-INF/manifest.xml',
  asicManifest: 'META-INF/ASiCManifest.xml',
  timestamp: 'META-INF/timestamp.tst'
} as const

/** A time stamp over many signatures at once. */
export interface BatchTimestamp {
  readonly kind: 'batch'
  /** DER of the token, over the bytes of the result. */
  readonly token: Uint8Array
  readonly hashChainResult: Uint8Array
  readonly hashChain: Uint8Array
}

/** What a container is made of. A single time stamp stands inside the signature (`addTimestampToSignature`). */
export interface ContainerParts {
  /** SOAP envelope or REST head, the bytes that were signed. */
  readonly message: Uint8Array
  readonly attachments: readonly Uint8Array[]
  readonly signature: Uint8Array
  readonly hashChainResult?: Uint8Array | undefined
  readonly hashChain?: Uint8Array | undefined
  readonly timestamp?: BatchTimestamp | undefined
  /** Time of the record: written into the ZIP. */
  readonly at: Date
}

/** A container that was read; nothing of it is verified yet. */
export interface Container {
  readonly message: Buffer
  /** By entry name: `attachment1` … */
  readonly attachments: ReadonlyMap<string, Buffer>
  readonly signature: Buffer
  readonly hashChainResult: Buffer | undefined
  readonly hashChain: Buffer | undefined
  readonly timestamp: { readonly kind: 'batch', readonly token: Buffer, readonly hashChainResult: Buffer, readonly hashChain: Buffer } | undefined
  readonly asicManifest: Buffer | undefined
  readonly manifest: Buffer | undefined
  /** Entries that belong to no part of a container: nothing vouches for them. */
  readonly strangers: readonly string[]
}
