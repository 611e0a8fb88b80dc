import { Fault } from '../fault/index.ts'
import { asBuffer, type HeaderList } from '../message/index.ts'
import { parsePartHeaders } from './part-headers.ts'

/** What the parser found. `data` points into the chunk just pushed: use it before the next push. */
export type MultipartEvent =
  | { readonly kind: 'part', readonly headers: HeaderList }
  | { readonly kind: 'data', readonly bytes: Buffer }
  | { readonly kind: 'part-end' }
  | { readonly kind: 'end' }

const PART_END: MultipartEvent = { kind: 'part-end' }
const END: MultipartEvent = { kind: 'end' }

/** Before the first and behind the last boundary a MIME text may say something; nothing we read has a use for more. */
const MARGIN_BYTES_MAX = 64 * 1024
/** Blanks between a boundary and its line end (RFC 2046 §5.1.1). */
const PADDING_MAX = 64

const PREAMBLE = 0
const DELIMITER = 1
const HEADERS = 2
const BODY_START = 3
const BODY = 4
const EPILOGUE = 5

const CR = 0x0d
const LF = 0x0a
const DASH = 0x2d
const CRLF = Buffer.from('\r\n')
const CRLFCRLF = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)

/**
 * Push parser of `multipart/*`, pure and streaming. Holds at most a header block and the length of a delimiter, whatever the
 * size of the parts; looks for the delimiter with `indexOf`, so bodies pass at the speed of memory. The CRLF before a
 * boundary belongs to the boundary. Lines end in CRLF only; a boundary that goes on with other characters is data.
 *
 * Usage: `push` each chunk and handle its events, then `end()`.
 *
 * @throws {Fault} `MimeParsingFailed` from `push` or `end`: no boundary, truncated, header block too long or malformed.
 * @see RFC 2046 §5.1
 */
export class MultipartParser {
  /** CRLF, two dashes, boundary. */
  readonly #delimiter: Buffer
  readonly #headerBytesMax: number
  #state = PREAMBLE
  /** What could not be judged yet; always short. The first boundary may stand without a CRLF before it. */
  #held: Buffer = CRLF
  #margin = 0
  #waiting = false
  #isFirst = true
  #atBodyStart = false

  constructor (boundary: string, partHeaderBytesMax = 16 * 1024) {
    this.#delimiter = Buffer.from('\r\n--' + boundary, 'latin1')
    this.#headerBytesMax = partHeaderBytesMax
  }

  /** Whether the closing boundary has been read. */
  get ended (): boolean {
    return this.#state === EPILOGUE
  }

