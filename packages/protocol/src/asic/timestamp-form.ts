import { contextTag, DerError, type DerNode, explicitOf, integerOf, oidOf, readDer, sequenceOf, smallIntegerOf, TAG } from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import { Certificate } from '../pki/index.ts'

const CERTIFICATES_MAX = 16

/**
 * Checks the parts of a time stamp token that its signature does not reach, so that no byte of stored evidence can be
 * changed unnoticed: versions, the announced digest, how the signer is named, and the certificates that are enclosed.
 *
 * @param signer whose signature over the token was verified.
 * @param known CA certificates that enclosed ones may be issued by.
 * @throws {Fault} `TimestampingFailed`
 * @see RFC 5652 §5.1, §5.3
 */
export function checkTimestampForm (token: Uint8Array, signer: Certificate, known: readonly Certificate[]): void {
  try {
    check(readDer(token), signer, known)
  } catch (thrown) {
    if (!(thrown instanceof DerError) && !(thrown instanceof Fault && thrown.kind === 'IncorrectCertificate')) throw thrown
    throw failed('cannot be read', thrown)
  }
}

function check (token: DerNode, signer: Certificate, known: readonly Certificate[]): void {
  const info = sequenceOf(token)
  info.take(TAG.OID)
  const data = sequenceOf(explicitOf(info.take(contextTag(0))))
  // version 3: the content is not plain data
  if (smallIntegerOf(data.take(TAG.INTEGER)) !== 3) throw failed('version')
  const digests = data.take(TAG.SET).children().map(algorithmOf)
  data.take(TAG.SEQUENCE)
  const enclosed = data.optional(contextTag(0))
  if (data.optional(contextTag(1)) !== undefined && enclosed === undefined) throw failed('certificates are missing')
  const [signerInfo] = data.take(TAG.SET).children()
  if (signerInfo === undefined) throw failed('no signer')
  const fields = sequenceOf(signerInfo)
  const version = smallIntegerOf(fields.take(TAG.INTEGER))
  const byKey = fields.optional(contextTag(0, false))
  if (byKey === undefined) {
    const name = fields.sequence()
    if (!name.take().raw.equals(signer.issuer.raw) || integerOf(name.take()) !== signer.serialNumber) throw failed('names its signer in another spelling')
  }
  if (version !== (byKey === undefined ? 1 : 3)) throw failed('version of the signer')
  const used = algorithmOf(fields.take(TAG.SEQUENCE))
  if (digests.length !== 1 || digests[0] !== used) throw failed('announces another digest than it uses')
  if (enclosed !== undefined) checkCertificates(enclosed.children(), signer, known)
}

function algorithmOf (node: DerNode): string {
  const fields = sequenceOf(node)
  const oid = oidOf(fields.take(TAG.OID))
  fields.optional(TAG.NULL)
  fields.end()
  return oid
}

/** The signer's own is among them byte for byte; each other one must be signed by its issuer, where that is at hand. */
function checkCertificates (nodes: readonly DerNode[], signer: Certificate, known: readonly Certificate[]): void {
  if (nodes.length > CERTIFICATES_MAX) throw failed(`more than ${CERTIFICATES_MAX} certificates`)
  const certificates = nodes.map((node) => Certificate.parse(node.raw))
  if (!certificates.some((certificate) => certificate.equals(signer))) throw failed('encloses another certificate than that of its signer')
  for (const certificate of certificates) {
    if (certificate.equals(signer)) continue
    const issuers = [...known, ...certificates].filter((candidate) => candidate.subject.equals(certificate.issuer))
    if (issuers.length > 0 && !issuers.some((issuer) => certificate.isIssuedBy(issuer))) throw failed('encloses a certificate that was changed')
  }
}

function failed (message: string, cause?: unknown): Fault {
  return new Fault('TimestampingFailed', `time stamp: ${message}`, { cause })
}
