import { X509Certificate } from 'node:crypto'
import type { AdminApi } from './admin-api.ts'

/** Addresses of the development CA; `GET /` of it says the same. */
export interface CaAddresses {
  /** Where requests are signed and certificates are to be had. */
  readonly ca: string
  readonly ocsp: string
  readonly tsa: string
}

const PROFILE = 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider'

/** One of the CA's own certificates: `root`, `ca` (which issues), `ocsp`, `root-ocsp`, `tsa`. */
export async function caCertificate ({ ca }: Pick<CaAddresses, 'ca'>, name: string): Promise<Buffer> {
  const response = await fetch(`${ca}/${name}.pem`)
  if (!response.ok) throw new Error(`the certification authority gives no ${name}.pem: HTTP ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

/**
 * Has the core approve the certification authority with its OCSP responders, and the timestamping service. Each is asked by the core before
 * it is taken up. @returns the name under which gateways find the certification service.
 */
export async function approveTrustServices (core: AdminApi, addresses: CaAddresses): Promise<string> {
  const [root, ca, ocsp, rootOcsp, tsa] = await Promise.all(['root', 'ca', 'ocsp', 'root-ocsp', 'tsa'].map(async (name) => (await caCertificate(addresses, name)).toString('base64')))
  // What an interrupted run left half done is done anew.
  const services: readonly { id: number, name: string, hash: string }[] = await core.get('/certification-services')
  const service = services.find(({ hash }) => hash === hashOf(root!)) ?? await core.post<{ id: number, name: string }>('/certification-services', { certificate: root, certificate_profile_info: PROFILE })
  await addResponder(core, `/certification-services/${service.id}/ocsp-responders`, addresses.ocsp, rootOcsp!)
  const below: readonly { id: number, hash: string }[] = await core.get(`/certification-services/${service.id}/intermediate-cas`)
  const intermediate = below.find(({ hash }) => hash === hashOf(ca!)) ?? await core.post<{ id: number }>(`/certification-services/${service.id}/intermediate-cas`, { certificate: ca })
  await addResponder(core, `/intermediate-cas/${intermediate.id}/ocsp-responders`, addresses.ocsp, ocsp!)
  const stamps: readonly { url: string }[] = await core.get('/timestamping-services')
  if (!stamps.some(({ url }) => isSameUrl(url, addresses.tsa))) await core.post('/timestamping-services', { url: addresses.tsa, certificate: tsa, name: 'Development timestamp service' })
  return service.name
}

async function addResponder (core: AdminApi, path: string, url: string, certificate: string): Promise<void> {
  const known: readonly { url: string }[] = await core.get(path)
  if (!known.some((one) => isSameUrl(one.url, url))) await core.post(path, { url, certificate })
}

/** Of a certificate in base64, as the API names it. */
function hashOf (base64: string): string {
  return new X509Certificate(Buffer.from(base64, 'base64')).fingerprint256.replaceAll(':', '')
}

/** With and without the slash at the end it is the same host. */
function isSameUrl (a: string, b: string): boolean {
  return new URL(a).href === new URL(b).href
}
