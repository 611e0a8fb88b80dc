import { constants, verify, X509Certificate } from 'node:crypto'
import { XmlDocument } from 'libxml2-wasm'
import { C14N_INCLUSIVE, canonicalElement } from './canonical.ts'
import { sha512, type CoveredPiece } from './digests.ts'
import { hashStep } from './hash-chain.ts'

/** A refusal in the spelling of X-Road 7.8, without the origin. */
export class PeerRefusal extends Error {
  override readonly name = 'PeerRefusal'
  readonly code: string

  constructor (code: string, message: string) {
    super(message)
    this.code = code
  }
}

export interface ReceivedSeal {
  readonly signature: Buffer
  readonly hashChainResult?: Buffer | undefined
  readonly hashChain?: Buffer | undefined
}

export interface CheckedSeal {
  readonly certificate: X509Certificate
  /** DER of the OCSP responses inside. */
  readonly ocspResponses: readonly Buffer[]
}

const NS = { ds: 'http://www.w3.org/2000/09/xmldsig#', xades: 'http://uri.etsi.org/01903/v1.3.2#', hc: 'http://cyber.ee/hashchain' }
const METHODS: Readonly<Record<string, { pss?: boolean, ec?: boolean }>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': {},
  'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1': { pss: true },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': { ec: true }
}

/**
 * Verifies a seal as a peer of 7.6 or later does (xroad-messages §3.3), certificate path left out: structure by qualified
 * names, every digest, the value, the hash chain, and that exactly the given pieces are covered.
 *
 * @throws {PeerRefusal}
 */
export function checkSeal (seal: ReceivedSeal, pieces: readonly CoveredPiece[]): CheckedSeal {
  const text = seal.signature.toString('utf8')
  const tree = new Tree(text)
  try {
    const certificate = new X509Certificate(tree.bytes('//ds:KeyInfo/ds:X509Data/ds:X509Certificate'))
    const references = tree.references()
    for (const name of ['ds:Signature', 'ds:Object', 'xades:UnsignedSignatureProperties']) {
      // Peers look these up by qualified name, prefix included.
      if (!text.includes(`<${name}>`) && !text.includes(`<${name} `)) throw new PeerRefusal('malformed_signature', `no element ${name}`)
    }
    checkDigests(text, references, seal, pieces)
    const signedInfo = canonicalElement(text, 'SignedInfo', tree.text('//ds:CanonicalizationMethod/@Algorithm'))
    checkValue(tree.text('//ds:SignatureMethod/@Algorithm'), certificate, signedInfo, tree.bytes('//ds:SignatureValue'))
    return { certificate, ocspResponses: tree.all('//xades:EncapsulatedOCSPValue').map((value) => Buffer.from(value, 'base64')) }
  } finally {
    tree.dispose()
  }
}

interface Reference { readonly uri: string, readonly digest: Buffer, readonly transform: string | undefined }

class Tree {
  readonly #document: XmlDocument

  constructor (text: string) {
    try {
      this.#document = XmlDocument.fromString(text)
    } catch {
      throw new PeerRefusal('malformed_signature', 'not well-formed')
    }
  }

  all (xpath: string): string[] {
    return this.#document.find(xpath, NS).map(({ content }) => content)
  }

  text (xpath: string): string {
    const found = this.all(xpath)
    if (found.length !== 1) throw new PeerRefusal('malformed_signature', `${found.length} of ${xpath}`)
    return found[0]!
  }

  bytes (xpath: string): Buffer {
    return Buffer.from(this.text(xpath).replace(/\s/g, ''), 'base64')
  }

  references (): Reference[] {
    return this.all('//ds:SignedInfo/ds:Reference').map((_, index) => {
      const at = `(//ds:SignedInfo/ds:Reference)[${index + 1}]`
      return { uri: this.text(`${at}/@URI`), digest: this.bytes(`${at}/ds:DigestValue`), transform: this.all(`${at}/ds:Transforms/ds:Transform/@Algorithm`)[0] }
    })
  }

  dispose (): void {
    this.#document.dispose()
  }
}

function checkDigests (text: string, references: readonly Reference[], seal: ReceivedSeal, pieces: readonly CoveredPiece[]): void {
  const uncovered = new Set(pieces.map(({ name }) => name))
  let properties = 0
  for (const { uri, digest, transform } of references) {
    let own: Buffer
    if (uri.startsWith('#')) {
      properties++
      own = sha512(canonicalElement(text, 'SignedProperties', transform ?? C14N_INCLUSIVE))
    } else if (uri === '/sig-hashchainresult.xml') {
      if (seal.hashChainResult === undefined || seal.hashChain === undefined) throw new PeerRefusal('malformed_signature.invalid_reference', 'no hash chain')
      own = sha512(seal.hashChainResult)
      checkHashChain(seal.hashChainResult.toString(), seal.hashChain.toString(), pieces)
      uncovered.clear()
    } else {
      const piece = pieces.find(({ name }) => name === uri)
      if (piece === undefined) throw new PeerRefusal('internal_error', `cannot resolve ${uri}`)
      own = piece.digest
      uncovered.delete(uri)
    }
    if (!own.equals(digest)) throw new PeerRefusal('invalid_signature_value', `digest of ${uri}`)
  }
  if (properties !== 1 || uncovered.size > 0) throw new PeerRefusal('invalid_signature_value', 'not everything is covered')
}

function checkValue (method: string, { publicKey }: X509Certificate, data: Buffer, value: Buffer): void {
  const { pss, ec } = METHODS[method] ?? {}
  if (!(method in METHODS) || (ec === true) !== (publicKey.asymmetricKeyType === 'ec')) throw new PeerRefusal('invalid_signature_value', method)
  const key = ec === true
    ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
    : pss === true ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 } : publicKey
  if (!verify('sha512', data, key, value)) throw new PeerRefusal('invalid_signature_value', 'signature value')
}

/** Recomputes the chain from its first step; each piece must be met. */
function checkHashChain (result: string, chain: string, pieces: readonly CoveredPiece[]): void {
  const [resultTree, tree] = [new Tree(result), new Tree(chain)]
  const met = new Set<string>()
  const step = (id: string): Buffer => {
    const at = `//hc:HashStep[@id="${id}"]`
    const inputs = tree.all(`${at}/*`).map((_, index) => `${at}/*[${index + 1}]`)
    return hashStep(inputs.map((input) => {
      const uri = tree.all(`${input}/@URI`)[0]
      const digest = tree.all(`${input}/ds:DigestValue`)[0]
      if (digest === undefined) return step(uri!.slice(1))
      if (uri === undefined) return Buffer.from(digest, 'base64')
      const piece = pieces.find(({ name }) => name === uri)
      if (piece === undefined || met.has(uri)) throw new PeerRefusal('malformed_signature.invalid_hash_chain_ref', uri)
      met.add(uri)
      return piece.digest
    }))
  }
  try {
    const [file, id = ''] = resultTree.text('/hc:HashChainResult/@URI').split('#')
    if (file !== '/sig-hashchain.xml') throw new PeerRefusal('malformed_signature.invalid_reference', file!)
    if (!step(id).equals(resultTree.bytes('/hc:HashChainResult/ds:DigestValue'))) throw new PeerRefusal('malformed_signature.invalid_hash_chain', 'root differs')
    if (met.size !== pieces.length) throw new PeerRefusal('malformed_signature.hashchain_unused_inputs', 'a piece is not covered')
  } finally {
    resultTree.dispose()
    tree.dispose()
  }
}
