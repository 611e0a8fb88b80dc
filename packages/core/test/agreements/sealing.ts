import { ocspResponseFor, timestampFor, type Issued } from '@trembita/testnet/pki'
import { sealAgreement } from '@trembita/protocol/agreement'
import { addTimestampToSignature, signatureValueOf } from '@trembita/protocol/asic'
import type { MemberId } from '@trembita/protocol/identifiers'
import { addCertificateToTimestamp } from '@trembita/protocol/pki'
import { signatureAlgorithmFor, signValue } from '@trembita/protocol/signature'
import { pki } from '../seeding.ts'

/** A member's sealing key, as its gateway holds it. */
export async function sealOf (member: MemberId): Promise<Issued> {
  return await pki.issueSign({ member: { name: 'M', ...member }, keyType: 'ec' })
}

/** Seals a document as a member's gateway does, with a fresh OCSP response and, unless told otherwise, a time stamp. */
export async function seal (issued: Issued, document: Buffer, stamped = true): Promise<Buffer> {
  const algorithm = signatureAlgorithmFor('ec')
  const signature = await sealAgreement({
    certificate: issued.certificate,
    intermediates: [],
    ocspResponses: [ocspResponseFor(pki, issued.certificate)],
    algorithm,
    sign: (data) => signValue(algorithm, issued.privateKey, data)
  }, document, new Date())
  return stamped ? addTimestampToSignature(signature, addCertificateToTimestamp(timestampFor(pki, signatureValueOf(signature)), pki.tsa.certificate)) : signature
}
