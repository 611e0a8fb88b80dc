import { hash } from 'node:crypto'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { Fault } from '../../src/fault/index.ts'
import {
  attachmentName, buildHashChain, HASH_CHAIN_BYTES_MAX, MESSAGE, type Piece, pieceOf, SIG_CHAIN, SIGNATURE, timestampTree, TS_CHAIN, verifyHashChain
} from '../../src/signature/index.ts'
import { refuses } from '../faults.ts'

const SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'
const sha512 = (data: Uint8Array | string): Buffer => hash('sha512', data, 'buffer')

/** The tree once more, from the text of the specification: recursive, DER by hand for SHA-512 alone. */
function step (digests: readonly Buffer[]): Buffer {
  const singles = digests.map((value) => Buffer.concat([Buffer.from('306d0440', 'hex'), value, Buffer.from('0c27', 'hex'), Buffer.from(SHA512), Buffer.from('3000', 'hex')]))
  const body = Buffer.concat(singles)
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255]
  return sha512(Buffer.concat([Buffer.from([0x30, ...length]), body]))
}
function root (leaves: readonly Buffer[]): Buffer {
  const node = (lo: number, size: number): Buffer | undefined => {
    if (lo >= leaves.length) return undefined
    if (size === 1) return leaves[lo]
    const left = node(lo, size / 2)!
    const right = node(lo + size / 2, size / 2)
    return right === undefined ? left : step([left, right])
  }
  return node(0, 2 ** Math.ceil(Math.log2(leaves.length)))!
}

const piecesOf = (message: string, attachments: readonly string[] = []): Piece[] =>
  [pieceOf(MESSAGE, Buffer.from(message)), ...attachments.map((bytes, i) => pieceOf(attachmentName(i + 1), Buffer.from(bytes)))]
const verify = (result: Uint8Array, chain: Uint8Array, pieces: readonly Piece[]) => verifyHashChain({ result, chain, chainName: SIG_CHAIN, pieces })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** A chain as peers write it: other prefixes, indented, self-closing. */
function peerChain (steps: string): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ns2:HashChain xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain">
    <ns2:DefaultDigestMethod Algorithm="${SHA512}"/>
${steps}
</ns2:HashChain>
`)
}
function peerResult (value: Uint8Array, uri = `${SIG_CHAIN}#STEP0`, method = SHA512): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ns2:HashChainResult xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain" URI="${uri}">
    <DigestMethod Algorithm="${method}"/>
    <DigestValue>${base64(value).replace(/.{76}/, '$&&#13;\n')}</DigestValue>
