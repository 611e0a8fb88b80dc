/** Who is on the other end of the connection. */
export interface ClientPeer {
  readonly secure: boolean
  /** SHA-256, lower-case hex, of the TLS certificate shown. */
  readonly certificateHash: string | undefined
}
