import { join } from 'node:path'
import t from 'tap'
import { runTool } from '@trembita/testnet/verifiers'
import { AdminApi } from '@trembita/testnet/joining'
import { AccessRequests } from '../../src/access/index.ts'
import { findRun } from '../../src/verification/index.ts'
import { systemClock, createLogger } from '@trembita/daemon'
import { DRAFT } from './draft.ts'
import { ADMIN, CONSUMER, PUBLISHER, runCatalog, secretFile, SERVICE } from './running-catalog.ts'

const TERMS = {
  purposes: [{ code: 'P1', name: 'Надання послуг', ground: 'постанова № 606' }], fields: ['/outcome', '/vehicle'], justification: 'Перевірка транспортного засобу заявника', contact: 'Відділ послуг'
}

t.test('a request for access becomes a draft at the core, sealed by both sides, and a right at the gateway (TR-9b, TR-12.4)', async (t) => {
  const running = await runCatalog(t)
  const { parts } = running.catalog
  const { core, provisioned } = running.federation
  const key = async (program: string, config: string, role: string): Promise<string> => {
    const made = await runTool('node', [`packages/${program}/bin/trembita-${program}.ts`, 'api-key', 'create', '--config', config, '--role', role])
    t.ok(made.ok, made.text)
    return made.text.trim().split('\n').at(-1)!
  }
  const coreKey = await key('core', provisioned.coreConfigFile, 'XROAD_REGISTRATION_OFFICER')
  const [gwa, gwb] = provisioned.gateways
  const gatewayKey = await key('gateway', gwb!.configFile, 'XROAD_SERVICE_ADMINISTRATOR')
  const consoleOf = (ports: { readonly console: number }): string => `http://127.0.0.1:${ports.console}`
  const access = new AccessRequests({
    store: parts.store,
    clock: systemClock,
    log: createLogger('access', 'silent'),
    core: { url: core.addresses.admin, key: await secretFile(join(running.folder, 'core-key'), coreKey) },
    gateways: new Map([['GOV/2002', { url: consoleOf(gwb!.ports), key: await secretFile(join(running.folder, 'gateway-key'), gatewayKey) }]])
  })

  await parts.harvest.run()
  const resourceId = await parts.resources.create(PUBLISHER, 'TEST/GOV/2002', { name: { uk: 'Реєстр' }, purpose: { uk: 'Облік' }, status: 'inUse', legalBasis: 'постанова', dataObjects: [], subsystemIds: [] })
  const { versionId } = await parts.applications.create(PUBLISHER, resourceId, { ...DRAFT, serviceIds: [SERVICE] })
  await t.rejects(access.ask(CONSUMER, versionId, 'TEST/GOV/1001/portal', TERMS), { code: 'wrong_state' }, 'only of what is published')
  const run = await parts.verifications.start(PUBLISHER, versionId)
  await parts.verifications.settled(run)
  t.not((await findRun(parts.store, run))?.state, 'failed')
  await parts.applications.publish(ADMIN, versionId)

  await t.rejects(access.ask(PUBLISHER, versionId, 'TEST/GOV/1001/portal', TERMS), { code: 'not_your_organisation' })
  await t.rejects(access.ask(CONSUMER, versionId, 'TEST/GOV/1001/portal', { ...TERMS, fields: ['vehicle'] }), { code: 'validation_failure' })
  const id = await access.ask(CONSUMER, versionId, 'TEST/GOV/1001/portal', TERMS)
  await t.rejects(access.find({ admin: false, organisations: ['3003'] }, id), { code: 'access_request_not_found' }, 'others do not know of it')
  await t.rejects(access.approve(CONSUMER, id), { code: 'not_your_organisation' }, 'nobody approves their own')
  await access.approve(PUBLISHER, id)
  const drafted = await access.find(CONSUMER, id)
  t.match(drafted, { state: 'agreementDrafted', agreementState: 'draft' })
  await t.rejects(access.grant(PUBLISHER, id), { code: 'no_agreement' })

  const api = new AdminApi(core.addresses.admin, coreKey)
  const path = `/agreements/${drafted.agreementId!}/versions/1`
  const document = (await api.download(`${path}/document`)).toString('base64')
  for (const [side, member, gateway] of [['consumer', 'TEST:GOV:1001', gwa!], ['provider', 'TEST:GOV:2002', gwb!]] as const) {
    const sealing = new AdminApi(consoleOf(gateway.ports), await key('gateway', gateway.configFile, 'XROAD_REGISTRATION_OFFICER'))
    const { signature } = await sealing.post('/agreements/seal', { member_id: member, document })
    await api.post(`${path}/seals`, { side, signature })
  }
  await access.follow()
  t.match(await access.find(CONSUMER, id), { agreementState: 'in_force' }, 'sealed by both at their gateways')
  await access.grant(PUBLISHER, id)
  t.equal((await access.find(CONSUMER, id)).rightGranted, true, 'the right was looked at, not believed')
})
