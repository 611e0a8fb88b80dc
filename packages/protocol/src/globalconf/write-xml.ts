import type { ClientId } from '../identifiers/index.ts'
import { escapeAttribute, escapeText } from '../xml/index.ts'
import { IDENTIFIERS_NS, XROAD_NS } from './structure.ts'

/** Collects a document line by line: readable by people, the same bytes for the same values. */
export class XmlLines {
  readonly #lines: string[] = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>']
  readonly #open: string[] = []

  root (local: string): void {
    this.#lines.push(`<xroad:${local} xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}">`)
    this.#open.push(`xroad:${local}`)
  }

  open (name: string, attributes: Readonly<Record<string, string>> = {}): void {
    const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')
    this.#lines.push(`${this.#indent()}<${name}${written}>`)
    this.#open.push(name)
  }

  /** Absent values leave the element out; bytes are written as unwrapped base64. */
  leaf (name: string, value: string | number | boolean | Uint8Array | undefined): void {
    if (value === undefined) return
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : escapeText(String(value))
    this.#lines.push(`${this.#indent()}<${name}>${text}</${name}>`)
  }

  client (name: string, id: ClientId): void {
    this.open(name, { 'id:objectType': id.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM' })
    this.leaf('id:xRoadInstance', id.instance)
    this.leaf('id:memberClass', id.memberClass)
    this.leaf('id:memberCode', id.memberCode)
    this.leaf('id:subsystemCode', id.subsystemCode)
    this.close()
  }

  close (): void {
    const name = this.#open.pop()
    this.#lines.push(`${this.#indent()}</${name}>`)
  }

  toBuffer (): Buffer {
    return Buffer.from(this.#lines.join('\n') + '\n')
  }

  #indent (): string {
    return '    '.repeat(this.#open.length)
  }
}
