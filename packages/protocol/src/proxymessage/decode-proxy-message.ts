import { hash } from 'node:crypto'
import { Fault, parseSoapFault } from '../fault/index.ts'
import { boundaryOf, contentTypeOf, SOAP12_TYPES, SOAP_TYPES, type HeaderList, type MediaType } from '../message/index.ts'
import type { DecodedAttachment, DecodedHead, DecodedProxyMessage } from './decoded.ts'
import { MULTIPART_LIMITS, type MultipartLimits } from './limits.ts'
import { splitContentType } from './part-headers.ts'
import { bodyPart, memoryPart, type PartReader } from './part-reader.ts'
import { PART_TYPES } from './part-types.ts'
import { faultingSource, MultipartPart, readMultipart, type MultipartReader } from './read-multipart.ts'
import type { BodySink } from './sink.ts'

export interface DecodeOptions<B> {
  /** `request`: what a provider's gateway receives; `response`: what a consumer's receives. */
  readonly side: 'request' | 'response'
  readonly openBody: () => BodySink<B>
  /** Awaited as soon as the head has been read, before the bodies: who refuses here, reads no more. */
  readonly onHead?: ((message: { readonly head: DecodedHead, readonly ocspResponses: readonly Buffer[] }) => void | Promise<void>) | undefined
  readonly limits?: Partial<MultipartLimits> | undefined
  /** Also takes `application/soap+xml` as the type of a SOAP part. */
  readonly soap12?: boolean | undefined
}

/**
 * Reads what another gateway sent: streaming, bodies into sinks, everything else in memory under limits. The order, number and
 * types of parts are checked. Absence of head or signature is not: a fault may stand in their place, so the caller looks.
 *
 * @param source given up like by `for await`: its `return` is called on failure. A server that still wants to answer passes
 *   `request.iterator({ destroyOnReturn: false })`.
 * @param contentType of the HTTP message; a response may also be a plain SOAP fault in `text/xml`.
 * @throws {Fault} `InvalidContentType` (no multipart/mixed, no boundary, a part of a type that cannot come here),
 *   `InvalidMessage` (plain reply that is no fault, parts behind the signature, a limit broken), `MimeParsingFailed`,
 *   `IOError` (source broke off), or what `onHead` and the sinks throw. Without stage; the caller adds `ServiceFailed`.
 * @see xroad-messages §2.5
 */
export async function decodeProxyMessage<B> (source: AsyncIterable<Uint8Array>, contentType: string | undefined, options: DecodeOptions<B>): Promise<DecodedProxyMessage<B>> {
  const media = contentTypeOf(contentType)
  const limits = { ...MULTIPART_LIMITS, ...options.limits }
  if (media.type === 'text/xml' && options.side === 'response') return await readPlainFault(source, limits)
  if (media.type !== 'multipart/mixed') throw new Fault('InvalidContentType', `expected multipart/mixed, got ${media.type === '' ? 'no content type' : media.type}`)
  const decoder = new ProxyMessageDecoder(options, limits)
  try {
    await readMultipart(source, boundaryOf(media), limits.partHeaderBytesMax, decoder)
  } catch (thrown) {
    await decoder.abort()
    throw thrown
  }
  return decoder.message()
}

async function readPlainFault<B> (source: AsyncIterable<Uint8Array>, limits: MultipartLimits): Promise<DecodedProxyMessage<B>> {
  let bytes: Buffer = Buffer.alloc(0)
  const part = memoryPart(limits.signatureBytesMax, 'fault', (whole) => { bytes = whole })
  for await (const chunk of faultingSource(source)) await part.write(Buffer.from(chunk))
  await part.end()
  const fault = faultIn(bytes)
  if (fault === undefined) throw new Fault('InvalidMessage', 'plain reply is no SOAP fault')
  return { ocspResponses: [], head: undefined, attachments: [], parts: undefined, fault: { fault, bytes } }
}

function faultIn (bytes: Buffer): ReturnType<typeof parseSoapFault> {
  try {
    return parseSoapFault(bytes)
  } catch (cause) {
    throw new Fault('InvalidMessage', 'reply is neither a message nor a SOAP fault', { cause })
  }
}

// How far the order of parts has come. A part may only move it forward.
const OCSP = 0
const HEAD = 1
const BODIES = 2
const CHAIN_RESULT = 3
const CHAIN = 4
const SIGNATURE = 5

class ProxyMessageDecoder<B> implements MultipartReader {
  readonly #options: DecodeOptions<B>
  readonly #limits: MultipartLimits
  readonly #sinks: BodySink<B>[] = []
  readonly #ocspResponses: Buffer[] = []
  readonly #attachments: DecodedAttachment<B>[] = []
  #head: DecodedHead | undefined
  #hashChainResult: Buffer | undefined
  #hashChain: Buffer | undefined
  #signature: Buffer | undefined
  #fault: DecodedProxyMessage<B>['fault']
  #stage = OCSP

  constructor (options: DecodeOptions<B>, limits: MultipartLimits) {
    this.#options = options
    this.#limits = limits
  }

