import { hash } from 'node:crypto'

export type DigestName = 'SHA-256' | 'SHA-384' | 'SHA-512'

export interface DigestAlgorithm {
  /** As in `x-hash-algorithm`. */
  readonly name: DigestName
  /** As in XML. */
  readonly uri: string
  /** As node:crypto calls it. */
  readonly node: 'sha256' | 'sha384' | 'sha512'
  readonly bytes: number
}

/** Digests that may protect anything here. SHA-1 and SHA-224 exist in the tables of peers and are never produced: not accepted. */
export const DIGESTS: Readonly<Record<DigestName, DigestAlgorithm>> = {
  'SHA-256': { name: 'SHA-256', uri: 'http://www.w3.org/2001/04/xmlenc#sha256', node: 'sha256', bytes: 32 },
  'SHA-384': { name: 'SHA-384', uri: 'http://www.w3.org/2001/04/xmldsig-more#sha384', node: 'sha384', bytes: 48 },
  'SHA-512': { name: 'SHA-512', uri: 'http://www.w3.org/2001/04/xmlenc#sha512', node: 'sha512', bytes: 64 }
}

const BY_URI: ReadonlyMap<string, DigestAlgorithm> = new Map(Object.values(DIGESTS).map((digest) => [digest.uri, digest]))

/** The digest that an XML algorithm URI names; undefined when it is none that we accept. */
export function digestByUri (uri: string): DigestAlgorithm | undefined {
  return BY_URI.get(uri)
}

export function digest (algorithm: DigestAlgorithm, data: Uint8Array | string): Buffer {
  return hash(algorithm.node, data, 'buffer')
}
