import type { ClientId } from '../identifiers/index.ts'
import { escapeAttribute, escapeText } from '../xml/index.ts'
import { IDENTIFIERS_NS, XROAD_NS } from './structure.ts'

/** Lines that are turned into bytes at once: a country's registry has a million, and one string of them would be held twice. */
const LINES_AT_ONCE = 4000

const INDENTS = Array.from({ length: 16 }, (_, depth) => '    '.repeat(depth))

/** Collects a document line by line: readable by people, the same bytes for the same values. */
export class XmlLines {
  readonly #chunks: Buffer[] = []
  #lines: string[] = []
  readonly #open: string[] = []
  readonly #depth: number

  /** @param depth of what is written: 0 for a document, more for a piece that will stand inside one. */
  constructor (depth = 0) {
    this.#depth = depth
    if (depth === 0) this.#lines.push('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>')
  }

  root (local: string): void {
    this.#line(`<xroad:${local} xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}">`)
    this.#open.push(`xroad:${local}`)
  }

  open (name: string, attribute?: { readonly name: string, readonly value: string }): void {
    this.#line(attribute === undefined ? `<${name}>` : `<${name} ${attribute.name}="${escapeAttribute(attribute.value)}">`)
    this.#open.push(name)
  }

  /** Absent values leave the element out; bytes are written as unwrapped base64. */
  leaf (name: string, value: string | number | boolean | Uint8Array | undefined): void {
    if (value === undefined) return
    const text = value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') : escapeText(String(value))
    this.#line(`<${name}>${text}</${name}>`)
  }

  client (name: string, id: ClientId): void {
    this.open(name, { name: 'id:objectType', value: id.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM' })
    this.leaf('id:xRoadInstance', id.instance)
    this.leaf('id:memberClass', id.memberClass)
    this.leaf('id:memberCode', id.memberCode)
    this.leaf('id:subsystemCode', id.subsystemCode)
    this.close()
  }

  close (): void {
    const name = this.#open.pop()!
    this.#line(`</${name}>`)
  }

  /** The root's end, where its beginning stands in another piece. */
  end (local: string): void {
    this.#lines.push(`</xroad:${local}>`)
  }

  toBuffer (): Buffer {
    const pieces = this.toPieces()
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  /** The same, one after the other; each ends with a line. */
  toPieces (): readonly Buffer[] {
    this.#flush()
    return this.#chunks
  }

  #line (text: string): void {
    this.#lines.push(INDENTS[this.#depth + this.#open.length]! + text)
    if (this.#lines.length >= LINES_AT_ONCE) this.#flush()
  }

  #flush (): void {
    if (this.#lines.length === 0) return
    this.#chunks.push(Buffer.from(this.#lines.join('\n') + '\n'))
    this.#lines = []
  }
}
