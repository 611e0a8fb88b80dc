import { sha512, SHA512 } from './digests.ts'

/**
 * Writes the request hash into a SOAP answer as a peer's provider side does (xroad-messages §7.2 step 12): the old one goes, the
 * new one stands right behind the X-Road `id` with that element's prefix and attributes; the whole is written anew.
 */
export function withPeerRequestHash (envelope: string, request: Buffer): string {
  const hash = sha512(request).toString('base64')
  const header = /<([\w-]+:)?Header[^>]*>([\s\S]*?)<\/(?:[\w-]+:)?Header>/.exec(envelope)
  if (header === null) throw new Error('answer without Header')
  const space = /^\s+/.exec(header[2]!)?.[0] ?? ''
  const withoutOld = header[0].replace(/\s*<([\w-]+:)?requestHash[\s\S]*?<\/([\w-]+:)?requestHash>/, '')
  const withNew = withoutOld.replace(/<([\w-]+:)?id(\s[^>]*)?>[^<]*<\/([\w-]+:)?id>/, (id, prefix: string = '', attributes: string = '') =>
    `${id}${space}<${prefix}requestHash${attributes} algorithmId="${SHA512}">${hash}</${prefix}requestHash>`)
  const body = envelope.replace(header[0], () => withNew).replace(/^\s*<\?xml[^>]*\?>\s*/, '').replace(/<([\w:.-]+)((?:\s[^<>]*)?)\/>/g, '<$1$2></$1>')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body.trimEnd()}\n`
}

/** Hash of a REST request by a peer: over its own writing of the head that it parsed (xroad-messages §1.3.4). */
export function restRequestHash (head: Buffer, body: Buffer | undefined): string {
  const headHash = sha512(head)
  return (body === undefined ? headHash : sha512(Buffer.concat([headHash, sha512(body)]))).toString('base64')
}
