/** Short names of attribute types that `DistinguishedName.get` understands, upper-cased. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  SURNAME: '2.5.4.4',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  TITLE: '2.5.4.12',
  BUSINESSCATEGORY: '2.5.4.15',
  GIVENNAME: '2.5.4.42',
  GN: '2.5.4.42',
  DNQUALIFIER: '2.5.4.46',
  ORGANIZATIONIDENTIFIER: '2.5.4.97',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
  EMAILADDRESS: '1.2.840.113549.1.9.1'
}

/** The types that RFC 2253 §2.3 spells by keyword; Java writes all others as a dotted number with `#hex`. */
export const RFC2253_KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'], ['2.5.4.7', 'L'], ['2.5.4.8', 'ST'], ['2.5.4.10', 'O'], ['2.5.4.11', 'OU'], ['2.5.4.6', 'C'],
  ['2.5.4.9', 'STREET'], ['0.9.2342.19200300.100.1.25', 'DC'], ['0.9.2342.19200300.100.1.1', 'UID']
])

/** The type behind a short name or a dotted number. */
export function attributeTypeOf (oidOrShortName: string): string {
  return SHORT_NAMES[oidOrShortName.toUpperCase()] ?? oidOrShortName
}

/** How people write those types of certificates that RFC 2253 has no keyword for. */
const READABLE: ReadonlyMap<string, string> = new Map([
  ['2.5.4.4', 'SN'], ['2.5.4.5', 'serialNumber'], ['2.5.4.12', 'title'], ['2.5.4.15', 'businessCategory'], ['2.5.4.42', 'givenName'],
  ['2.5.4.46', 'dnQualifier'], ['2.5.4.97', 'organizationIdentifier'], ['1.2.840.113549.1.9.1', 'emailAddress']
])

export function shortNameOf (type: string): string | undefined {
  return READABLE.get(type)
}
