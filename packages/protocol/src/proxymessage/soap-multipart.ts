import { hash } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import { boundaryOf, contentTypeOf, SOAP12_TYPES, SOAP_TYPES, type HeaderList, type MediaType } from '../message/index.ts'
import type { DecodedAttachment, SoapPart } from './decoded.ts'
import { MULTIPART_LIMITS, type MultipartLimits } from './limits.ts'
import { formatPartHeaders, splitContentType } from './part-headers.ts'
import { bodyPart, memoryPart, type PartReader } from './part-reader.ts'
import { faultingSource, MultipartPart, readMultipart, type MultipartReader } from './read-multipart.ts'
import type { BodySink } from './sink.ts'

export interface SoapMultipartOptions<B> {
  readonly openBody: () => BodySink<B>
  /** Awaited when the SOAP part has been read, before the attachments. */
  readonly onSoap?: ((soap: SoapPart) => void | Promise<void>) | undefined
  readonly limits?: Partial<MultipartLimits> | undefined
  /** Also takes `application/soap+xml`. */
  readonly soap12?: boolean | undefined
}

export interface DecodedSoapMultipart<B> {
  readonly soap: SoapPart
  readonly attachments: DecodedAttachment<B>[]
}

/**
 * Reads the SOAP message of an information system, with attachments (`multipart/related`) or alone (`text/xml`,
 * `application/xop+xml`). The first part is the SOAP; `start` and `type` are not looked at. Attachments stay
 * transfer-encoded; those inside a nested multipart become attachments of their own.
 *
 * @throws {Fault} `InvalidContentType` (other type, no boundary, a part without type, first part no SOAP), `MissingSoap` (no part),
 *   `InvalidMessage` (a limit), `MimeParsingFailed`, `IOError`, or what the sinks and `onSoap` throw.
 * @see xroad-messages §1.2.5
 */
export async function decodeSoapMultipart<B> (source: AsyncIterable<Uint8Array>, contentType: string | undefined, options: SoapMultipartOptions<B>): Promise<DecodedSoapMultipart<B>> {
  const media = contentTypeOf(contentType)
  const decoder = new SoapMultipartDecoder(options)
  try {
    if (decoder.isSoap(media)) {
      const part = decoder.soapPart(contentType!, [])
      for await (const chunk of faultingSource(source)) await part.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      await part.end()
    } else if (media.type === 'multipart/related') {
      await readMultipart(source, boundaryOf(media), decoder.limits.partHeaderBytesMax, decoder)
    } else {
      throw new Fault('InvalidContentType', `Invalid content type: ${media.type}`)
    }
    return decoder.message()
  } catch (thrown) {
    await decoder.abort()
    throw thrown
  }
}

class SoapMultipartDecoder<B> implements MultipartReader {
  readonly limits: MultipartLimits
  readonly #options: SoapMultipartOptions<B>
  readonly #sinks: BodySink<B>[] = []
  readonly #attachments: DecodedAttachment<B>[] = []
  #soap: SoapPart | undefined

  constructor (options: SoapMultipartOptions<B>) {
    this.#options = options
    this.limits = { ...MULTIPART_LIMITS, ...options.limits }
  }

  isSoap (media: MediaType): boolean {
    return (this.#options.soap12 === true ? SOAP12_TYPES : SOAP_TYPES).has(media.type)
  }

  soapPart (contentType: string, headers: HeaderList): PartReader {
    return memoryPart(this.limits.headBytesMax, 'SOAP message', (bytes) => {
      this.#soap = { contentType, headers, bytes, digest: hash('sha512', bytes, 'buffer') }
      return this.#options.onSoap?.(this.#soap)
    })
  }

  part (all: HeaderList): PartReader {
    return this.#part(all, 1)
  }

  end (): void {}

  message (): DecodedSoapMultipart<B> {
    if (this.#soap === undefined) throw new Fault('MissingSoap', 'multipart message has no SOAP part')
    return { soap: this.#soap, attachments: this.#attachments }
  }

  async abort (): Promise<void> {
    await Promise.allSettled(this.#sinks.map(async (sink) => { await sink.abort() }))
  }

  #part (all: HeaderList, depth: number): PartReader {
    const { contentType, headers } = splitContentType(all)
    const media = contentTypeOf(contentType)
    if (this.#soap === undefined) {
      if (!this.isSoap(media)) throw new Fault('InvalidContentType', `Invalid content type of the first part: ${media.type}`)
      return this.soapPart(contentType, headers)
    }
    if (media.type.startsWith('multipart/')) {
      if (depth >= this.limits.nestingMax) throw new Fault('InvalidMessage', `multipart nested deeper than ${this.limits.nestingMax}`)
      return new MultipartPart(boundaryOf(media), this.limits.partHeaderBytesMax, { part: (inner) => this.#part(inner, depth + 1), end () {} })
    }
    if (this.#attachments.length >= this.limits.attachmentsMax) throw new Fault('InvalidMessage', `more than ${this.limits.attachmentsMax} attachments`)
    const sink = this.#options.openBody()
    this.#sinks.push(sink)
    return bodyPart(sink, contentType, headers, this.limits.bodyBytesMax, (attachment) => { this.#attachments.push(attachment) })
  }
}

/**
 * Writes a SOAP message with attachments for an information system, in the boundary its content type already names. Bodies
 * are streamed by the caller after each `attachmentStart`.
 *
 * @throws {Fault} `InvalidContentType` when the saved content type has no boundary.
 * @see xroad-messages §1.2.5
 */
export class SoapMultipartEncoder {
  readonly boundary: string
  /** Verbatim. */
  readonly contentType: string
  #started = false

  /** @param contentType the original outer content type of the message, `x-original-content-type`. */
  constructor (contentType: string) {
    this.contentType = contentType
    this.boundary = boundaryOf(contentTypeOf(contentType))
  }

  soap (part: Pick<SoapPart, 'contentType' | 'headers' | 'bytes'>): Buffer {
    return Buffer.concat([this.#start(part.contentType, part.headers), part.bytes])
  }

  attachmentStart (contentType: string, headers: HeaderList): Buffer {
    return this.#start(contentType, headers)
  }

  end (): Buffer {
    return Buffer.from(`${this.#started ? '\r\n' : ''}--${this.boundary}--\r\n`, 'latin1')
  }

  #start (contentType: string, headers: HeaderList): Buffer {
    const line = Buffer.from(`${this.#started ? '\r\n' : ''}--${this.boundary}\r\n`, 'latin1')
    this.#started = true
    return Buffer.concat([line, formatPartHeaders(contentType, headers)])
  }
}
