import { randomUUID } from 'node:crypto'

/** The portal's gateway, and who the portal is there. */
export interface Gateway {
  readonly url: string
  /** `INSTANCE/GOV/90000067/PORTAL` */
  readonly client: string
  readonly timeoutMs?: number | undefined
}

/** `unavailable`: worth trying again. `refused`: somebody said no, and will again. */
export type FailureKind = 'unavailable' | 'refused'

/** An exchange that gave no answer. Its text holds nothing of the person. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure'
  readonly kind: FailureKind
  /** A gateway's fault code, or a service's own problem code. */
  readonly code: string
  readonly exchangeId: string

  constructor (kind: FailureKind, code: string, exchangeId: string, options?: ErrorOptions) {
    super(`exchange ${exchangeId}: ${code}`, options)
    this.kind = kind
    this.code = code
    this.exchangeId = exchangeId
  }
}

export interface Call {
  /** `CLASS/CODE/SUBSYSTEM/SERVICE` */
  readonly service: string
  readonly body: object
  /** Id of the exchange; the same for every attempt of one thing. */
  readonly id?: string | undefined
  readonly purpose?: string | undefined
}

export interface Answered<T> {
  readonly exchangeId: string
  readonly body: T
}

const TIMEOUT_MS = 15_000
const ANSWER_BYTES_MAX = 2 * 1024 * 1024

/** Asks a service by the X-Road REST protocol: JSON there and back. @throws {ExchangeFailure} */
export async function post<T> (gateway: Gateway, { service, body, id, purpose }: Call): Promise<Answered<T>> {
  const exchangeId = id ?? randomUUID()
  const { status, error, text } = await send(gateway, `/r1/${gateway.client.split('/', 1)[0]}/${service}`, exchangeId, {
    'content-type': 'application/json', accept: 'application/json', 'x-road-client': gateway.client, ...purpose === undefined ? {} : { 'uxp-purpose-ids': purpose }
  }, JSON.stringify(body))
  if (error !== undefined) throw new ExchangeFailure(isLasting(error) ? 'refused' : 'unavailable', error, exchangeId)
  const value = parse(text, exchangeId)
  if (status >= 200 && status < 300) return { exchangeId, body: value as T }
  const code = typeof value.code === 'string' ? value.code.slice(0, 100) : `http-${status}`
  throw new ExchangeFailure(status >= 500 || status === 429 ? 'unavailable' : 'refused', code, exchangeId)
}

/** The same by SOAP: the whole envelope there and back. A fault is the caller's to read. @throws {ExchangeFailure} */
export async function postSoap (gateway: Gateway, envelope: string, exchangeId: string, purpose?: string): Promise<string> {
  const { text } = await send(gateway, '/', exchangeId, {
    'content-type': 'text/xml; charset=UTF-8', soapaction: '""', ...purpose === undefined ? {} : { 'uxp-purpose-ids': purpose }
  }, envelope)
  return text
}

interface Received {
  readonly status: number
  readonly error: string | undefined
  readonly text: string
}

async function send (gateway: Gateway, path: string, exchangeId: string, headers: Record<string, string>, body: string): Promise<Received> {
  try {
    const response = await fetch(new URL(path, gateway.url), {
      method: 'POST', headers: { ...headers, 'x-road-id': exchangeId }, body, redirect: 'manual', signal: AbortSignal.timeout(gateway.timeoutMs ?? TIMEOUT_MS)
    })
    return { status: response.status, error: response.headers.get('x-road-error')?.slice(0, 200), text: await textOf(response) }
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    throw new ExchangeFailure('unavailable', late ? 'gateway-timeout' : 'gateway-unreachable', exchangeId, { cause: error })
  }
}

async function textOf (response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > ANSWER_BYTES_MAX) throw new Error('the answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parse (text: string, exchangeId: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // No JSON: said below, without repeating what came.
  }
  throw new ExchangeFailure('unavailable', 'answer-not-understood', exchangeId)
}

/** What a gateway would answer again: it is about rights or about who asks, not about the moment. */
function isLasting (code: string): boolean {
  return /\.(AccessDenied|UnknownService|UnknownMember|ServiceDisabled|BadRequest|InvalidRequest|ClientAuthenticationFailed)$/i.test(code)
}
