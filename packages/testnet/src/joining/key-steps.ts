import { X509Certificate } from 'node:crypto'
import type { AdminApi } from './admin-api.ts'

export interface WantedCertificate {
  readonly use: 'AUTHENTICATION' | 'SIGNING'
  /** Encoded id of whose seal it is to be. */
  readonly member?: string | undefined
  readonly algorithm?: 'RSA' | 'EC' | undefined
  /** Name of the certification service at the gateway. */
  readonly caName: string
  /** Address of the development CA. */
  readonly ca: string
  /** Label of the key. A key of this label that is there already is used. */
  readonly label: string
  readonly fields: Readonly<Record<string, string>>
}

interface Key {
  readonly id: string
  readonly label: string
  readonly certificates: readonly { readonly certificate_details: { readonly hash: string } }[]
  readonly certificate_signing_requests: readonly { readonly id: string }[]
}

/**
 * Makes a key, has the CA sign its request, imports the certificate: what an operator does with three calls. Goes on where an earlier
 * run stopped. @returns the certificate's SHA-256, by which the API knows it.
 */
export async function obtainCertificate (gateway: AdminApi, wanted: WantedCertificate): Promise<string> {
  const tokens: readonly { readonly keys: readonly Key[] }[] = await gateway.get('/tokens')
  const key = tokens[0]!.keys.find(({ label }) => label === wanted.label)
  const known = key?.certificates[0]
  if (known !== undefined) return known.certificate_details.hash
  const [request] = key?.certificate_signing_requests ?? []
  const { keyId, requestId } = key !== undefined && request !== undefined ? { keyId: key.id, requestId: request.id } : await makeKey(gateway, wanted)
  const csr = await gateway.download(`/keys/${keyId}/csrs/${requestId}?csr_format=PEM`)
  const response = await fetch(`${wanted.ca}/sign?kind=${wanted.use === 'SIGNING' ? 'sign' : 'auth'}`, { method: 'POST', headers: { 'content-type': 'application/pkcs10' }, body: new Uint8Array(csr) })
  const answer = await response.text()
  if (!response.ok) throw new Error(`the certification authority refused the request: ${answer.trim()}`)
  await gateway.upload('/token-certificates', Buffer.from(answer))
  return new X509Certificate(answer).fingerprint256.replaceAll(':', '')
}

async function makeKey (gateway: AdminApi, { use, member, algorithm, caName, label, fields }: WantedCertificate): Promise<{ keyId: string, requestId: string }> {
  const { key, csr_id: requestId } = await gateway.post('/tokens/0/keys-with-csrs', {
    key_label: label,
    key_algorithm: algorithm ?? (use === 'SIGNING' ? 'RSA' : 'EC'),
    csr_generate_request: { key_usage_type: use, ca_name: caName, csr_format: 'PEM', ...member === undefined ? {} : { member_id: member }, subject_field_values: fields }
  })
  return { keyId: key.id, requestId }
}
