import { request } from 'undici'
import type { Secret } from '@trembita/daemon'

/** Administration API of the core or of a gateway, and a key to it. */
export interface AdminSettings {
  readonly url: string
  readonly key: Secret
}

const TIMEOUT_MS = 15_000
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

/** What such an API refused, in its own words. */
export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly status: number
  readonly code: string

  constructor (status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }
}

/** @throws {AdminError}; status 0 when nobody answers. */
export async function askAdmin<T> ({ url, key }: AdminSettings, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  let status: number
  let text: string
  try {
    const answer = await request(`${url.replace(/\/$/, '')}/api/v1${path}`, {
      method,
      headers: { authorization: `X-Road-ApiKey token=${key.bytes.toString('utf8').trim()}`, accept: 'application/json', ...body === undefined ? {} : { 'content-type': 'application/json' } },
      ...body === undefined ? {} : { body: JSON.stringify(body) },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS
    })
    status = answer.statusCode
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    if (bytes.length > ANSWER_BYTES_MAX) throw new Error('too large an answer')
    text = bytes.toString('utf8')
  } catch (cause) {
    throw new AdminError(0, 'unreachable', 'the administration API does not answer', { cause })
  }
  if (status >= 200 && status < 300) return (text === '' ? undefined : JSON.parse(text)) as T
  let error: { code?: string, message?: string } = {}
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {}
  } catch {
    // An answer that is no JSON has no words of its own; the status says it.
  }
  throw new AdminError(status, error.code ?? `http_${status}`, error.message ?? `HTTP ${status}`)
}
