import { isUtf8 } from 'node:buffer'
import { Fault } from '../fault/index.ts'

/** JSON of another party, UTF-8, a byte order mark allowed. @throws {Fault} `InvalidMessage` */
export function parseJson (bytes: Uint8Array, bytesMax: number): unknown {
  if (bytes.byteLength > bytesMax) throw new Fault('InvalidMessage', `document exceeds ${bytesMax} bytes`)
  if (!isUtf8(bytes)) throw new Fault('InvalidMessage', 'document is not UTF-8')
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new Fault('InvalidMessage', 'document is no JSON', { cause })
  }
}

export function objectOf (value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Fault('InvalidMessage', `${where}: expected an object`)
  return value as Record<string, unknown>
}

export function arrayOf (value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault('InvalidMessage', `${where}: expected a list`)
  return value
}

export function stringOf (value: unknown, where: string): string {
  if (typeof value !== 'string') throw new Fault('InvalidMessage', `${where}: expected text`)
  return value
}
