import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsync } from 'fastify'
import { isSameClient } from '@trembita/protocol/identifiers'
import { PROXY_VERSION } from '../../config.ts'
import { parseServerAddress } from '../../globalconf/index.ts'
import { GATEWAY_VERSION } from '../../version.ts'
import { snapshotIfAny } from '../clients/index.ts'
import { runningOf, serverOf, snapshotOf, type AdminDeps } from '../deps.ts'
import { certificateDetails, certificateDetailsSchema, readCertificate } from '../keys/index.ts'
import { Refusal } from '../refusal.ts'
import { READERS, SYSTEM_ADMINISTRATOR } from '../roles.ts'
import { described, flag, listOf, note, optional, record, text } from '../route.ts'
import { fileAnswer } from '../upload.ts'

const tag = 'system'
const address = record({ address: text() }, ['address'])
const accepted = record({ request_id: { type: 'integer' } }, ['request_id'])
const timestamping = listOf(record({ name: text(), url: text(2048), cost_type: text() }, ['name', 'url']))
const STATES = ['PENDING_ENABLE_MAINTENANCE_MODE', 'ENABLED_MAINTENANCE_MODE', 'PENDING_DISABLE_MAINTENANCE_MODE', 'DISABLED_MAINTENANCE_MODE'] as const

/** What the federation knows of this gateway as a whole, and what it shows to its own information systems. */
export const serverApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get('/system/version', described({
    tag,
    summary: 'Versions',
    access: READERS,
    answer: record({ info: text(), protocol_version: text(), global_configuration_version: { type: 'integer' } }, ['info'])
  }), async () => {
    const version = snapshotIfAny(deps)?.sharedFiles()[0]?.version
    return { info: GATEWAY_VERSION, protocol_version: PROXY_VERSION, ...version === undefined ? {} : { global_configuration_version: version } }
  })

  app.get('/system/server-address', described({ tag, summary: 'Where peers reach this gateway', access: READERS, answer: record({ current_address: address, requested_change: address }) }), async () => {
    const current = snapshotIfAny(deps)?.serverAddress(serverOf(deps))
    const requested = deps.serverconf.server()?.requestedAddress
    return { ...current === undefined ? {} : { current_address: { address: current } }, ...requested === undefined ? {} : { requested_change: { address: requested } } }
  })

  app.put<{ Body: { address: string } }>('/system/server-address',
    described({ tag, summary: 'Ask the core to publish another address', access: [SYSTEM_ADMINISTRATOR], audit: 'Change server address', body: address, accepted }), async (request, reply) => {
      const wanted = request.body.address
      const current = snapshotOf(deps).serverAddress(serverOf(deps))
      note(request, { currentAddress: current, address: wanted })
      if (parseServerAddress(wanted) === undefined) throw new Refusal('invalid', 'validation_failure', 'address is not usable', { fields: { address: 'expected HOST or HOST:PORT' } })
      if (current === undefined) throw new Refusal('conflict', 'action_not_possible', 'the core does not know this gateway: its first address is registered with its authentication certificate')
      if (wanted === current) throw new Refusal('conflict', 'same_address_change_request', 'this is its address', { metadata: [wanted] })
      const requestId = await runningOf(deps).management.changeAddress(wanted)
      note(request, { managementRequestId: requestId })
      deps.serverconf.setRequested({ address: wanted })
      return await reply.code(202).send({ request_id: requestId })
    })

  app.get('/system/listeners', described({ tag, summary: 'Where this gateway itself listens', access: READERS, answer: record({ consumer_http: text(), consumer_https: text(), messages: text(), ocsp: text() }, ['messages', 'ocsp']) }), async () => {
    const { consumerHttp, consumerHttps, messages, ocsp } = runningOf(deps).addresses
    return { ...consumerHttp === undefined ? {} : { consumer_http: consumerHttp }, ...consumerHttps === undefined ? {} : { consumer_https: consumerHttps }, messages, ocsp }
  })

  app.get('/system/maintenance-mode',
    described({ tag, summary: 'Whether peers are told to leave this gateway alone', access: READERS, answer: record({ status: { type: 'string', enum: STATES }, message: text(1000, 0), is_management_services_provider: flag }, ['status']) }),
    async () => {
      const server = serverOf(deps)
      const snapshot = snapshotIfAny(deps)
      const current = snapshot?.maintenanceOf(server)
      const wanted = deps.serverconf.server()?.requestedMaintenance
      const [pendingOn, on, pendingOff, off] = STATES
      const provider = snapshot?.privateParameters.managementService.providerId
      return {
        status: current === undefined ? wanted === true ? pendingOn : off : wanted === false ? pendingOff : on,
        ...current?.message === undefined ? {} : { message: current.message },
        is_management_services_provider: provider !== undefined && deps.serverconf.current().clients.some(({ id }) => isSameClient(id, provider))
      }
    })

  app.put<{ Body: { message?: string } | null }>('/system/maintenance-mode/enable',
    described({ tag, summary: 'Ask the core to tell peers to leave this gateway alone', access: [SYSTEM_ADMINISTRATOR], audit: 'Enable maintenance mode', body: optional(record({ message: text(255, 0) })) }),
    async (request, reply) => {
      const message = request.body?.message
      note(request, { message })
      note(request, { managementRequestId: await runningOf(deps).management.setMaintenance(true, message) })
      deps.serverconf.setRequested({ maintenance: true })
      return await reply.code(204).send()
    })

  app.put('/system/maintenance-mode/disable', described({ tag, summary: 'Ask the core to tell peers that this gateway is back', access: [SYSTEM_ADMINISTRATOR], audit: 'Disable maintenance mode' }),
    async (request, reply) => {
      note(request, { managementRequestId: await runningOf(deps).management.setMaintenance(false) })
      deps.serverconf.setRequested({ maintenance: false })
      return await reply.code(204).send()
    })

  app.get('/system/certificate', described({ tag, summary: 'The certificate that this gateway shows to its information systems', access: READERS, answer: certificateDetailsSchema }),
    async () => certificateDetails(readCertificate(await internalCertificate(deps))))

  app.get('/system/certificate/export', described({ tag, summary: 'The same as a PEM file', access: READERS, answer: fileAnswer }), async (_request, reply) =>
    await reply.type('application/octet-stream').header('content-disposition', 'attachment; filename="internal-tls.crt"').send(await internalCertificate(deps)))

  for (const path of ['/timestamping-services', '/system/timestamping-services']) {
    app.get(path, described({ tag, summary: 'Time-stamping services that the configuration approves; this gateway uses them all', access: READERS, answer: timestamping }), async () =>
      (snapshotOf(deps).shared()?.approvedTsas ?? []).map(({ name, url, costType }) => ({ name, url, ...costType === undefined ? {} : { cost_type: costType } })))
  }
}

async function internalCertificate (deps: AdminDeps): Promise<Buffer> {
  runningOf(deps)
  return await readFile(deps.internalCertificateFile)
}
