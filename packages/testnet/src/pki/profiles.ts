import 'reflect-metadata'
import {
  AuthorityInfoAccessExtension, BasicConstraintsExtension, ExtendedKeyUsageExtension, Extension, KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension
} from '@peculiar/x509'
import { isIP } from 'node:net'
import { OID } from '@trembita/protocol/pki'

/** What a certificate is for. `sign` and `auth` are as X-Road's own test CA makes them. */
export type Profile = 'ca' | 'issuing-ca' | 'ocsp' | 'tsa' | 'sign' | 'auth' | 'tls' | 'tls-client' | 'sign-and-auth' | 'no-usage'

const { digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign } = KeyUsageFlags
/** id-pkix-ocsp-nocheck: nobody need ask about the responder's own certificate (RFC 6960 §4.2.2.2.1). */
const NO_CHECK = new Extension('1.3.6.1.5.5.7.48.1.5', false, Uint8Array.of(5, 0))

/**
 * Extensions of a profile, without the key identifiers. keyUsage is critical; a sign certificate has nonRepudiation
 * alone, since one that serves for both is refused by X-Road.
 */
export function extensionsOf (profile: Profile, options: { ocspUrl?: string | undefined, names?: readonly string[] | undefined }): Extension[] {
  const access = options.ocspUrl === undefined ? [] : [new AuthorityInfoAccessExtension({ ocsp: options.ocspUrl })]
  const names = options.names === undefined || options.names.length === 0
    ? []
    : [new SubjectAlternativeNameExtension(options.names.map((value) => isIP(value) !== 0 ? { type: 'ip' as const, value } : { type: 'dns' as const, value }))]
  const leaf = new BasicConstraintsExtension(false, undefined, true)
  switch (profile) {
    case 'ca':
      return [new BasicConstraintsExtension(true, undefined, true), usage(digitalSignature | keyCertSign | cRLSign)]
    case 'issuing-ca':
      return [new BasicConstraintsExtension(true, 0, true), usage(digitalSignature | keyCertSign | cRLSign), ...access]
    case 'ocsp':
      return [leaf, usage(digitalSignature), new ExtendedKeyUsageExtension([OID.ocspSigning], true), NO_CHECK]
    case 'tsa':
      return [leaf, usage(nonRepudiation), new ExtendedKeyUsageExtension([OID.timeStamping], true), ...access]
    case 'sign':
      return [leaf, usage(nonRepudiation), ...access]
    case 'auth':
      return [
        leaf, usage(digitalSignature | keyEncipherment | dataEncipherment | keyAgreement),
        new ExtendedKeyUsageExtension([OID.clientAuth, OID.serverAuth]), ...names, ...access
      ]
    case 'tls':
      return [leaf, usage(digitalSignature | keyEncipherment), new ExtendedKeyUsageExtension([OID.serverAuth, OID.clientAuth]), ...names]
    case 'tls-client':
      return [leaf, usage(digitalSignature), new ExtendedKeyUsageExtension([OID.clientAuth])]
    case 'sign-and-auth':
      return [leaf, usage(nonRepudiation | digitalSignature), ...access]
    case 'no-usage':
      return [leaf, ...access]
  }
}

function usage (flags: number): KeyUsagesExtension {
  return new KeyUsagesExtension(flags, true)
}
