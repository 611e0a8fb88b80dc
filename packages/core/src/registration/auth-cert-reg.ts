import { formatServerId, isSameServer, memberOf } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import { isServerAddress } from '@trembita/protocol/management'
import type { SqlReader } from '@trembita/daemon/store'
import { Refusal } from '../refusal.ts'
import { checkAccession, memberKey, serverKey } from '../registry/index.ts'
import { hasAcceded } from './has-acceded.ts'
import { pendingWhere, sha256 } from './request-rows.ts'
import { addAuthCertificate, ensureServer, serverOfCertificate } from './server-changes.ts'
import { partnerAmong } from './partner.ts'
import type { RequestOf, RequestRule } from './types.ts'

/** Registration of an authentication certificate, and with the first one of a server (xroad-trust §4.5). */
export const AUTH_CERT_REG: RequestRule<RequestOf<'authCertReg'>> = {
  async check (reader, request, origin) {
    if (request.address !== undefined && !isServerAddress(request.address)) {
      throw new Refusal('invalid', 'management_request_invalid_server_address', 'the address is neither an IP address nor a domain name', { fields: { server_address: 'expected an IP address or a domain name' } })
    }
    await checkFree(reader, request.authCertificate)
    const pending = await pendingWhere(reader, "r.service = 'authCertReg' AND r.certificate_sha256 = ?", sha256(request.authCertificate))
    const elsewhere = pending.find((one) => !isSameServer(one.request.server, request.server))
    if (elsewhere !== undefined) {
      throw new Refusal('conflict', 'management_request_exists', `request ${elsewhere.id} wants the same certificate registered for ${formatServerId(elsewhere.request.server)}`)
    }
    return partnerAmong(pending, origin)
  },
  approval: {
    autoApproval: 'autoApproveAuthCertRegRequests',
    isAllKnown: async (reader, { server }, at) => await memberKey(reader, memberOf(server)) !== undefined && await hasAcceded(reader, memberOf(server), at)
  },
  async apply (tx, { server, address, authCertificate }) {
    await checkFree(tx, authCertificate)
    if (await serverKey(tx, server) === undefined) await checkAccession(tx, memberOf(server), tx.at)
    const key = await ensureServer(tx, server, address)
    await addAuthCertificate(tx, key, server, Certificate.parse(authCertificate))
  }
}

async function checkFree (reader: SqlReader, certificate: Buffer): Promise<void> {
  const holder = await serverOfCertificate(reader, sha256(certificate))
  if (holder === undefined) return
  throw new Refusal('conflict', 'management_request_security_server_exists', `the certificate is registered already, for ${formatServerId(holder.id)}`)
}