  push (chunk: Uint8Array): MultipartEvent[] {
    const events: MultipartEvent[] = []
    let bytes = asBuffer(chunk)
    let at = 0
    if (this.#held.length > 0 && this.#state === BODY) {
      at = this.#joinHeld(bytes, events)
    } else if (this.#held.length > 0) {
      bytes = Buffer.concat([this.#held, bytes])
      this.#held = NOTHING
    }
    while (at < bytes.length) {
      const from = at
      if (this.#state === BODY) at = this.#body(bytes, at, events)
      else if (this.#state === BODY_START) at = this.#bodyStart(bytes, at)
      else if (this.#state === HEADERS) at = this.#headers(bytes, at, events)
      else if (this.#state === DELIMITER) at = this.#afterDelimiter(bytes, at, events)
      else if (this.#state === PREAMBLE) at = this.#preamble(bytes, at)
      else at = this.#epilogue(bytes, at)
      // No step without progress or a change of state can be repeated: what is left waits for more.
      if (at === from && this.#waiting) {
        this.#waiting = false
        // A copy: the chunk may be reused by its owner.
        this.#held = Buffer.from(bytes.subarray(at))
        break
      }
    }
    return events
  }

  /** @throws {Fault} `MimeParsingFailed` when the closing boundary has not come. */
  end (): void {
    if (this.#state !== EPILOGUE) {
      throw new Fault('MimeParsingFailed', this.#state === PREAMBLE ? 'multipart without its boundary' : 'multipart ends before its closing boundary')
    }
  }

  /**
   * In a body what is held is a beginning of the delimiter, which holds one CR only: so it goes on at the start of the chunk, or all
   * of it is data. No copy of the chunk either way.
   */
  #joinHeld (bytes: Buffer, events: MultipartEvent[]): number {
    const held = this.#held
    const missing = this.#delimiter.length - held.length
    const length = Math.min(missing, bytes.length)
    if (bytes.compare(this.#delimiter, held.length, held.length + length, 0, length) !== 0) {
      this.#held = NOTHING
      events.push({ kind: 'data', bytes: held })
      return 0
    }
    if (length < missing) {
      this.#held = Buffer.concat([held, bytes])
    } else {
      this.#held = NOTHING
      this.#state = DELIMITER
    }
    return length
  }

  #wait (at: number): number {
    this.#waiting = true
    return at
  }

  #preamble (bytes: Buffer, at: number): number {
    const found = bytes.indexOf(this.#delimiter, at)
    if (found >= 0) {
      this.#countMargin(found - at)
      this.#margin = 0
      this.#state = DELIMITER
      return found + this.#delimiter.length
    }
    const keep = this.#partialAt(bytes, at)
    this.#countMargin(keep - at)
    return keep === at ? this.#wait(at) : keep
  }

  /** Behind a delimiter: `--` closes, blanks and CRLF open a part, anything else makes it data. */
  #afterDelimiter (bytes: Buffer, at: number, events: MultipartEvent[]): number {
    const available = bytes.length - at
    if (bytes[at] === DASH) {
      if (available < 2) return this.#wait(at)
      if (bytes[at + 1] === DASH) {
        if (!this.#isFirst) events.push(PART_END)
        events.push(END)
        this.#state = EPILOGUE
        return at + 2
      }
      return this.#notADelimiter(at, events)
    }
    let end = at
    while (end < bytes.length && end - at < PADDING_MAX && (bytes[end] === 0x20 || bytes[end] === 0x09)) end++
    if (end === bytes.length || (bytes[end] === CR && end + 1 === bytes.length)) {
      return end - at >= PADDING_MAX ? this.#notADelimiter(at, events) : this.#wait(at)
    }
    if (bytes[end] !== CR || bytes[end + 1] !== LF) return this.#notADelimiter(at, events)
    if (!this.#isFirst) events.push(PART_END)
    this.#isFirst = false
    this.#atBodyStart = false
    this.#state = HEADERS
    // The CRLF stays: with it an empty header block ends like any other.
    return end
  }

  #notADelimiter (at: number, events: MultipartEvent[]): number {
    if (this.#isFirst) {
      this.#countMargin(this.#delimiter.length)
      this.#state = PREAMBLE
    } else {
      // Right behind the headers the first CRLF is that of the blank line.
      events.push({ kind: 'data', bytes: this.#atBodyStart ? this.#delimiter.subarray(CRLF.length) : this.#delimiter })
      this.#atBodyStart = false
      this.#state = BODY
    }
    return at
  }

  /** `at` stands on the CRLF that ends the boundary line. */
  #headers (bytes: Buffer, at: number, events: MultipartEvent[]): number {
    const found = bytes.indexOf(CRLFCRLF, at)
    if (found < 0 ? bytes.length - at > this.#headerBytesMax : found - at > this.#headerBytesMax) {
      throw new Fault('MimeParsingFailed', `headers of a part exceed ${this.#headerBytesMax} bytes`)
    }
    if (found < 0) return this.#wait(at)
    events.push({ kind: 'part', headers: found === at ? [] : parsePartHeaders(bytes.toString('latin1', at + 2, found)) })
    this.#state = BODY_START
    return found + CRLF.length
  }

  /** `at` stands on the blank line. A part may have no body at all: then that CRLF is already the one of the boundary. */
  #bodyStart (bytes: Buffer, at: number): number {
    const length = Math.min(this.#delimiter.length, bytes.length - at)
    if (bytes.compare(this.#delimiter, 0, length, at, at + length) !== 0) {
      this.#state = BODY
      return at + CRLF.length
    }
    if (length < this.#delimiter.length) return this.#wait(at)
    this.#state = DELIMITER
    this.#atBodyStart = true
    return at + length
  }

  #body (bytes: Buffer, at: number, events: MultipartEvent[]): number {
    const found = bytes.indexOf(this.#delimiter, at)
    if (found >= 0) {
      if (found > at) events.push({ kind: 'data', bytes: bytes.subarray(at, found) })
      this.#state = DELIMITER
      return found + this.#delimiter.length
    }
    const keep = this.#partialAt(bytes, at)
    if (keep > at) events.push({ kind: 'data', bytes: bytes.subarray(at, keep) })
    return keep === at ? this.#wait(at) : keep
  }

  /** Where a beginning of the delimiter stands at the end of the bytes; their length when none does. */
  #partialAt (bytes: Buffer, at: number): number {
    let start = Math.max(at, bytes.length - this.#delimiter.length + 1)
    for (;;) {
      start = bytes.indexOf(CR, start)
      if (start < 0) return bytes.length
      if (bytes.compare(this.#delimiter, 0, bytes.length - start, start, bytes.length) === 0) return start
      start++
    }
  }

  #epilogue (bytes: Buffer, at: number): number {
    this.#countMargin(bytes.length - at)
    return bytes.length
  }

  #countMargin (bytes: number): void {
    this.#margin += bytes
    if (this.#margin > MARGIN_BYTES_MAX) throw new Fault('MimeParsingFailed', 'multipart has too much text outside its parts')
  }
}
