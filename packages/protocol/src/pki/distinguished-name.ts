import { DerError, DerNode, oidOf, readDer, sequenceOf, stringOf, TAG } from '../asn1/index.ts'
import { RFC2253_KEYWORDS, attributeTypeOf, shortNameOf } from './name-attributes.ts'

/** A name has some ten attributes; the limit keeps a hostile one from costing more than it must. */
const ATTRIBUTES_MAX = 128

interface Attribute {
  readonly type: string
  /** Text of a character string; undefined for a value of another type. */
  readonly text: string | undefined
  readonly raw: Buffer
  readonly tag: number
}

/**
 * An X.500 name as it stands in a certificate: subject, issuer or responder.
 *
 * @see RFC 5280 §4.1.2.4
 */
export class DistinguishedName {
  /** DER of the Name. */
  readonly raw: Buffer
  readonly #rdns: readonly (readonly Attribute[])[]
  #rfc2253: string | undefined
  #key: string | undefined

  private constructor (raw: Buffer, rdns: readonly (readonly Attribute[])[]) {
    this.raw = raw
    this.#rdns = rdns
  }

  /** @throws {DerError} for anything but a Name. */
  static of (node: DerNode): DistinguishedName {
    let count = 0
    if (node.tag !== TAG.SEQUENCE) throw new DerError('name is not a SEQUENCE')
    const rdns = node.children().map((rdn) => {
      if (rdn.tag !== TAG.SET) throw new DerError('RDN is not a SET')
      const attributes = rdn.children().map((attribute) => {
        if (++count > ATTRIBUTES_MAX) throw new DerError(`name with more than ${ATTRIBUTES_MAX} attributes`)
        const fields = sequenceOf(attribute)
        const type = oidOf(fields.take(TAG.OID))
        const value = fields.take()
        fields.end()
        return { type, text: textOf(value), raw: value.raw, tag: value.tag }
      })
      if (attributes.length === 0) throw new DerError('empty RDN')
      return attributes
    })
    return new DistinguishedName(node.raw, rdns)
  }

  /** Reads the DER of a Name. @throws {DerError} */
  static parse (der: Uint8Array): DistinguishedName {
    return DistinguishedName.of(readDer(Buffer.from(der)))
  }

  /** The first value of a type, by dotted number or short name in any case (`CN`, `serialNumber`, `businessCategory`, `2.5.4.97`). */
  get (oidOrShortName: string): string | undefined {
    const type = attributeTypeOf(oidOrShortName)
    for (const rdn of this.#rdns) for (const attribute of rdn) if (attribute.type === type) return attribute.text
    return undefined
  }

  /**
   * Text of RFC 2253 as Java's `X500Principal.getName("RFC2253")` prints it: most specific first, nine types by keyword,
   * others as `2.5.4.5=#1303313233`. This spelling stands in `ds:X509IssuerName` of X-Road signatures.
   */
  get rfc2253 (): string {
    this.#rfc2253 ??= [...this.#rdns].reverse().map((rdn) => rdn.map(formatAttribute).join('+')).join(',')
    return this.#rfc2253
  }

  /** For people: most specific first, every known type by its short name, values in characters (RFC 4514 spelling otherwise). Not for signatures. */
  get readable (): string {
    return [...this.#rdns].reverse().map((rdn) => rdn.map(readableAttribute).join(' + ')).join(', ')
  }

  /** Equal for names that are the same by RFC 5280 §7.1: case, repeated spaces and the kind of string do not count. For use as a map key. */
  get key (): string {
    this.#key ??= JSON.stringify(this.#rdns.map((rdn) => rdn.map(canonicalAttribute).sort()))
    return this.#key
  }

  equals (other: DistinguishedName): boolean {
    return this === other || this.raw.equals(other.raw) || this.key === other.key
  }

  toString (): string {
    return this.rfc2253
  }
}

function textOf (value: DerNode): string | undefined {
  try {
    return stringOf(value)
  } catch (thrown) {
    if (thrown instanceof DerError) return undefined
    throw thrown
  }
}

function canonicalAttribute (attribute: Attribute): string {
  const value = attribute.text === undefined
    ? `#${attribute.raw.toString('hex')}`
    : attribute.text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')
  return `${attribute.type}=${value}`
}

/** Types that Java counts as character strings here; the rest is written as `#hex`. */
const JAVA_STRINGS: ReadonlySet<number> = new Set<number>([
  TAG.UTF8_STRING, TAG.PRINTABLE_STRING, TAG.TELETEX_STRING, TAG.IA5_STRING, TAG.BMP_STRING, TAG.UNIVERSAL_STRING
])

function formatAttribute (attribute: Attribute): string {
  const keyword = RFC2253_KEYWORDS.get(attribute.type)
  if (keyword === undefined || attribute.text === undefined || !JAVA_STRINGS.has(attribute.tag)) {
    return `${keyword ?? attribute.type}=#${attribute.raw.toString('hex')}`
  }
  return `${keyword}=${escapeValue(attribute.text)}`
}

function readableAttribute ({ type, text, raw }: Attribute): string {
  return `${RFC2253_KEYWORDS.get(type) ?? shortNameOf(type) ?? type}=${text === undefined ? `#${raw.toString('hex')}` : escapeValue(text)}`
}

/** Java escapes `=` and an inner `#` too, which RFC 2253 does not ask for, and each space at either end. */
function escapeValue (text: string): string {
  const escaped = text.replace(/[,=+<>#;"\\]/g, '\\$&').replaceAll('\0', '\\00')
  return escaped.replace(/^[ \r]+|[ \r]+$/g, (spaces) => spaces.replace(/[ \r]/g, '\\$&'))
}
