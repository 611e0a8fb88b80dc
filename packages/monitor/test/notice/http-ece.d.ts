/** The reference implementation of RFC 8188 has no types of its own. */
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto'

  interface Parameters { version: 'aes128gcm', privateKey: ECDH, authSecret: string, dh?: string, salt?: string, pad?: number }
  const ece: { encrypt (data: Buffer, parameters: Parameters): Buffer, decrypt (data: Buffer, parameters: Parameters): Buffer }
  export default ece
}