</ns2:HashChainResult>
`)
}
const value = (bytes: Uint8Array): string => `<ns2:HashValue><DigestValue>${base64(bytes)}</DigestValue></ns2:HashValue>`
const data = (uri: string, bytes: Uint8Array): string => `<ns2:DataRef URI="${uri}"><DigestValue>${base64(bytes)}</DigestValue></ns2:DataRef>`
const steps = (...all: string[]): string => all.map((content, k) => `    <ns2:HashStep id="STEP${k}">${content}</ns2:HashStep>`).join('\n')

t.test('TR-4.6: the root is that of the specification for every number of messages, and each chain leads to it', async (t) => {
  for (let n = 2; n <= 20; n++) {
    const messages = Array.from({ length: n }, (_, i) => piecesOf(`m${i}`, i % 3 === 1 ? ['a', 'b'] : []))
    const { result, chains } = buildHashChain(messages)
    const leaves = messages.map((pieces) => pieces.length === 1 ? Buffer.from(pieces[0]!.digest) : step(pieces.map((piece) => Buffer.from(piece.digest))))
    t.ok(result.toString().includes(`<DigestValue>${base64(root(leaves))}</DigestValue>`), `${n} messages`)
    messages.forEach((pieces, i) => assert.deepEqual(verify(result, chains[i]!, pieces).covered, pieces.map((piece) => piece.name)))
  }
})

t.test('one message of several pieces is one step', async (t) => {
  const pieces = piecesOf('m', ['a'])
  const { result, chains } = buildHashChain([pieces])
  t.match(chains[0]!.toString(), /^<\?xml [^>]*>\n<h:HashChain [^>]*><h:DefaultDigestMethod [^>]*><\/h:DefaultDigestMethod><h:HashStep id="STEP0"><h:DataRef URI="\/message.xml">.*<h:DataRef URI="\/attachment1">.*<\/h:HashStep><\/h:HashChain>$/)
  t.same(verify(result, chains[0]!, pieces).covered, [MESSAGE, '/attachment1'])
  t.throws(() => buildHashChain([piecesOf('m')]), { code: 'ERR_ASSERTION' }, 'one piece alone has no chain')
})

t.test('a time stamp tree binds each whole signature', async (t) => {
  const signatures = ['<a/>', '<b/>', '<c/>'].map((text) => Buffer.from(text))
  const { result, chain } = timestampTree(signatures.map(sha512))
  const check = (i: number, bytes: Uint8Array) => verifyHashChain({ result, chain: chain(i), chainName: TS_CHAIN, pieces: [pieceOf(SIGNATURE, bytes)] })
  signatures.forEach((bytes, i) => t.same(check(i, bytes).covered, [SIGNATURE]))
  refuses(t, () => check(0, signatures[1]!), 'MalformedSignature.InvalidHashChainRef')
})

t.test('reads a chain as a peer writes it', async (t) => {
  const pieces = piecesOf('m', ['a'])
  const leaf = step(pieces.map((piece) => Buffer.from(piece.digest)))
  const [left, right] = [sha512('left'), sha512('right')]
  const chain = peerChain(steps(`<ns2:StepRef URI="#STEP1"/>${value(right)}`, `${value(left)}<ns2:StepRef URI="#STEP2"/>`, data(MESSAGE, pieces[0]!.digest) + data('/attachment1', pieces[1]!.digest)))
  t.same(verify(peerResult(step([step([left, leaf]), right])), chain, pieces).covered, [MESSAGE, '/attachment1'])
})

t.test('removal, exchange, reordering and addition are all noticed', async (t) => {
  const pieces = piecesOf('m', ['a', 'b'])
  const { result, chains } = buildHashChain([pieces, piecesOf('other')])
  const chain = chains[0]!
  refuses(t, () => verify(result, chain, pieces.slice(0, 2)), 'MalformedSignature.InvalidHashChainRef', 'a piece is gone')
  refuses(t, () => verify(result, chain, [...pieces, pieceOf('/attachment3', Buffer.from('c'))]), 'MalformedSignature.HashChainUnusedInputs', 'a piece too many')
  refuses(t, () => verify(result, chain, [pieces[0]!, { ...pieces[1]!, name: '/attachment2' }, { ...pieces[2]!, name: '/attachment1' }]), 'MalformedSignature.InvalidHashChainRef', 'two exchanged')
  refuses(t, () => verify(result, chains[1]!, pieces), 'MalformedSignature.InvalidHashChainRef', 'chain of another message')
  const other = buildHashChain([pieces, piecesOf('third')])
  refuses(t, () => verify(other.result, chain, pieces), 'MalformedSignature.InvalidHashChain', 'result of another batch')
  const swapped = Buffer.from(chain.toString().replace(/(<h:DataRef URI="\/attachment1">.*?<\/h:DataRef>)(<h:DataRef URI="\/attachment2">.*?<\/h:DataRef>)/, '$2$1'))
  refuses(t, () => verify(result, swapped, pieces), 'MalformedSignature.InvalidHashChain', 'references reordered')
})

t.test('absent pieces can be reported with the digest that the chain holds', async (t) => {
  const pieces = piecesOf('m', ['a'])
  const { result, chains } = buildHashChain([pieces])
  const coverage = verifyHashChain({ result, chain: chains[0]!, chainName: SIG_CHAIN, pieces: pieces.slice(0, 1), absent: 'report' })
  t.same(coverage.covered, [MESSAGE])
  t.same(coverage.absent.map(({ name, digest }) => [name, digest.toString('hex')]), [['/attachment1', sha512('a').toString('hex')]])
})

t.test('malformed chains are refused: circles, depth, idle steps, doubled names, transforms, other methods', async (t) => {
  const [piece] = piecesOf('m') as [Piece]
  const ref = data(MESSAGE, piece.digest)
  const code = 'MalformedSignature.MalformedHashChain'
  const result = peerResult(sha512('x'))
  const chain = (...all: string[]) => () => verify(result, peerChain(steps(...all)), [piece])
  refuses(t, chain('<ns2:StepRef URI="#STEP0"/>'), code, 'a step that names itself')
  refuses(t, chain('<ns2:StepRef URI="#STEP1"/>', '<ns2:StepRef URI="#STEP0"/>'), code, 'a circle of two')
  refuses(t, chain(...Array.from({ length: 100 }, (_, k) => `<ns2:StepRef URI="#STEP${k + 1}"/>`), ref), code, 'depth')
  refuses(t, chain('<ns2:StepRef URI="#STEP9"/>'), code, 'a step that is not there')
  refuses(t, chain('<ns2:StepRef URI="http://example.org/#STEP0"/>'), code, 'a step elsewhere')
  refuses(t, chain(''), code, 'a step without inputs')
  refuses(t, chain(ref + ref), code, 'a name twice')
  refuses(t, chain(ref.replace('<DigestValue>', '<Transforms><Transform Algorithm="x"/></Transforms><DigestValue>')), code, 'a transform')
  refuses(t, chain(ref.replace('<DigestValue>', '<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><DigestValue>')), code, 'SHA-1')
  refuses(t, chain('<ns2:Other/>'), code, 'an unknown input')
  refuses(t, () => verify(result, peerChain(''), [piece]), code, 'no step')
  refuses(t, () => verify(result, peerChain(steps(ref) + steps(ref)), [piece]), code, 'an id twice')
  refuses(t, () => verify(peerResult(step([Buffer.from(piece.digest)])), peerChain(steps(ref, value(sha512('idle')))), [piece]), code, 'an idle step')
  refuses(t, () => verify(peerResult(sha512('x'), SIG_CHAIN), peerChain(steps(ref)), [piece]), code, 'no fragment')
  refuses(t, () => verify(peerResult(sha512('x'), `${SIG_CHAIN}#STEP7`), peerChain(steps(ref)), [piece]), code, 'unknown first step')
  refuses(t, () => verify(peerResult(sha512('x'), `${TS_CHAIN}#STEP0`), peerChain(steps(ref)), [piece]), 'MalformedSignature.InvalidReference', 'another document')
  refuses(t, () => verify(peerResult(sha512('x'), undefined, 'http://www.w3.org/2001/04/xmlenc#sha1'), peerChain(steps(ref)), [piece]), code, 'result by another method')
  refuses(t, () => verify(result, Buffer.from('<!DOCTYPE a><a/>'), [piece]), code, 'document type')
  refuses(t, () => verify(result, Buffer.alloc(HASH_CHAIN_BYTES_MAX + 1, 32), [piece]), code, 'size')
})

