import type { FastifyRequest } from 'fastify'
import { AccountError } from './account-error.ts'
import { sameSecret } from './secrets.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** May the method change something? */
export function isUnsafe (method: string): boolean {
  return !SAFE_METHODS.has(method)
}

/**
 * Second layer against forged requests, before the body is read: what the browser itself says about where the request comes
 * from. Browsers that say nothing are let through to the first layer, the token.
 *
 * @throws {AccountError} 403.
 */
export function checkRequestOrigin (request: FastifyRequest, publicUrl: URL): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) {
    if (site !== 'same-origin') throw new AccountError(403, 'foreign_origin', 'the request comes from another site')
    return
  }
  const { origin } = request.headers
  if (origin !== undefined && origin !== publicUrl.origin && origin !== `${request.protocol}://${request.host}`) {
    throw new AccountError(403, 'foreign_origin', 'the request comes from another site')
  }
}

/**
 * First layer: the session's token, from the header `x-csrf-token` or the form's field `_csrf`, which is then taken out of the body.
 *
 * @throws {AccountError} 403.
 */
export function checkCsrfToken (request: FastifyRequest, expected: string): void {
  const header = request.headers['x-csrf-token']
  const given = typeof header === 'string' ? header : takeField(request.body)
  if (given === undefined || !sameSecret(given, expected)) {
    throw new AccountError(403, 'csrf_token_invalid', 'the form is out of date or was not made here: open it again')
  }
}

function takeField (body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('_csrf' in body)) return undefined
  const { _csrf: value } = body
  delete body._csrf
  return typeof value === 'string' ? value : undefined
}
