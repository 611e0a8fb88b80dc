import { createHash } from 'node:crypto'
import { XmlC14NMode, XmlDocument, type XmlElement } from 'libxml2-wasm'
import { isObject, readOpenApiDocument } from './read-openapi.ts'

export interface DescriptionHashes {
  /** Over the whole text, without what a generator writes anew each time. SHA-256, hexadecimal. */
  readonly documentHash: string
  /** Over what binds: without addresses, texts' blanks and comments. */
  readonly canonicalHash: string
}

/** Instants and "generated" remarks: they change although nothing has changed (catalog facts §2.3). */
const INSTANT = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?/g
const VOLATILE_KEYS = /^x-(?:generated|build|timestamp)/i

function sha256 (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** @throws {DescriptionError} */
export function hashesOfOpenApi (bytes: Uint8Array): DescriptionHashes {
  const document = readOpenApiDocument(bytes)
  const { servers: _servers, ...contract } = document
  return { documentHash: sha256(canonicalJson(document)), canonicalHash: sha256(canonicalJson(contract)) }
}

/** RFC 8785 for what JSON.parse gives: keys in the order of their UTF-16 units. Texts without trailing blanks; volatile keys left out. */
function canonicalJson (value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isObject(value)) {
    return `{${Object.keys(value).filter((key) => !VOLATILE_KEYS.test(key) && value[key] !== undefined).sort().map((key) => {
      const inner = value[key]
      const text = (key === 'description' || key === 'summary') && typeof inner === 'string' ? withoutTrailingBlanks(inner.replace(INSTANT, '')).trimEnd() : inner
      return `${JSON.stringify(key)}:${canonicalJson(text)}`
    }).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** Of each line. By a pattern that asks for the end of the line, a text of blanks alone would take hours. */
function withoutTrailingBlanks (text: string): string {
  return text.replace(/[ \t]+/g, (blanks, at: number) => {
    const next = text[at + blanks.length]
    return next === undefined || '\n\r\u2028\u2029'.includes(next) ? '' : blanks
  })
}

/** Exclusive canonical XML, without comments, addresses and instants in documentation. @throws when it is no XML. */
export function hashesOfWsdl (bytes: Uint8Array): DescriptionHashes {
  const document = XmlDocument.fromBuffer(bytes)
  try {
    const texts = document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: true }).replace(INSTANT, '')
    for (const address of document.find('//*[local-name()="address"][@location]')) {
      const location = (address as XmlElement).attr('location')
      if (location !== null) location.content = ''
    }
    const contract = document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false })
      .replace(INSTANT, '').replace(/>\s+</g, '><')
    return { documentHash: sha256(texts), canonicalHash: sha256(contract) }
  } finally {
    document.dispose()
  }
}
