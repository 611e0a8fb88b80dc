import { hash } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import type { Certificate } from './certificate.ts'
import { areOfSigner } from './enclosed.ts'
import { LruMap } from './lru.ts'
import { isAbout } from './ocsp-request.ts'
import { parseOcspResponse, type OcspResponse, type OcspSingle } from './ocsp-response.ts'
import { OID } from './oids.ts'
import { isSignedBy } from './signature-check.ts'
import type { CertificationAuthority, TrustStore } from './trust-store.ts'

/** Responses that one message or signature may carry: one for each certificate of a path, and some over. */
export const OCSP_RESPONSES_MAX = 32
/** Parsed and verified responses that are kept; each certificate in use has one per freshness period. */
const CACHE_MAX = 4096

/** A verified answer about one certificate of a path. */
export interface OcspInfo {
  readonly producedAt: Date
  readonly thisUpdate: Date
  readonly nextUpdate?: Date | undefined
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly responder: Certificate
  readonly subjectSerial: bigint
}

/** An answer whose signature held; its times and status are judged anew for each use. */
interface Answer {
  readonly single: OcspSingle
  readonly producedAt: Date
  readonly responder: Certificate
  /** Issued by the CA for this purpose, so its own validity counts too. */
  readonly delegated: boolean
}

const parsed = new LruMap<OcspResponse>(CACHE_MAX)
/** By trust store, so that an answer verified under other configuration is verified again. */
const verified = new WeakMap<TrustStore, LruMap<Answer>>()

/**
 * Checks that each certificate of a path has a good and fresh OCSP response.
 *
 * The signature of a response is verified once for each trust store; times and status, every time.
 *
 * @param responses in any order; those about other certificates are passed over.
 * @param path leaf first, without the anchor, as `buildPath` returns it.
 * @returns one entry for each certificate of the path, in its order.
 * @throws {Fault} in stage `InvalidCertPath`: `CertValidation` when there is no response for a certificate or its status
 *   is not good; `IncorrectValidationInfo` when a response is broken, badly signed or too old.
 * @see PR-MESSTRANSP §OCSP; the rules as X-Road applies them
 */
export function verifyOcsp (responses: readonly Uint8Array[], path: readonly Certificate[], anchor: CertificationAuthority, trust: TrustStore, at: Date): OcspInfo[] {
  if (responses.length > OCSP_RESPONSES_MAX) throw incorrect(`more than ${OCSP_RESPONSES_MAX} OCSP responses`)
  const read = responses.map((der) => {
    const key = hash('sha256', der, 'binary')
    return { key, response: parseCached(der, key) }
  })
  return path.map((subject, index) => {
    const issuer = path[index + 1] ?? anchor.certificate
    const entry = read.find(({ response }) => isAbout(response.singles[0].certId, subject, issuer))
    if (entry === undefined) throw new Fault('CertValidation', 'no OCSP response for a certificate of the path', { stages: ['InvalidCertPath'] })
    const answer = verifyCached(entry.key, entry.response, issuer, trust)
    checkAnswer(answer, trust, at)
    const { single, producedAt, responder } = answer
    return { producedAt, thisUpdate: single.thisUpdate, nextUpdate: single.nextUpdate, status: single.status, responder, subjectSerial: subject.serialNumber }
  })
}

function parseCached (der: Uint8Array, key: string): OcspResponse {
  let response = parsed.get(key)
  if (response === undefined) {
    try {
      response = parseOcspResponse(Buffer.from(der))
    } catch (thrown) {
      if (thrown instanceof Fault) throw incorrect(thrown.message, thrown)
      throw thrown
    }
    parsed.set(key, response)
  }
  return response
}

function verifyCached (key: string, response: OcspResponse, issuer: Certificate, trust: TrustStore): Answer {
  let answers = verified.get(trust)
  if (answers === undefined) verified.set(trust, answers = new LruMap(CACHE_MAX))
  const answerKey = key + issuer.sha256.toString('latin1')
  let answer = answers.get(answerKey)
  if (answer === undefined) answers.set(answerKey, answer = verifyAnswer(response, issuer, trust))
  return answer
}

function verifyAnswer (response: OcspResponse, issuer: Certificate, trust: TrustStore): Answer {
  const { scheme, responderId } = response
  if (scheme?.digest === undefined) throw incorrect('OCSP response is signed by an algorithm that is not accepted')
  const configured = trust.authorities.filter((authority) => authority.certificate.equals(issuer))
    .flatMap((authority) => authority.ocspResponders.flatMap(({ certificate }) => certificate ?? []))
  const known = [
    ...trust.authorities.flatMap((authority) => [...authority.ocspResponders.flatMap(({ certificate }) => certificate ?? []), authority.certificate]),
    issuer,
    ...response.certificates
  ]
  let named = false
  for (const responder of new Set(known)) {
    if (!('name' in responderId ? responder.subject.equals(responderId.name) : responder.keySha1.equals(responderId.keySha1))) continue
    named = true
    const trusted = responder.equals(issuer) || configured.some((certificate) => certificate.equals(responder))
    const delegated = !trusted && responder.extendedKeyUsage.includes(OID.ocspSigning) && responder.isIssuedBy(issuer)
    if (!trusted && !delegated) continue
    if (!isSignedWith(responder, response)) continue
    if (!areOfSigner(response.certificates, responder, known)) throw incorrect('OCSP response encloses a certificate that is not of its signer')
    return { single: response.singles[0], producedAt: response.producedAt, responder, delegated }
  }
  throw incorrect(named ? 'OCSP response is not signed by one that may answer for the certification authority' : 'signer of the OCSP response is not known')
}

function isSignedWith (responder: Certificate, { scheme, tbs, signature }: OcspResponse): boolean {
  try {
    return scheme?.digest !== undefined && isSignedBy(responder.publicKey, scheme, scheme.digest, tbs, signature)
  } catch (thrown) {
    // a responder whose key is of a kind that we cannot use
    if (thrown instanceof Fault) return false
    throw thrown
  }
}

function checkAnswer ({ single, responder, delegated }: Answer, trust: TrustStore, at: Date): void {
  if (single.thisUpdate.getTime() < at.getTime() - trust.ocspFreshnessSeconds * 1000) throw incorrect('OCSP response is too old')
  if (trust.verifyNextUpdate && single.nextUpdate !== undefined && single.nextUpdate < at) throw incorrect('OCSP response has been superseded')
  if (delegated && !responder.isValidAt(at)) throw incorrect('certificate of the OCSP responder is not valid at the time')
  if (single.status !== 'good') throw new Fault('CertValidation', `OCSP status of a certificate is ${single.status}`, { stages: ['InvalidCertPath'] })
}

function incorrect (message: string, cause?: unknown): Fault {
  return new Fault('IncorrectValidationInfo', message, { stages: ['InvalidCertPath'], cause })
}
