import { Fault } from '../fault/index.ts'
import type { MemberId } from '../identifiers/index.ts'
import type { Certificate } from './certificate.ts'
import type { DistinguishedName } from './distinguished-name.ts'

type Profile = (subject: DistinguishedName, instance: string) => MemberId

/** How each certificate profile of X-Road spells the member in the subject; by class name without its package. */
const PROFILES: Readonly<Record<string, Profile>> = {
  BasicCertificateProfileInfoProvider: basic,
  BasicACMECertificateProfileInfoProvider: basic,
  EjbcaCertificateProfileInfoProvider: ejbca,
  FiVRKCertificateProfileInfoProvider: finnish,
  IsCertificateProfileInfoProvider: (subject) => nordic(subject, 'IS'),
  FoCertificateProfileInfoProvider: (subject) => nordic(subject, 'FO'),
  SkKlass3CertificateProfileInfoProvider: skKlass3,
  SkEsteIdCertificateProfileInfoProvider: (subject, instance) =>
    ({ instance, memberClass: 'PERSON', memberCode: part(subject, 'serialNumber') })
}

/**
 * The member whose seal a sign certificate is.
 *
 * @param profileClass Java class name from the approved CA's settings; only what follows the last dot counts.
 * @param instance the instance in which the certificate is looked at; some profiles carry one of their own in the subject.
 * @throws {Fault} `IncorrectCertificate` when the subject lacks what the profile needs, or we do not know the profile.
 */
export function memberOfSignCertificate (certificate: Certificate, profileClass: string, instance: string): MemberId {
  const name = profileClass.slice(profileClass.lastIndexOf('.') + 1)
  const profile = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined
  if (profile === undefined) throw new Fault('IncorrectCertificate', 'certificate profile of the certification authority is not known')
  return profile(certificate.subject, instance)
}

/** Names of the profiles that {@link memberOfSignCertificate} knows. */
export const CERTIFICATE_PROFILES: readonly string[] = Object.keys(PROFILES)

function part (subject: DistinguishedName, type: string): string {
  const value = subject.get(type)
  if (value === undefined || value === '') throw new Fault('IncorrectCertificate', `certificate subject has no ${type}`)
  return value
}

function mustBe (subject: DistinguishedName, type: string, expected: string): void {
  if (part(subject, type) !== expected) throw new Fault('IncorrectCertificate', `certificate subject ${type} is not ${expected}`)
}

function basic (subject: DistinguishedName, instance: string): MemberId {
  return { instance, memberClass: part(subject, 'businessCategory'), memberCode: part(subject, 'serialNumber') }
}

function ejbca (subject: DistinguishedName): MemberId {
  return { instance: part(subject, 'C'), memberClass: part(subject, 'O'), memberCode: part(subject, 'CN') }
}

function finnish (subject: DistinguishedName): MemberId {
  const serialNumber = subject.get('serialNumber')
  if (serialNumber === undefined) {
    if (subject.get('OU') === undefined) return ejbca(subject)
    mustBe(subject, 'C', 'FI')
    return { instance: part(subject, 'O'), memberClass: part(subject, 'OU'), memberCode: part(subject, 'CN') }
  }
  mustBe(subject, 'C', 'FI')
  part(subject, 'O')
  const [instance, server, memberClass, ...rest] = serialNumber.split('/')
  if (!instance || !server || !memberClass || rest.length > 0) throw new Fault('IncorrectCertificate', 'certificate subject serialNumber is not three parts')
  return { instance, memberClass, memberCode: part(subject, 'CN') }
}

function nordic (subject: DistinguishedName, country: 'IS' | 'FO'): MemberId {
  // only the Icelandic profile falls back, for certificates issued before it
  if (country === 'IS' && subject.get('serialNumber') === undefined && subject.get('OU') === undefined) return ejbca(subject)
  mustBe(subject, 'C', country)
  part(subject, 'serialNumber')
  return { instance: part(subject, 'O'), memberClass: part(subject, 'OU'), memberCode: part(subject, 'CN') }
}

const KLASS3_PREFIXES: Readonly<Record<string, string>> = { 'NTREE-': 'COM', 'GO:EE-': 'GOV', 'NP:EE-': 'NGO' }

function skKlass3 (subject: DistinguishedName, instance: string): MemberId {
  const organization = subject.get('organizationIdentifier')
  if (organization !== undefined) {
    const memberClass = KLASS3_PREFIXES[organization.slice(0, 6)]
    if (organization.length < 7) throw new Fault('IncorrectCertificate', 'certificate subject organizationIdentifier is too short')
    return memberClass === undefined
      ? { instance, memberClass: 'NEE', memberCode: organization }
      : { instance, memberClass, memberCode: organization.slice(6) }
  }
  const serialNumber = part(subject, 'serialNumber')
  const digit = /^([1-9])\d{7}$/.exec(serialNumber)?.[1]
  if (digit === undefined) throw new Fault('IncorrectCertificate', 'certificate subject serialNumber is not a registry code')
  return { instance, memberClass: digit <= '6' ? 'COM' : digit === '7' ? 'GOV' : 'NGO', memberCode: serialNumber }
}