  part (all: HeaderList): PartReader {
    const { contentType, headers } = splitContentType(all)
    const media = contentTypeOf(contentType)
    if (this.#stage === SIGNATURE) throw new Fault('InvalidMessage', 'extra content after the signature or fault')
    if (this.#stage === OCSP && this.#options.side === 'request' && media.type === PART_TYPES.ocsp) return this.#ocsp()
    if (this.#stage === OCSP) return this.#headPart(contentType, media, headers)
    if (this.#stage === HEAD && this.#head?.kind === 'rest' && media.type === PART_TYPES.restBody) {
      this.#stage = BODIES
      return this.#body(contentType, headers)
    }
    if (this.#stage === HEAD && this.#head?.kind === 'soap' && media.type === 'multipart/mixed') {
      this.#stage = BODIES
      return this.#attachmentsPart(media)
    }
    if (this.#stage < CHAIN_RESULT && media.type === PART_TYPES.hashChainResult) {
      this.#stage = CHAIN_RESULT
      return this.#memory('hash chain result', (bytes) => { this.#hashChainResult = bytes })
    }
    if (this.#stage < CHAIN && media.type === PART_TYPES.hashChain) {
      this.#stage = CHAIN
      return this.#memory('hash chain', (bytes) => { this.#hashChain = bytes })
    }
    if (media.type === PART_TYPES.signature) {
      this.#stage = SIGNATURE
      return this.#memory('signature', (bytes) => { this.#signature = bytes })
    }
    if (media.type === 'text/xml' && this.#options.side === 'response') {
      this.#stage = SIGNATURE
      return this.#memory('fault', (bytes) => {
        const fault = faultIn(bytes)
        if (fault === undefined) throw new Fault('InvalidContentType', 'expected a signature, got text/xml that is no fault')
        this.#fault = { fault, bytes }
      })
    }
    throw new Fault('InvalidContentType', `unexpected part of type ${media.type}`)
  }

  end (): void {}

  message (): DecodedProxyMessage<B> {
    const signature = this.#signature
    return {
      ocspResponses: this.#ocspResponses,
      head: this.#head,
      attachments: this.#attachments,
      parts: signature === undefined ? undefined : { signature, hashChainResult: this.#hashChainResult, hashChain: this.#hashChain },
      fault: this.#fault
    }
  }

  async abort (): Promise<void> {
    await Promise.allSettled(this.#sinks.map(async (sink) => { await sink.abort() }))
  }

  #memory (what: string, done: (bytes: Buffer) => void | Promise<void>): PartReader {
    return memoryPart(this.#limits.signatureBytesMax, what, done)
  }

  #ocsp (): PartReader {
    if (this.#ocspResponses.length >= this.#limits.ocspResponsesMax) throw new Fault('InvalidMessage', `more than ${this.#limits.ocspResponsesMax} OCSP responses`)
    return memoryPart(this.#limits.ocspBytesMax, 'OCSP response', (bytes) => { this.#ocspResponses.push(bytes) })
  }

  #headPart (contentType: string, media: MediaType, headers: HeaderList): PartReader {
    const { side, soap12 } = this.#options
    if ((soap12 === true ? SOAP12_TYPES : SOAP_TYPES).has(media.type)) {
      return memoryPart(this.#limits.headBytesMax, 'SOAP message', (bytes) => this.#soapRead(contentType, media, headers, bytes))
    }
    if (media.type === (side === 'request' ? PART_TYPES.restRequest : PART_TYPES.restResponse)) {
      return memoryPart(this.#limits.headBytesMax, 'REST head', (bytes) => this.#headRead({ kind: 'rest', bytes, digest: hash('sha512', bytes, 'buffer') }))
    }
    throw new Fault('InvalidContentType', `expected a SOAP or REST message, got a part of type ${media.type}`)
  }

  /** On responses a fault may stand in place of the message: looked for only where its name occurs. */
  #soapRead (contentType: string, media: MediaType, headers: HeaderList, bytes: Buffer): void | Promise<void> {
    if (this.#options.side === 'response' && media.type === 'text/xml' && bytes.includes('Fault')) {
      let fault
      try {
        fault = parseSoapFault(bytes)
      } catch {
        // Not well-formed: the reader of the message says so in its own words.
      }
      if (fault !== undefined) {
        this.#fault = { fault, bytes }
        this.#stage = SIGNATURE
        return
      }
    }
    return this.#headRead({ kind: 'soap', contentType, headers, bytes, digest: hash('sha512', bytes, 'buffer') })
  }

  #headRead (head: DecodedHead): void | Promise<void> {
    this.#head = head
    this.#stage = HEAD
    return this.#options.onHead?.({ head, ocspResponses: this.#ocspResponses })
  }

  #body (contentType: string, headers: HeaderList): PartReader {
    if (this.#attachments.length >= this.#limits.attachmentsMax) throw new Fault('InvalidMessage', `more than ${this.#limits.attachmentsMax} attachments`)
    const sink = this.#options.openBody()
    this.#sinks.push(sink)
    return bodyPart(sink, contentType, headers, this.#limits.bodyBytesMax, (attachment) => { this.#attachments.push(attachment) })
  }

  #attachmentsPart (media: MediaType): PartReader {
    return new MultipartPart(boundaryOf(media), this.#limits.partHeaderBytesMax, {
      part: (all) => {
        const { contentType, headers } = splitContentType(all)
        return this.#body(contentType, headers)
      },
      end () {}
    })
  }
}
