import t from 'tap'
import { createTestPki, issueBelow, plainSubject, trustStoreOfPki, type Issued, type Profile } from '@trembita/testnet/pki'
import { INTERMEDIATES_MAX, buildPath, type Certificate, type CertificationAuthority, type TrustStore } from '../../src/pki/index.ts'

const pki = await createTestPki()
const at = new Date()
const member = { memberClass: 'GOV', memberCode: '1' }
const fromTop = trustStoreOfPki(pki, { topOnly: true })
const fromBoth = trustStoreOfPki(pki)
const DAY = 86_400_000

/** The trust with one authority's certificate put in place of the top CA's. */
function trusting (...authorities: Pick<CertificationAuthority, 'certificate'>[]): TrustStore {
  const list = authorities.map(({ certificate }) => ({ ...fromTop.authorities[0] as CertificationAuthority, certificate }))
  return { ...fromTop, authorities: list, findCa: (issuer) => list.find(({ certificate }) => certificate.subject.equals(issuer)) }
}

t.test('a path ends at the approved CA that comes first', async (t) => {
  const seal = await pki.issueSign({ member })
  const long = buildPath(seal.certificate, seal.chain, fromTop, at)
  t.same(long.path, [seal.certificate, pki.intermediate.certificate])
  t.equal(long.anchor.certificate, pki.root.certificate)
  const short = buildPath(seal.certificate, seal.chain, fromBoth, at)
  t.same(short.path, [seal.certificate], 'the issuing CA is approved itself')
  t.equal(short.anchor.certificate, pki.intermediate.certificate)
  const direct = await pki.issueSign({ member, issuer: 'root' })
  t.same(buildPath(direct.certificate, [], fromTop, at).path, [direct.certificate])
})

t.test('order and strangers among the intermediates do not matter', async (t) => {
  const seal = await pki.issueSign({ member })
  const namesake = await createTestPki({ organization: pki.organization })
  const candidates = [namesake.intermediate.certificate, pki.tsa.certificate, namesake.root.certificate, pki.intermediate.certificate]
  t.same(buildPath(seal.certificate, candidates, fromTop, at).path, [seal.certificate, pki.intermediate.certificate])
  t.throws(() => buildPath(seal.certificate, Array(INTERMEDIATES_MAX + 1).fill(pki.tsa.certificate), fromTop, at), { name: 'Fault', kind: 'CannotCreateCertPath' })
})

t.test('TR-4.4: a certificate of nobody approved has no path', async (t) => {
  const seal = await pki.issueSign({ member })
  t.throws(() => buildPath(seal.certificate, [], fromTop, at), { name: 'Fault', kind: 'CannotCreateCertPath' }, 'intermediate missing')
  t.throws(() => buildPath(seal.certificate, seal.chain, trusting(), at), { name: 'Fault', kind: 'CannotCreateCertPath' }, 'no authority')
  const namesake = await createTestPki({ organization: pki.organization })
  t.throws(() => buildPath(seal.certificate, seal.chain, trusting(namesake.root, namesake.intermediate), at), { name: 'Fault', kind: 'CannotCreateCertPath' }, 'authority of the same name')
  t.throws(() => buildPath(pki.root.certificate, [], trusting(namesake.root), at), { name: 'Fault', kind: 'CannotCreateCertPath' })
})

t.test('a CA that changed its key stands twice under one name', async (t) => {
  const renewed = await createTestPki({ organization: pki.organization })
  const trust = trusting(renewed.intermediate, pki.intermediate)
  const seal = await pki.issueSign({ member })
  t.equal(buildPath(seal.certificate, [], trust, at).anchor.certificate, pki.intermediate.certificate)
  t.equal(buildPath((await renewed.issueSign({ member })).certificate, [], trust, at).anchor.certificate, renewed.intermediate.certificate)
})

t.test('TR-4.4: validity is asked of every certificate but the anchor\'s, at the time in question', async (t) => {
  const expired = await pki.issueSign({ member, notBefore: new Date(at.getTime() - 2 * DAY), notAfter: new Date(at.getTime() - DAY) })
  t.throws(() => buildPath(expired.certificate, expired.chain, fromTop, at), { name: 'Fault', kind: 'InvalidCertPath', message: /expired/ })
  t.throws(() => buildPath(expired.certificate, expired.chain, fromTop, new Date(at.getTime() - 3 * DAY)), { name: 'Fault', kind: 'InvalidCertPath', message: /not valid yet/ })
  const then = new Date(expired.certificate.notAfter.getTime())
  t.same(buildPath(expired.certificate, [], fromBoth, then).path, [expired.certificate], 'good at its last second')
  const late = new Date(pki.intermediate.certificate.notAfter.getTime() + DAY)
  const outliving = await pki.issueSign({ member, notAfter: new Date(late.getTime() + DAY) })
  t.throws(() => buildPath(outliving.certificate, outliving.chain, fromTop, late), { name: 'Fault', kind: 'InvalidCertPath' }, 'the intermediate has expired')
  t.same(buildPath(outliving.certificate, [], fromBoth, late).path, [outliving.certificate], 'an anchor is trusted as long as it is configured')
})

t.test('only a CA may stand between, and not deeper than it allows', async (t) => {
  /** A seal below a certificate of `profile`. */
  async function below (profile: Profile, given?: Issued): Promise<{ leaf: Certificate, above: Certificate }> {
    const above = given ?? await pki.issue(profile, plainSubject('x', `Third ${profile}`), { issuer: 'root' })
    return { leaf: await issueBelow(above, plainSubject('x', 'leaf'), at), above: above.certificate }
  }
  const ca = await below('issuing-ca')
  t.same(buildPath(ca.leaf, [ca.above], fromTop, at).path, [ca.leaf, ca.above])
  for (const profile of ['sign', 'auth', 'no-usage'] as const) {
    const { leaf, above } = await below(profile)
    t.throws(() => buildPath(leaf, [above], fromTop, at), { name: 'Fault', kind: 'InvalidCertPath', message: /no certification authority/ }, profile)
  }
  const third = await pki.issue('issuing-ca', plainSubject('x', 'Third CA'))
  const deep = await below('issuing-ca', third)
  t.throws(() => buildPath(deep.leaf, [third.certificate, pki.intermediate.certificate], fromTop, at), { name: 'Fault', kind: 'InvalidCertPath', message: /longer than/ })
  t.throws(() => buildPath(deep.leaf, [third.certificate], fromBoth, at), { name: 'Fault', kind: 'InvalidCertPath', message: /longer than/ }, 'also when the one that allows none is the anchor')
  const seal = await below('sign')
  t.throws(() => buildPath(seal.leaf, [], trusting({ certificate: seal.above }), at), { name: 'Fault', kind: 'InvalidCertPath' }, 'an anchor that may not sign certificates')
  t.throws(() => buildPath(ca.leaf, [], trusting({ certificate: seal.above }), at), { name: 'Fault', kind: 'CannotCreateCertPath' })
})
