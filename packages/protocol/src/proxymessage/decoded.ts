import type { SoapFault } from '../fault/index.ts'
import type { HeaderList } from '../message/index.ts'
import type { SignatureParts } from '../signature/index.ts'

/** An attachment or REST body; `digest` is SHA-512 of the raw bytes, transfer encoding untouched. */
export interface DecodedAttachment<B> {
  readonly contentType: string
  /** Other headers of its part; not signed. */
  readonly headers: HeaderList
  readonly digest: Buffer
  /** Bytes. */
  readonly size: number
  readonly body: B
}

export interface SoapPart {
  readonly contentType: string
  readonly headers: HeaderList
  readonly bytes: Buffer
  /** SHA-512. */
  readonly digest: Buffer
}

export type DecodedHead =
  | ({ readonly kind: 'soap' } & SoapPart)
  | { readonly kind: 'rest', readonly bytes: Buffer, readonly digest: Buffer }

export interface DecodedProxyMessage<B> {
  /** DER, leaf first; on requests. */
  readonly ocspResponses: Buffer[]
  readonly head: DecodedHead | undefined
  /** For REST the body, if there is one. */
  readonly attachments: DecodedAttachment<B>[]
  /** Undefined when no signature part came. */
  readonly parts: SignatureParts | undefined
  readonly fault: { readonly fault: SoapFault, readonly bytes: Buffer } | undefined
}
