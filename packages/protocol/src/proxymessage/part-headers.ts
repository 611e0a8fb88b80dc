import { Fault } from '../fault/index.ts'
import { lastHeader, type HeaderList } from '../message/index.ts'

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/
/** Of one part; more would only cost. */
const HEADERS_MAX = 64

/**
 * Reads the header block of a part. Folded lines are joined; of equal names the last stays, as in X-Road.
 *
 * @param block lines without the blank one, ISO-8859-1.
 * @throws {Fault} `MimeParsingFailed`
 */
export function parsePartHeaders (block: string): HeaderList {
  const headers = new Map<string, readonly [string, string]>()
  for (const line of block.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trimEnd()
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')
    if (colon < 1 || !NAME.test(name) || CONTROL.test(value)) throw new Fault('MimeParsingFailed', 'malformed header of a part')
    const key = name.toLowerCase()
    headers.delete(key)
    headers.set(key, [name, value])
    if (headers.size > HEADERS_MAX) throw new Fault('MimeParsingFailed', `a part has more than ${HEADERS_MAX} headers`)
  }
  return [...headers.values()]
}

/** The Content-Type of a part and its other headers. @throws {Fault} `InvalidContentType` when there is none. */
export function splitContentType (headers: HeaderList): { contentType: string, headers: HeaderList } {
  const contentType = lastHeader(headers, 'content-type')
  if (contentType === undefined) throw new Fault('InvalidContentType', 'a part has no content type')
  return { contentType, headers: headers.filter(([name]) => name.toLowerCase() !== 'content-type') }
}

/** Header lines of a part as X-Road writes them: content type first, its name in lower case, then the rest, then a blank line. */
export function formatPartHeaders (contentType: string, headers: HeaderList): Buffer {
  let text = `content-type: ${checked(contentType)}\r\n`
  for (const [name, value] of headers) {
    if (!NAME.test(name)) throw new Fault('InternalError', 'header of a part: name is no token')
    if (name.toLowerCase() !== 'content-type') text += `${name}: ${checked(value)}\r\n`
  }
  return Buffer.from(text + '\r\n', 'latin1')
}

/** A line end in a value would start a header or a part of its own. */
function checked (value: string): string {
  if (CONTROL.test(value)) throw new Fault('InternalError', 'header of a part: control characters')
  return value
}
