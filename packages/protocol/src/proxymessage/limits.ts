/** Bounds of what is read from another party. Each is far over what real messages hold. */
export interface MultipartLimits {
  /** Header block of one part. X-Road's own MIME reader is believed to stop at 10 000. */
  readonly partHeaderBytesMax: number
  /** SOAP envelope or REST head, which is held in memory. */
  readonly headBytesMax: number
  /** Attachments of one message: each costs a digest, its headers and a sink. */
  readonly attachmentsMax: number
  /** OCSP responses of a request: one per certificate of the chain. */
  readonly ocspResponsesMax: number
  readonly ocspBytesMax: number
  /** Signature, hash chain, hash chain result or fault, each. A chain has a step per attachment. */
  readonly signatureBytesMax: number
  /** One attachment or REST body. It is streamed, so the bound is the operator's choice. */
  readonly bodyBytesMax: number
  /** Multipart inside multipart from an information system. */
  readonly nestingMax: number
}

export const MULTIPART_LIMITS: MultipartLimits = {
  partHeaderBytesMax: 16 * 1024,
  headBytesMax: 20 * 1024 * 1024,
  attachmentsMax: 1000,
  ocspResponsesMax: 16,
  ocspBytesMax: 128 * 1024,
  signatureBytesMax: 4 * 1024 * 1024,
  bodyBytesMax: Number.POSITIVE_INFINITY,
  nestingMax: 4
}
