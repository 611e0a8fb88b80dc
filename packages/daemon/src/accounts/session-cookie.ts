import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * A cookie that only this host reads, that no script reads and that other sites' forms and pictures do not send. Behind https it is
 * `__Host-`, which no subdomain and no plain-http page can set; over plain http (development) browsers would drop that.
 */
export class HostCookie {
  readonly name: string
  readonly #options: CookieSerializeOptions

  /** @param name unlike the names of others on the same host: cookies do not look at the port. */
  constructor (name: string, publicUrl: URL) {
    const secure = publicUrl.protocol === 'https:'
    this.name = secure ? `__Host-${name}` : name
    this.#options = { path: '/', httpOnly: true, sameSite: 'lax', secure }
  }

  read (request: FastifyRequest): string | undefined {
    return request.cookies[this.name]
  }

  /** @param maxAgeSeconds without it the cookie ends with the browser. */
  write (reply: FastifyReply, value: string, maxAgeSeconds?: number): void {
    reply.setCookie(this.name, value, maxAgeSeconds === undefined ? this.#options : { ...this.#options, maxAge: maxAgeSeconds })
  }

  clear (reply: FastifyReply): void {
    reply.clearCookie(this.name, this.#options)
  }
}
