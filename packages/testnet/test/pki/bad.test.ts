import t from 'tap'
import { Fault, type FaultKind } from '@trembita/protocol/fault'
import { buildPath, memberOfSignCertificate, usageOf, verifyOcsp, verifyTimestamp } from '@trembita/protocol/pki'
import { BASIC_PROFILE, createTestPki, makeBadSet, ocspResponseFor, timestampFor, trustStoreOfPki, type BadCertificate } from '../../src/pki/index.ts'
import { openssl, scratch, skipWithout } from '../../src/verifiers/index.ts'

const member = { memberClass: 'GOV', memberCode: '00000001' }
const pki = await createTestPki()
const set = await makeBadSet(pki, member)
const trust = trustStoreOfPki(pki, { topOnly: true })
const at = new Date()
const skip = await skipWithout('openssl')

function refusal (check: () => unknown): FaultKind | 'accepted' {
  try {
    check()
    return 'accepted'
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.kind
    throw thrown
  }
}

/** The checks of a certificate in their order, each with what it needs of the ones before. */
function checksOf ({ issued }: Pick<BadCertificate, 'issued'>): Record<BadCertificate['check'], () => unknown> {
  const { certificate } = issued
  return {
    usage () {
      if (usageOf(certificate) !== 'sign') throw new Fault('IncorrectCertificate', 'not a seal')
    },
    member: () => memberOfSignCertificate(certificate, BASIC_PROFILE, 'TEST'),
    path: () => buildPath(certificate, issued.chain, trust, at),
    ocsp () {
      const { path, anchor } = buildPath(certificate, issued.chain, trust, at)
      return verifyOcsp(path.map((each) => ocspResponseFor(pki, each)), path, anchor, trust, at)
    }
  }
}

t.test('TR-4.4: a good seal passes every check, and each bad certificate fails the one that is meant for it', async (t) => {
  for (const [name, check] of Object.entries(checksOf({ issued: set.seal }))) t.equal(refusal(check), 'accepted', name)
  for (const bad of set.certificates) t.equal(refusal(checksOf(bad)[bad.check]), bad.kind, `${bad.name}: ${bad.why}`)
  t.equal(new Set(set.certificates.map(({ name }) => name)).size, set.certificates.length, 'names are unique')
})

t.test('each bad OCSP response is refused with its kind', async (t) => {
  const { path, anchor } = buildPath(set.seal.certificate, set.seal.chain, trust, at)
  const above = ocspResponseFor(pki, pki.intermediate.certificate)
  t.equal(refusal(() => verifyOcsp([ocspResponseFor(pki, set.seal.certificate), above], path, anchor, trust, at)), 'accepted')
  t.equal(refusal(() => verifyOcsp([above], path, anchor, trust, at)), 'CertValidation', 'missing')
  for (const { name, why, kind, der } of set.ocspResponses) {
    t.equal(refusal(() => verifyOcsp([der, above], path, anchor, trust, at)), kind, `${name}: ${why}`)
  }
})

t.test('each bad timestamp is refused', async (t) => {
  const trusted = [pki.tsa.certificate]
  t.equal(refusal(() => verifyTimestamp(timestampFor(pki, set.stamped), set.stamped, trusted)), 'accepted')
  for (const { name, why, kind, der } of set.timestamps) {
    t.equal(refusal(() => verifyTimestamp(der, set.stamped, trusted)), kind, `${name}: ${why}`)
  }
})

t.test('openssl refuses the bad too', { skip }, async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  const root = files.write('root.pem', pki.root.certificate.pem)
  const intermediate = files.write('intermediate.pem', pki.intermediate.certificate.pem)
  for (const { name, check, issued } of set.certificates) {
    const chain = files.write('chain.pem', issued.chain.map(({ pem }) => pem).join('') || pki.intermediate.certificate.pem)
    const { ok, text } = await openssl('verify', '-CAfile', root, '-untrusted', chain, files.write('leaf.pem', issued.certificate.pem))
    if (check === 'path') t.notOk(ok, `${name}: ${text}`)
    // usage and member are X-Road's rules: to openssl these certificates are whole
    else t.ok(ok, `${name}: ${text}`)
  }
  const leaf = files.write('seal.pem', set.seal.certificate.pem)
  for (const { name, kind, der } of set.ocspResponses) {
    // openssl verifies delegated responders at its own clock, and looks a CertID up by any hash
    const args = ['-issuer', intermediate, '-cert', leaf, '-CAfile', root, '-verify_other', intermediate, '-status_age', '3600', '-respin', files.write('ocsp.der', der)]
    const { ok, text } = await openssl('ocsp', ...args)
    const good = ok && /Response verify OK/.test(text) && /: good/.test(text) && !/invalid|No Status/i.test(text)
    if (name !== 'sha256-certid') t.notOk(good, `${name} ${kind} ${text}`)
  }
  const data = files.write('data', set.stamped)
  for (const { name, der } of set.timestamps) {
    // openssl asks whether the certificate is valid now, not at the time of the stamp
    if (name === 'before-its-time') continue
    const { text } = await openssl('ts', '-verify', '-data', data, '-token_in', '-in', files.write('token.tst', der), '-CAfile', root, '-untrusted', files.write('tsa.pem', pki.tsa.certificate.pem + pki.intermediate.certificate.pem))
    t.notMatch(text, /Verification: OK/, `${name} ${text}`)
  }
})
