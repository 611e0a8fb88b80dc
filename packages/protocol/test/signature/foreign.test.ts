import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { skipWithout } from '@trembita/testnet/verifiers'
import { Fault } from '../../src/fault/index.ts'
import {
  addTimestampToSignature, attachmentName, buildHashChain, MESSAGE, parseSignature, type Piece, pieceOf, SIG_CHAIN_RESULT, SIGNATURE_BYTES_MAX, verifySeal,
  type SignatureParts
} from '../../src/signature/index.ts'
import { refuses } from '../faults.ts'
import { createSealer, MEMBER } from '../sealing.ts'
import { xmlsecVerify } from '../tools.ts'
import { C14N, EXCLUSIVE, type ForeignOptions, signForeign } from './foreign.ts'

const sealer = await createSealer({ keyKind: 'rsa' })
const message = pieceOf(MESSAGE, Buffer.from('<e:Envelope/>'))
const attachment = pieceOf(attachmentName(1), Buffer.from('attachment'))
const evil = pieceOf(MESSAGE, Buffer.from('<e:Evil/>'))

function signed (options: Partial<ForeignOptions> = {}): Buffer {
  return signForeign({ key: sealer.key, privateKey: sealer.privateKey, references: [message], shape: 'peer', ...options })
}
function check (signature: Uint8Array | string, pieces: readonly Piece[] = [message], more: Partial<SignatureParts> = {}) {
  return verifySeal({ parts: { signature: Buffer.from(signature), ...more }, pieces, signer: MEMBER, trust: sealer.trust, at: sealer.now })
}
/** Applies a change that must find its place. */
function edit (signature: Buffer | string, from: string | RegExp, to: string | ((match: string) => string)): string {
  const text = signature.toString()
  const changed = text.replace(from, to as string)
  assert.notEqual(changed, text, `${from} is not in the signature`)
  return changed
}

