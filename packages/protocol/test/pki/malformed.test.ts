import t from 'tap'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { createTestPki, ocspResponseFor, timestampFor, trustStoreOfPki } from '@trembita/testnet/pki'
import { DerNode, derElement, derSequence, readDer } from '../../src/asn1/index.ts'
import { Fault } from '../../src/fault/index.ts'
import {
  Certificate, DistinguishedName, addCertificateToTimestamp, buildPath, certificatesOfPem, memberOfSignCertificate, parseOcspResponse, parseTimestampResponse, verifyOcsp, verifyTimestamp,
  type CertificationAuthority
} from '../../src/pki/index.ts'
import { BASIC_PROFILE } from '@trembita/testnet/pki'

const pki = await createTestPki()
const trust = trustStoreOfPki(pki)
const anchor = trust.authorities[1] as CertificationAuthority
const seal = (await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '1' } })).certificate
const at = new Date()
const data = Buffer.from('data')
const token = addCertificateToTimestamp(timestampFor(pki, data), pki.tsa.certificate)

/** Every way in which bytes of a peer come into this folder. */
const entrances: Record<string, (bytes: Uint8Array) => unknown> = {
  certificate (bytes) {
    const certificate = Certificate.parse(bytes)
    // what a caller goes on to ask must fail no other way either
    certificate.isIssuedBy(pki.intermediate.certificate)
    void [certificate.subject.rfc2253, certificate.issuer.key, certificate.sha1, certificate.keySha1, certificate.pem]
    onlyFaults(() => certificate.publicKey)
    onlyFaults(() => memberOfSignCertificate(certificate, BASIC_PROFILE, 'T'))
    return buildPath(certificate, [certificate, pki.intermediate.certificate], trust, at)
  },
  pem: (bytes) => certificatesOfPem(Buffer.from(bytes).toString('latin1')),
  ocspResponse: (bytes) => parseOcspResponse(bytes),
  verifyOcsp: (bytes) => verifyOcsp([bytes], [seal], anchor, trust, at),
  timestampResponse: (bytes) => parseTimestampResponse(bytes),
  verifyTimestamp: (bytes) => verifyTimestamp(bytes, data, [pki.tsa.certificate]),
  addCertificate: (bytes) => addCertificateToTimestamp(bytes, pki.tsa.certificate)
}

function onlyFaults (run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    assert.notEqual(thrown.kind, 'InternalError')
  }
}

/** Rebuilds an element with one part of it, somewhere inside, changed, dropped, doubled or replaced: still DER, no longer sense. */
function mutate (node: DerNode, path: readonly number[], change: number, other: Uint8Array): Buffer {
  const [step, ...rest] = path
  if (step === undefined || !node.constructed) {
    switch (change % 6) {
      case 0: return Buffer.alloc(0)
      case 1: return Buffer.concat([node.raw, node.raw])
      case 2: return derElement(node.tag, other)
      case 3: return derElement((node.tag + 1) % 0x1f | (node.tag & 0xe0), node.content)
      case 4: return Buffer.from(other)
      default: return derSequence(node.raw)
    }
  }
  const children = node.children()
  if (children.length === 0) return Buffer.from(other)
  const chosen = step % children.length
  return derElement(node.tag, ...children.map((child, i) => i === chosen ? mutate(child, rest, change, other) : child.raw))
}

t.test('any bytes give a value or a Fault', async (t) => {
  for (const [name, enter] of Object.entries(entrances)) {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => onlyFaults(() => enter(bytes))), { numRuns: 200 })
    t.pass(name)
  }
})

t.test('what is DER but makes no sense gives a value or a Fault', async (t) => {
  const samples: [keyof typeof entrances, Buffer][] = [
    ['certificate', seal.der], ['certificate', pki.intermediate.certificate.der], ['ocspResponse', ocspResponseFor(pki, seal)], ['verifyOcsp', ocspResponseFor(pki, seal)],
    ['timestampResponse', derSequence(derSequence(Buffer.from('020100', 'hex')), token)], ['verifyTimestamp', token], ['addCertificate', token]
  ]
  for (const [name, sample] of samples) {
    const mutation = fc.tuple(fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }), fc.nat(5), fc.uint8Array({ maxLength: 12 }))
    fc.assert(fc.property(mutation, ([path, change, other]) => onlyFaults(() => entrances[name]?.(mutate(readDer(sample), path, change, other)))), { numRuns: 300 })
    t.pass(name)
  }
})

t.test('what was cut or grown is refused', async (t) => {
  for (const [name, sample] of [['certificate', seal.der], ['ocspResponse', ocspResponseFor(pki, seal)], ['verifyTimestamp', token]] as const) {
    for (const bytes of [...Array.from({ length: 64 }, (_, i) => sample.subarray(0, Math.floor(sample.length * i / 64))), Buffer.concat([sample, sample])]) {
      assert.throws(() => entrances[name]?.(bytes), Fault)
    }
    t.pass(name)
  }
})

t.test('a name of any text is printed and compared without error', async (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
    const der = derSequence(derElement(0x31, derSequence(Buffer.from('0603550403', 'hex'), derElement(0x0c, Buffer.from(text)))))
    const name = DistinguishedName.parse(der)
    assert.ok(name.rfc2253.startsWith('CN='))
    assert.equal(name.get('CN'), Buffer.from(text).toString())
    assert.ok(name.equals(DistinguishedName.parse(Buffer.from(der))))
    // unescaped separators would let a value pass for another name
    assert.doesNotMatch(name.rfc2253.slice(3), /(?<!\\)(?:\\\\)*[,+;<>]/)
  }))
  t.pass('held')
})

/** Best of several rounds, µs a call: the machine may be busy, the code may not. */
function microseconds (run: () => unknown): number {
  let best = Infinity
  for (let round = 0; round < 40; round++) {
    const start = performance.now()
    for (let i = 0; i < 250; i++) run()
    best = Math.min(best, (performance.now() - start) * 4)
  }
  return best
}

t.test('what was seen before costs next to nothing', async (t) => {
  const top = trustStoreOfPki(pki, { topOnly: true })
  const found = buildPath(seal, [pki.intermediate.certificate], top, at)
  const responses = [ocspResponseFor(pki, seal), ocspResponseFor(pki, pki.intermediate.certificate)]
  for (const [name, limit, run] of [
    ['Certificate.parse', 3, () => Certificate.parse(seal.der)],
    ['buildPath', 5, () => buildPath(seal, [pki.intermediate.certificate], top, at)],
    ['verifyOcsp of one', 20, () => verifyOcsp([responses[0] as Buffer], [seal], anchor, trust, at)],
    ['verifyOcsp of two', 20, () => verifyOcsp(responses, found.path, found.anchor, top, at)]
  ] as const) {
    const cost = microseconds(run)
    t.ok(cost < limit, `${name}: ${cost.toFixed(2)} µs, at most ${limit}`)
  }
})
