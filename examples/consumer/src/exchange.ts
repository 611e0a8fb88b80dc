import { randomUUID } from 'node:crypto'
import type { Answer, Source } from '@trembita/example-information-system'

/** The consumer's own gateway and who it is there. */
export interface Gateway {
  /** Address for information systems: `http://127.0.0.1:4401`. */
  readonly url: string
  /** The consumer's subsystem: `INSTANCE/CLASS/MEMBER/SUBSYSTEM`. */
  readonly client: string
  /** How long an exchange may take. */
  readonly timeoutMs?: number | undefined
}

/** What is said about a request beside the question itself. */
export interface RequestOptions {
  /** Who acts, for the logs of both gateways. Never the person asked about. */
  readonly userId?: string | undefined
  /** Case, document or application number. */
  readonly issue?: string | undefined
  /** Purpose of the processing, an identifier from the agreement. */
  readonly purpose?: string | undefined
  /** Id of the exchange; made up when absent. Under it the gateway gives out the proof. */
  readonly id?: string | undefined
}

/** An answer that came through, with what is needed to find its proof. */
export interface Exchanged<T> {
  readonly id: string
  readonly answer: Answer<T>
  readonly source: Source
}

/** Who said no: a gateway by the protocol's own code, or the register by a problem of its own. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly by: 'gateway' | 'register'
  /** `Server.ServerProxy.AccessDenied`, or a problem's `invalid-identifier`. */
  readonly code: string
  readonly exchangeId: string
  /** UUID under which the gateway logged it. */
  readonly detail: string | undefined

  constructor (by: 'gateway' | 'register', code: string, message: string, exchangeId: string, detail?: string) {
    super(message)
    this.by = by
    this.code = code
    this.exchangeId = exchangeId
    this.detail = detail
  }
}

const TIMEOUT_MS = 30_000

/** One HTTP call of the gateway. */
export async function send (gateway: Gateway, path: string, init: RequestInit): Promise<Response> {
  return await fetch(new URL(path, gateway.url), { ...init, redirect: 'manual', signal: AbortSignal.timeout(gateway.timeoutMs ?? TIMEOUT_MS) })
}

export function newExchangeId (): string {
  return randomUUID()
}