t.test('reads a signature in the form of X-Road 7: CR LF in base64, self-closing elements, inherited namespaces', async (t) => {
  const signature = signed()
  t.match(signature.toString(), /[A-Za-z0-9+/]{76}&#13;\n[A-Za-z0-9+/=]+<\/ds:DigestValue>/)
  const info = check(signature)
  t.same(info.covered, [MESSAGE])
  t.equal(info.signingTime?.toISOString(), '2026-02-06T10:11:12.345Z')
})

t.test('xmlsec1 takes the same foreign signatures for good, so the vectors are what they claim', { skip: await skipWithout('xmlsec1', '--version') }, async (t) => {
  for (const options of [{}, { shape: 'next' }, { canonicalisation: EXCLUSIVE }, { transform: C14N }] as const) {
    const { ok, text } = await xmlsecVerify(signed(options), sealer.key.certificate.der, { [MESSAGE]: message.bytes! })
    t.ok(ok, text)
  }
})

t.test('a batch of a peer verifies through its hash chain', async (t) => {
  const pieces = [message, attachment]
  const { result, chains } = buildHashChain([pieces, [message]])
  const signature = signed({ references: [pieceOf(SIG_CHAIN_RESULT, result)] })
  const parts = { hashChainResult: result, hashChain: chains[0]! }
  t.same(check(signature, pieces, parts).covered, [MESSAGE, '/attachment1'])
  const both = signed({ references: [pieceOf(SIG_CHAIN_RESULT, result), message] })
  refuses(t, () => check(both, pieces, parts), 'MalformedSignature', 'a chain and a direct reference together')
})

t.test('direct references to each piece, exclusive canonicalisation, SigningCertificateV2, other identifiers, no wrapper: as X-Road 8 writes', async (t) => {
  const signature = signed({ shape: 'next', references: [message, attachment] })
  t.match(signature.toString(), /\?><ds:Signature xmlns:ds="[^"]*" Id="id-4f1c"><ds:SignedInfo>/)
  t.same(check(signature, [message, attachment]).covered, [MESSAGE, '/attachment1'])
  for (const canonicalisation of [C14N, EXCLUSIVE]) {
    for (const transform of [undefined, C14N, EXCLUSIVE]) {
      for (const shape of ['peer', 'next'] as const) {
        t.same(check(signed({ shape, canonicalisation, ...(transform !== undefined && { transform }) })).covered, [MESSAGE])
      }
    }
  }
  const prefixes = signed({ shape: 'next', before: (text) => text.replace('xmlns:ds=', 'xmlns:sig=').replace('xmlns:xades=', 'xmlns:x=').replaceAll('ds:', 'sig:').replaceAll('xades:', 'x:') })
  t.same(check(prefixes).covered, [MESSAGE], 'other prefixes')
})

t.test('RSA and an intermediate CA: its certificate comes along and leads to the approved one', async (t) => {
  const below = await createSealer({ keyKind: 'rsa', below: true })
  const signature = signForeign({ key: below.key, privateKey: below.privateKey, references: [message], shape: 'peer' })
  const verify = (bytes: Uint8Array | string) => verifySeal({ parts: { signature: Buffer.from(bytes) }, pieces: [message], signer: MEMBER, trust: below.trust, at: below.now })
  t.equal(verify(signature).ocsp.length, 2)
  refuses(t, () => verify(edit(signature, /<xades:CertificateValues>.*<\/xades:CertificateValues>/, '')), 'CannotCreateCertPath')
  const digest = `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><ds:DigestValue>${below.key.intermediates[0]!.sha512.toString('base64')}</ds:DigestValue>`
  const refs = (uri: string, value: string): string => `<xades:CompleteCertificateRefs><xades:CertRefs><xades:Cert URI="${uri}"><xades:CertDigest>${value}</xades:CertDigest></xades:Cert></xades:CertRefs></xades:CompleteCertificateRefs><xades:CertificateValues>`
  t.ok(verify(edit(signature, '<xades:CertificateValues>', refs('#encapsulated-cert-1', digest))))
  refuses(t, () => verify(edit(signature, '<xades:CertificateValues>', refs('#encapsulated-cert-2', digest))), 'MalformedSignature', 'reference to another')
  refuses(t, () => verify(edit(signature, '<xades:CertificateValues>', refs('#encapsulated-cert-1', digest.replace(/<ds:DigestValue>.{4}/, '<ds:DigestValue>AAAA')))), 'MalformedSignature', 'digest differs')
})

t.test('TR-4: what is signed cannot be moved, doubled or wrapped', async (t) => {
  const good = signed()
  const bad = signed({ references: [evil], sign: () => Buffer.alloc(256, 1) })
  const inner = (signature: Buffer): string => /<ds:Signature [\s\S]*<\/ds:Signature>/.exec(signature.toString())![0]
  const info = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(good.toString())![0]
  const properties = /<xades:SignedProperties[\s\S]*<\/xades:SignedProperties>/.exec(good.toString())![0]
  const attacks: Record<string, string> = {
    'a second signature after the first': edit(good, '</asic:XAdESSignatures>', `${inner(bad)}</asic:XAdESSignatures>`),
    'a second signature before the first': edit(good, /(<asic:XAdESSignatures[^>]*>)/, (tag) => tag + inner(bad)),
    'a second signature inside the object': edit(good, '<ds:Object>', `<ds:Object>${inner(bad)}`),
    'the good signature wrapped into the bad': edit(bad, '<xades:UnsignedSignatureProperties>', `<xades:UnsignedSignatureProperties><x xmlns="u">${inner(good)}</x>`),
    'a second SignedInfo': edit(good, '<ds:SignatureValue', `${info}<ds:SignatureValue`),
    'a second SignedInfo elsewhere': edit(good, '<ds:Object>', `<ds:Object>${info}`),
    'two SignedProperties side by side': edit(good, properties, properties + properties.replace('signed-properties', 'other')),
    'the same identifier twice': edit(good, '<ds:KeyInfo>', '<ds:KeyInfo Id="signed-properties">'),
    'the same identifier in another spelling of the attribute': edit(good, '<ds:KeyInfo>', '<ds:KeyInfo ID="signed-properties">'),
    'signed properties moved into an object of their own': edit(edit(good, properties, ''), '</ds:Object>', `</ds:Object><ds:Object>${properties}</ds:Object>`),
    'a second object': edit(good, '</ds:Object>', '</ds:Object><ds:Object/>'),
    'properties of another signature': edit(good, 'Target="#signature"', 'Target="#other"'),
    'a comment in a digest': edit(good, '<ds:DigestValue>', '<ds:DigestValue><!-- -->'),
    'a processing instruction': edit(good, '<ds:KeyInfo>', '<?x y?><ds:KeyInfo>'),
    CDATA: edit(good, '<ds:KeyInfo>', '<ds:KeyInfo><![CDATA[]]>'),
    'a document type': edit(good, '?>', '?><!DOCTYPE a>'),
    'another encoding': edit(good, 'encoding="UTF-8"', 'encoding="ISO-8859-1"'),
    'an attribute that is inherited': edit(good, '<asic:XAdESSignatures', '<asic:XAdESSignatures xml:lang="uk"'),
    'another root': edit(edit(good, '<asic:XAdESSignatures', '<asic:Other'), '</asic:XAdESSignatures', '</asic:Other'),
    'a wrapper in another namespace': edit(good, 'http://uri.etsi.org/02918/v1.2.1#', 'http://uri.etsi.org/2918/v1.2.1#'),
    'no key': edit(good, /<ds:KeyInfo>[\s\S]*<\/ds:KeyInfo>/, '')
  }
  for (const [name, text] of Object.entries(attacks)) {
    refuses(t, () => check(text, [message]), 'MalformedSignature', name)
    assert.throws(() => check(text, [evil]), Fault)
  }
  refuses(t, () => check(bad, [evil]), 'InvalidSignatureValue')
})

t.test('what a signer may not ask for is refused even when well signed', async (t) => {
  const before = (from: string | RegExp, to: string) => () => check(signed({
    before (text) {
      const changed = text.replace(from, to)
      assert.notEqual(changed, text)
      return changed
    }
  }))
  const code = 'MalformedSignature'
  refuses(t, before('URI="/message.xml">', 'URI="/message.xml"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>'), code, 'a transform of a piece')
  refuses(t, before('URI="/message.xml">', 'URI="/message.xml" Type="http://www.w3.org/2000/09/xmldsig#Manifest">'), code, 'a manifest')
  refuses(t, before('URI="/message.xml"', 'URI=""'), code, 'the whole document')
  refuses(t, before('URI="/message.xml"', 'URI="http://127.0.0.1/message.xml"'), code, 'something in the network')
  refuses(t, before('URI="/message.xml"', 'URI="file:///etc/passwd"'), code, 'a file')
  refuses(t, before('URI="#signed-properties"', 'URI="#xpointer(/)"'), code, 'an XPointer')
  refuses(t, before('Type="http://uri.etsi.org/01903#SignedProperties" ', ''), code, 'signed properties without their type')
  refuses(t, before(/sha512"\/>\n<ds:DigestValue>(?!PROP)/, 'sha1"/>\n<ds:DigestValue>'), code, 'a digest method that is unknown')
  refuses(t, before(/rsa-sha512/, 'rsa-sha1'), code, 'SHA-1')
  refuses(t, before(C14N, `${C14N}#WithComments`), code, 'canonicalisation with comments')
  refuses(t, before(/<xades:SigningCertificate>.*<\/xades:SigningCertificate>/s, ''), code, 'no signing certificate named')
  refuses(t, before('URI="/message.xml"', 'URI="/other.xml"'), 'InvalidReference', 'a piece that is not there')
  t.doesNotThrow(before('</xades:SigningTime>', '</xades:SigningTime><xades:Other/>'), 'more properties do no harm')
})

t.test('stricter than peers: direct references must reach all pieces, once each', async (t) => {
  refuses(t, () => check(signed({ shape: 'next' }), [message, attachment]), 'InvalidSignatureValue', 'an uncovered attachment')
  refuses(t, () => check(signed({ shape: 'next', references: [message, attachment] }), [message]), 'InvalidReference', 'a missing attachment')
  refuses(t, () => check(signed({ shape: 'next', references: [message, message] })), 'MalformedSignature', 'a piece twice')
  refuses(t, () => check(signed({ shape: 'next', references: [message, pieceOf('/attachment1', Buffer.from('x'))] }), [message, attachment]), 'InvalidSignatureValue', 'another attachment')
})

t.test('a changed digest, property or value is refused', async (t) => {
  const good = signed()
  refuses(t, () => check(edit(good, '2026-02-06T10', '2026-02-06T11')), 'InvalidSignatureValue', 'signing time')
  refuses(t, () => check(edit(good, /(<ds:SignatureValue[^>]*>\n).{4}/, (m) => `${m.slice(0, -4)}AAAA`)), 'InvalidSignatureValue', 'value')
  refuses(t, () => check(edit(good, '<ds:SignedInfo>\n', '<ds:SignedInfo>')), 'InvalidSignatureValue', 'white space in SignedInfo')
  refuses(t, () => check(edit(good, '&#13;\n', '\n')), 'InvalidSignatureValue', 'a carriage return')
  refuses(t, () => check(edit(good, 'Їжак', 'їжак')), 'InvalidSignatureValue', 'issuer')
  refuses(t, () => check(edit(good, 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', '')), 'InvalidSignatureValue', 'an inherited namespace')
})

t.test('a time stamp finds its place in a foreign signature and leaves it good', async (t) => {
  for (const shape of ['peer', 'next'] as const) {
    const stamped = addTimestampToSignature(signed({ shape }), Buffer.from('token'))
    t.same(parseSignature(stamped).timestamps, [Buffer.from('token')])
    t.same(check(stamped).covered, [MESSAGE])
  }
})

t.test('bytes that are no signature give a fault', async (t) => {
  for (const bytes of ['', '<a/>', '<', 'x', '<ds:Signature/>', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>', Buffer.from([0xff, 0xfe]), Buffer.alloc(SIGNATURE_BYTES_MAX + 1, 0x20), '<a>'.repeat(1000)]) {
    refuses(t, () => check(bytes), 'MalformedSignature')
  }
  const good = signed().toString()
  fc.assert(fc.property(fc.nat(good.length), fc.nat(200), fc.string({ maxLength: 8 }), (at, length, insert) => {
    try {
      check(good.slice(0, at) + insert + good.slice(at + length))
    } catch (thrown) {
      assert.ok(thrown instanceof Fault, String(thrown))
    }
  }), { numRuns: 300 })
})
