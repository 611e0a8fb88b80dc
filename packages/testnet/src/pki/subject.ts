import type { JsonNameParams, Name } from '@peculiar/x509'

/** A subject as a list of RDNs, or one taken over from a request. */
export type Subject = JsonNameParams | Name

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

/** One attribute as an RDN of its own; `C` and `serialNumber` as PrintableString when they can be, as X.520 asks. */
export function rdn (type: string, value: string): JsonNameParams[number] {
  const printable = (type === 'C' || type === '2.5.4.5') && PRINTABLE.test(value)
  return { [type]: [printable ? { printableString: value } : { utf8String: value }] }
}

export interface SealHolder {
  /** Name of the legal person; default its code. */
  readonly name?: string | undefined
  readonly memberClass: string
  readonly memberCode: string
  readonly country?: string | undefined
}

/** Subject of a sign certificate in X-Road's Basic profile: class in businessCategory, code in serialNumber. */
export function sealSubject ({ name, memberClass, memberCode, country = 'UA' }: SealHolder): Subject {
  const text = name ?? memberCode
  return [rdn('C', country), rdn('O', text), rdn('2.5.4.15', memberClass), rdn('2.5.4.5', memberCode), rdn('CN', text)]
}

/** Subject of an auth certificate in the Basic profile. It is never parsed for identity: its hash stands in the configuration. */
export function serverSubject (owner: SealHolder, host: string): Subject {
  return [rdn('C', owner.country ?? 'UA'), rdn('O', owner.name ?? owner.memberCode), rdn('2.5.4.5', owner.memberCode), rdn('CN', host)]
}

export function plainSubject (organization: string, commonName: string): Subject {
  return [rdn('C', 'UA'), rdn('O', organization), rdn('CN', commonName)]
}
