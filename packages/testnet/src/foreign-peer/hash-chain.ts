import { sha512, SHA512, type CoveredPiece } from './digests.ts'

export interface HashChainFiles {
  readonly result: string
  /** One for each message, in their order. */
  readonly chains: readonly string[]
}

/** DER tag, length, content; lengths here never pass 65535. */
function der (tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

/** `step(d1..dk)` of xroad-messages §3.5. */
export function hashStep (digests: readonly Uint8Array[]): Buffer {
  return sha512(der(0x30, ...digests.map((digest) => der(0x30, der(0x04, digest), der(0x0c, Buffer.from(SHA512)), der(0x30)))))
}

type Node = { readonly digest: Buffer, readonly low: number, readonly high: number, readonly left?: Node, readonly right?: Node }

/** The recursion of xroad-messages §3.5, over slots `[low, low + size)`. */
function nodeOf (leaves: readonly Buffer[], low: number, size: number): Node | undefined {
  if (low >= leaves.length) return undefined
  if (size === 1) return { digest: leaves[low]!, low, high: low }
  const left = nodeOf(leaves, low, size / 2)!
  const right = nodeOf(leaves, low + size / 2, size / 2)
  if (right === undefined) return left
  return { digest: hashStep([left.digest, right.digest]), low, high: right.high, left, right }
}

/** Builds result and chains as X-Road 7 marshals them: namespace of digests as the default one, four blanks of indentation. */
export function hashChainOf (messages: readonly (readonly CoveredPiece[])[]): HashChainFiles {
  const leaves = messages.map((pieces) => pieces.length === 1 ? pieces[0]!.digest : hashStep(pieces.map(({ digest }) => digest)))
  let size = 1
  while (size < leaves.length) size *= 2
  const root = nodeOf(leaves, 0, size)!
  return {
    result: document('HashChainResult', ' URI="/sig-hashchain.xml#STEP0"', [`<DigestMethod Algorithm="${SHA512}"/>`, value(root.digest)]),
    chains: messages.map((pieces, leaf) => chainOf(root, leaf, pieces))
  }
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const NAMESPACES = 'xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain"'

function document (root: string, attributes: string, lines: readonly string[]): string {
  return `${HEAD}<ns2:${root} ${NAMESPACES}${attributes}>\n${lines.map((line) => `    ${line}\n`).join('')}</ns2:${root}>\n`
}

function value (digest: Buffer): string {
  return `<DigestValue>${digest.toString('base64')}</DigestValue>`
}

function element (open: string, close: string, inner: readonly string[]): string[] {
  return [open, ...inner.map((line) => `    ${line}`), close]
}

function chainOf (root: Node, leaf: number, pieces: readonly CoveredPiece[]): string {
  const refs = pieces.flatMap(({ name, digest }) => element(`<ns2:DataRef URI="${name}">`, '</ns2:DataRef>', [value(digest)]))
  const steps: ((next: string[]) => string[])[] = []
  for (let node = root; node.left !== undefined && node.right !== undefined;) {
    const inLeft = leaf <= node.left.high
    const sibling = element('<ns2:HashValue>', '</ns2:HashValue>', [value(inLeft ? node.right.digest : node.left.digest)])
    steps.push((own) => inLeft ? [...own, ...sibling] : [...sibling, ...own])
    node = inLeft ? node.left : node.right
  }
  if (pieces.length > 1 || steps.length === 0) steps.push((own) => own)
  const lines = steps.flatMap((fill, index) => element(`<ns2:HashStep id="STEP${index}">`, '</ns2:HashStep>',
    fill(index === steps.length - 1 ? refs : [`<ns2:StepRef URI="#STEP${index + 1}"/>`])))
  return document('HashChain', '', [`<ns2:DefaultDigestMethod Algorithm="${SHA512}"/>`, ...lines])
}
