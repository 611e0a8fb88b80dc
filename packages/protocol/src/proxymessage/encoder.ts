import { randomUUID } from 'node:crypto'
import type { HeaderList } from '../message/index.ts'
import { formatPartHeaders } from './part-headers.ts'
import { PART_TYPES } from './part-types.ts'

const NO_HEADERS: HeaderList = []
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `prefix` and 30 random letters, a letter for each hex digit of Node's pooled random UUIDs; 15 of 16 values are free: over 100 bits. */
function randomBoundary (prefix: string): string {
  let letters = prefix
  const digits = randomUUID() + randomUUID()
  for (let i = 0; letters.length < prefix.length + 30; i++) {
    const code = digits.charCodeAt(i)
    if (code !== 0x2d) letters += LETTERS[code < 0x3a ? code - 0x30 : code - 0x61 + 10 + 16]
  }
  return letters
}

const CRLF = Buffer.from('\r\n')

export interface ProxyMessageBoundaries {
  readonly top: string
  readonly attachments: string
}

/**
 * Writes the multipart that travels between gateways. Each call returns the bytes to write next, in the order of the parts;
 * bodies are streamed by the caller between two calls, as they are. Keeps no bytes.
 *
 * @see xroad-messages §2.5
 */
export class ProxyMessageEncoder {
  readonly boundary: string
  readonly contentType: string
  readonly #attachmentBoundary: string
  readonly #delimiter: Buffer
  #started = false
  #attachmentsOpen = false

  /** @param boundaries for tests; random as a rule. */
  constructor (boundaries: ProxyMessageBoundaries = { top: randomBoundary('xtop'), attachments: randomBoundary('xatt') }) {
    this.boundary = boundaries.top
    this.#attachmentBoundary = boundaries.attachments
    this.contentType = `multipart/mixed; charset=UTF-8; boundary=${boundaries.top}`
    this.#delimiter = Buffer.from(`\r\n--${boundaries.top}\r\n`, 'latin1')
  }

  /** DER of one OCSP response of the sender's authentication chain, leaf first. */
  ocsp (der: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.ocsp, der)
  }

  /** The envelope, with the content type and the other headers its part (or request) had. */
  soap (contentType: string, headers: HeaderList, bytes: Uint8Array): Buffer {
    return Buffer.concat([this.#start(contentType, headers), bytes])
  }

  restRequest (bytes: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.restRequest, bytes)
  }

  restResponse (bytes: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.restResponse, bytes)
  }

  /** The raw body follows, in as many writes as wanted. */
  restBodyStart (): Buffer {
    return this.#start(PART_TYPES.restBody, NO_HEADERS)
  }

  attachmentsStart (): Buffer {
    this.#attachmentsOpen = false
    return this.#start(`multipart/mixed; charset=UTF-8; boundary=${this.#attachmentBoundary}`, NO_HEADERS)
  }

  /** The raw attachment follows, still transfer-encoded as it was. */
  attachmentStart (contentType: string, headers: HeaderList): Buffer {
    const line = Buffer.from(`${this.#attachmentsOpen ? '\r\n' : ''}--${this.#attachmentBoundary}\r\n`, 'latin1')
    this.#attachmentsOpen = true
    return Buffer.concat([line, formatPartHeaders(contentType, headers)])
  }

  attachmentsEnd (): Buffer {
    return Buffer.from(`${this.#attachmentsOpen ? '\r\n' : ''}--${this.#attachmentBoundary}--\r\n`, 'latin1')
  }

  hashChainResult (bytes: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.hashChainResult, bytes)
  }

  hashChain (bytes: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.hashChain, bytes)
  }

  signature (bytes: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.signature, bytes)
  }

  /** A SOAP fault in place of what would have followed; only `end` may come after it. */
  fault (xml: Uint8Array): Buffer {
    return this.#whole(PART_TYPES.fault, xml)
  }

  end (): Buffer {
    return Buffer.from(`${this.#started ? '\r\n' : ''}--${this.boundary}--\r\n`, 'latin1')
  }

  #whole (contentType: string, bytes: Uint8Array): Buffer {
    return Buffer.concat([this.#start(contentType, NO_HEADERS), bytes])
  }

  #start (contentType: string, headers: HeaderList): Buffer {
    const delimiter = this.#started ? this.#delimiter : this.#delimiter.subarray(CRLF.length)
    this.#started = true
    return Buffer.concat([delimiter, formatPartHeaders(contentType, headers)])
  }
}
