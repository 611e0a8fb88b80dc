import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientPeer } from '../clients/index.ts'
import { serveClients, serveOwnClients } from './clients.ts'
import type { DownloadDeps } from './deps.ts'
import { serveSignedDocuments } from './signed-documents.ts'
import { serveVerificationConf } from './verification-conf.ts'
import { serveWsdl } from './wsdl.ts'

export type { DownloadDeps } from './deps.ts'

export interface Download {
  readonly query: URLSearchParams
  readonly peer: ClientPeer
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

type Handler = (deps: DownloadDeps, download: Download) => Promise<void>

/** Exact raw paths (xroad-messages §1.1, trembita.md §1): `/listClients/` is not `/listClients`. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['/listClients', serveClients],
  ['/listSecurityServerClients', serveOwnClients],
  ['/asic', (deps, download) => serveSignedDocuments(deps, download, 'asic')],
  ['/signature', (deps, download) => serveSignedDocuments(deps, download, 'signature')],
  ['/verificationconf', serveVerificationConf],
  ['/wsdl', serveWsdl]
])

/** What information systems get from this gateway itself, by GET on the consumer listeners. */
export class Downloads {
  readonly #deps: DownloadDeps

  constructor (deps: DownloadDeps) {
    this.#deps = deps
  }

  /** @returns false when the target is none of ours. @throws {Fault} what the caller is told. */
  async serve (target: string, peer: ClientPeer, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const [path = '', query = ''] = target.split(/\?(.*)/s)
    const handler = HANDLERS.get(path)
    if (handler === undefined) return false
    await handler(this.#deps, { query: new URLSearchParams(query), peer, request, response })
    return true
  }
}

export function sendBytes (response: ServerResponse, status: number, contentType: string, body: Buffer | string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

/** Errors of downloads are plain text (xroad-messages §4.6). */
export function sendText (response: ServerResponse, status: number, text: string): void {
  sendBytes(response, status, 'text/plain; charset=UTF-8', `${text}\n`)
}