t.test('steps named many times are hashed once, so a small chain cannot cost much', async (t) => {
  const [piece] = piecesOf('m') as [Piece]
  const doubled = Array.from({ length: 40 }, (_, k) => `<ns2:StepRef URI="#STEP${k + 1}"/>`.repeat(2))
  const begun = performance.now()
  refuses(t, () => verify(peerResult(sha512('x')), peerChain(steps(...doubled, data(MESSAGE, piece.digest))), [piece]), 'MalformedSignature.InvalidHashChain')
  t.ok(performance.now() - begun < 500)
})

t.test('a chain with another digest needs the bytes of the piece, which a message part has', async (t) => {
  const piece = pieceOf(MESSAGE, Buffer.from('m'))
  const method = 'http://www.w3.org/2001/04/xmlenc#sha256'
  const own = hash('sha256', 'm', 'buffer')
  const single = Buffer.concat([Buffer.from('0420', 'hex'), own, Buffer.from('0c27', 'hex'), Buffer.from(method), Buffer.from('3000', 'hex')])
  const list = Buffer.concat([Buffer.from([0x30, single.length + 2, 0x30, single.length]), single])
  const result = peerResult(hash('sha256', list, 'buffer'), undefined, method)
  const chain = Buffer.from(peerChain(steps(data(MESSAGE, own))).toString().replace(SHA512, method))
  t.same(verify(result, chain, [piece]).covered, [MESSAGE])
  refuses(t, () => verify(result, chain, [{ name: MESSAGE, digest: piece.digest }]), 'MalformedSignature.InvalidHashChainRef')
})

t.test('one changed byte anywhere in a chain or its result is noticed', async (t) => {
  const pieces = piecesOf('m', ['a'])
  const { result, chains } = buildHashChain([piecesOf('0'), pieces, piecesOf('2')])
  fc.assert(fc.property(fc.nat(chains[1]!.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
    const changed = Buffer.from(chains[1]!)
    changed[at]! ^= flip
    assert.throws(() => verify(result, changed, pieces), Fault)
  }), { numRuns: 3000 })
  t.pass('none passed')
})
