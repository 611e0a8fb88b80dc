import { formatServerId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import type { KeyUse } from './key-description.ts'

/** One field of a certificate request's subject, as an administrator is asked for it. */
export interface SubjectField {
  /** Name of the attribute; `subjectAltName` is no part of the subject and becomes a DNS name of the extension request. */
  readonly id: string
  readonly label: string
  readonly value: string
  /** The profile knows the value: an administrator cannot choose another. */
  readonly fixed: boolean
}

/** What the values of a subject are taken from. */
export interface ProfileFacts {
  readonly server: ServerId
  /** Owner of the gateway for an authentication certificate, holder of the seal for a sign certificate. */
  readonly member: MemberId
  /** Undefined for a member that the configuration does not have yet. */
  readonly memberName: string | undefined
}

type Profile = (facts: ProfileFacts) => readonly SubjectField[]

const LABELS: Readonly<Record<string, string>> = {
  C: 'Country Code (C)',
  CN: 'Common Name (CN)',
  O: 'Organization Name (O)',
  OU: 'Organizational Unit (OU)',
  serialNumber: 'Serial Number',
  SN: 'Serial Number (SN)',
  businessCategory: 'Business Category',
  subjectAltName: 'Subject Alternative Name (SAN)'
}
const DNS = 'Server DNS name (CN)'

const fixed = (id: string, value: string): SubjectField => ({ id, label: LABELS[id] ?? id, value, fixed: true })
const free = (id: string, value = '', label = LABELS[id] ?? id): SubjectField => ({ id, label, value, fixed: false })
/** A name is taken from the configuration when the member stands there. */
const named = (id: string, name: string | undefined): SubjectField => name === undefined ? free(id) : fixed(id, name)
const finnishSerial = ({ server, member }: ProfileFacts): string => `${server.instance}/${server.serverCode}/${member.memberClass}`

const PROFILES: Readonly<Record<string, Readonly<Record<KeyUse, Profile>>>> = {
  BasicCertificateProfileInfoProvider: {
    sign: ({ member, memberName }) => [named('CN', memberName), named('O', memberName), fixed('businessCategory', member.memberClass), free('C'), fixed('serialNumber', member.memberCode)],
    auth: ({ member, memberName }) => [free('CN', '', DNS), fixed('serialNumber', member.memberCode), free('C'), named('O', memberName)]
  },
  BasicACMECertificateProfileInfoProvider: {
    sign: ({ member, memberName }) => [
      free('C'), named('O', memberName), fixed('businessCategory', member.memberClass), fixed('serialNumber', member.memberCode), named('CN', memberName), free('subjectAltName')
    ],
    auth: ({ member, memberName }) => [free('C'), named('O', memberName), fixed('serialNumber', member.memberCode), free('CN', '', DNS), free('subjectAltName')]
  },
  EjbcaCertificateProfileInfoProvider: {
    sign: ({ member }) => [fixed('C', member.instance), fixed('O', member.memberClass), fixed('CN', member.memberCode)],
    auth: ({ server }) => [fixed('C', server.instance), fixed('CN', server.serverCode)]
  },
  FiVRKCertificateProfileInfoProvider: {
    sign: (facts) => [fixed('C', 'FI'), free('O', facts.memberName), fixed('serialNumber', finnishSerial(facts)), fixed('CN', facts.member.memberCode), free('subjectAltName')],
    auth: (facts) => [fixed('C', 'FI'), free('O', facts.memberName), fixed('serialNumber', finnishSerial(facts)), free('CN', '', DNS), free('subjectAltName')]
  },
  IsCertificateProfileInfoProvider: {
    sign: ({ member, server }) => [
      fixed('C', 'IS'), fixed('O', member.instance), fixed('OU', member.memberClass), fixed('CN', member.memberCode), fixed('serialNumber', formatServerId(server))
    ],
    auth: ({ server }) => [fixed('C', 'IS'), free('CN', '', DNS), fixed('serialNumber', formatServerId(server))]
  },
  FoCertificateProfileInfoProvider: {
    sign: ({ member, server }) => [
      fixed('C', 'FO'), fixed('O', member.instance), fixed('OU', member.memberClass), fixed('CN', member.memberCode), fixed('serialNumber', formatServerId(server))
    ],
    auth: ({ server }) => [fixed('C', 'FO'), fixed('O', server.instance), fixed('CN', formatServerId(server))]
  },
  SkKlass3CertificateProfileInfoProvider: {
    sign: ({ member, memberName }) => [fixed('SN', member.memberCode), named('CN', memberName)],
    auth: ({ member, memberName }) => [fixed('SN', member.memberCode), named('CN', memberName)]
  }
}

/**
 * The subject fields that a certification service's profile asks for, in the order in which they stand in the request.
 *
 * @param profileClass Java class name from the settings of the certification service; only what follows the last dot counts.
 * @returns undefined for a profile that makes no requests, or that is not known here.
 * @see xroad-trust §3.2
 */
export function certificateProfile (profileClass: string, use: KeyUse, facts: ProfileFacts): readonly SubjectField[] | undefined {
  const name = profileClass.slice(profileClass.lastIndexOf('.') + 1)
  return Object.hasOwn(PROFILES, name) ? PROFILES[name]![use](facts) : undefined
}
