import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Logger } from '@trembita/daemon'
import { writeFileAtomic } from '@trembita/daemon/files'
import { Fault } from '@trembita/protocol/fault'
import { encodeOcspRequest, parseOcspResponse, verifyOcsp, type Certificate, type TrustStore } from '@trembita/protocol/pki'
import { request as httpRequest } from 'undici'
import { chainToTop } from './chain.ts'

export interface OcspKeeperOptions {
  readonly folder: string
  readonly clock: Clock
  readonly log: Logger
  readonly connectTimeoutMs?: number
  readonly readTimeoutMs?: number
}

/** An OCSP response is a few KB; a responder that sends more is broken. */
const RESPONSE_BYTES_MAX = 64 * 1024
/** Peers' responses are kept beside our own; the cap holds memory against a peer that changes its certificates all the time. */
const ENTRIES_MAX = 4096

/** How a responder did when it was last asked. */
export interface ResponderOutcome {
  readonly url: string
  readonly at: Date
  /** Undefined: it gave a usable answer. */
  readonly failure: string | undefined
}

interface Entry { readonly der: Buffer, readonly thisUpdate: Date, readonly nextUpdate: Date | undefined }

/**
 * Keeps a fresh OCSP response for each certificate that this gateway uses or has met (xroad-trust §3.4):
 * in memory and as `<sha1 of certificate>.ocsp`, so that a restart does not depend on the responder.
 */
export class OcspKeeper {
  readonly #options: OcspKeeperOptions
  readonly #entries = new Map<string, Entry>()
  readonly #outcomes = new Map<string, ResponderOutcome>()

  constructor (options: OcspKeeperOptions) {
    this.#options = options
  }

  async start (): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#options.folder)) {
      const match = /^([0-9a-f]{40})\.ocsp$/.exec(name)
      if (match === null) continue
      try {
        this.#keep(match[1]!, await readFile(join(this.#options.folder, name)))
      } catch (error) {
        this.#options.log.warn({ file: name, err: error }, 'stored OCSP response is not readable and was left out')
        await rm(join(this.#options.folder, name), { force: true })
      }
    }
  }

  /** The response kept for a certificate while it is fresh by the instance's rules; its signature was checked when it came in. */
  get (certificate: Certificate, trust: TrustStore): Buffer | undefined {
    const sha1 = certificate.sha1.toString('hex')
    const nextUpdate = this.#entries.get(sha1)?.nextUpdate
    if (trust.verifyNextUpdate && nextUpdate !== undefined && nextUpdate < this.#options.clock.now()) return undefined
    return this.getBySha1(sha1, trust.ocspFreshnessSeconds)
  }

  getBySha1 (sha1: string, freshnessSeconds: number): Buffer | undefined {
    const entry = this.#entries.get(sha1)
    if (entry === undefined) return undefined
    if (entry.thisUpdate.getTime() < this.#options.clock.now().getTime() - freshnessSeconds * 1000) return undefined
    return entry.der
  }

  /** When the responder made the response that is kept for a certificate, and until when it says to use it. */
  timesOf (certificate: Certificate): { readonly thisUpdate: Date, readonly nextUpdate: Date | undefined } | undefined {
    const entry = this.#entries.get(certificate.sha1.toString('hex'))
    return entry === undefined ? undefined : { thisUpdate: entry.thisUpdate, nextUpdate: entry.nextUpdate }
  }

  /** Of every responder that was asked since the start. */
  outcomes (): ResponderOutcome[] {
    return [...this.#outcomes.values()]
  }

  /** Keeps a response that a peer gave and that was verified. In memory only: the peer gives it again. */
  remember (certificate: Certificate, der: Buffer): void {
    this.#keep(certificate.sha1.toString('hex'), der)
  }

  /**
   * Asks for new responses for a certificate and its intermediates, responder after responder, and keeps those that verify.
   *
   * @throws {Fault} `CertValidation` or `IncorrectValidationInfo` with the last responder's failure; what was kept before stays,
   *   unless a responder says that the certificate is revoked.
   */
  async refresh (certificate: Certificate, trust: TrustStore): Promise<void> {
    for (const subject of [certificate, ...chainToTop(certificate, trust)]) await this.#fetch(subject, trust)
  }

  async #fetch (subject: Certificate, trust: TrustStore): Promise<void> {
    const authority = trust.findCa(subject.issuer)
    if (authority === undefined) throw new Fault('CertValidation', `no approved certification service issued the certificate ${subject.subject.rfc2253}`)
    const urls = authority.ocspResponders.map(({ url }) => url)
    let failure: unknown = new Fault('CertValidation', `no OCSP responder is known for ${authority.certificate.subject.rfc2253}`)
    for (const url of urls) {
      const sha1 = subject.sha1.toString('hex')
      const file = join(this.#options.folder, `${sha1}.ocsp`)
      let der: Buffer | undefined
      try {
        der = await this.#ask(url, encodeOcspRequest(subject, authority.certificate))
        verifyOcsp([der], [subject], authority, trust, this.#options.clock.now())
        this.#keep(sha1, der)
        await writeFileAtomic(file, der, { mode: 0o600 })
        this.#outcomes.set(url, { url, at: this.#options.clock.now(), failure: undefined })
        return
      } catch (error) {
        const revoked = der !== undefined && isRevocation(error, der, subject)
        this.#outcomes.set(url, { url, at: this.#options.clock.now(), failure: revoked ? undefined : error instanceof Fault ? error.message : 'could not be reached' })
        if (revoked) {
          // An older response that says good is good for nothing now.
          this.#entries.delete(sha1)
          await rm(file, { force: true })
          throw error
        }
        failure = error
        this.#options.log.warn({ responder: url, certificate: subject.serialNumber.toString(16), err: error }, 'OCSP responder gave no usable answer')
      }
    }
    throw failure
  }

  async #ask (url: string, body: Buffer): Promise<Buffer> {
    const timeoutMs = (this.#options.connectTimeoutMs ?? 20_000) + (this.#options.readTimeoutMs ?? 60_000)
    const response = await httpRequest(url, {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
      body,
      headersTimeout: this.#options.readTimeoutMs ?? 60_000,
      signal: AbortSignal.timeout(timeoutMs)
    })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response.body) {
      size += (chunk as Buffer).length
      if (size > RESPONSE_BYTES_MAX) throw new Fault('IncorrectValidationInfo', 'the OCSP response is too large')
      chunks.push(chunk as Buffer)
    }
    if (response.statusCode !== 200) throw new Fault('IncorrectValidationInfo', `the OCSP responder answered HTTP ${response.statusCode}`)
    return Buffer.concat(chunks)
  }

  #keep (sha1: string, der: Buffer): void {
    const { thisUpdate, nextUpdate } = parseOcspResponse(der).singles[0]
    this.#entries.delete(sha1)
    if (this.#entries.size >= ENTRIES_MAX) this.#entries.delete(this.#entries.keys().next().value!)
    this.#entries.set(sha1, { der, thisUpdate, nextUpdate })
  }
}

/** Whether a response was refused for what it says of the very certificate: its signature and times were checked before that. */
function isRevocation (error: unknown, der: Buffer, subject: Certificate): boolean {
  if (!(error instanceof Fault) || error.kind !== 'CertValidation') return false
  const { status, certId } = parseOcspResponse(der).singles[0]
  return status === 'revoked' && certId.serialNumber === subject.serialNumber
}
