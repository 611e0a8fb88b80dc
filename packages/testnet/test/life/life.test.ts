import t from 'tap'
import { approveRequests, concludeAgreement, joinEnvironment, obtainSeals, offerServices, requestClientRegistration, requestRegistration, until, untilClientRegistered, untilRegistered, type JoiningClient, type JoiningPlan } from '../../src/joining/index.ts'
import { callAllTheTime, portsFor, startInformationSystem, startJoined } from './joined.ts'

// The life of an environment over the network: nothing is in it but what its operators brought in by the administration APIs.

t.setTimeout(150_000)
const service = await startInformationSystem()
t.teardown(() => service[Symbol.asyncDispose]())
const ports = await portsFor(['GWA', 'GWB'])
const addressOf = (code: string): string => `127.0.0.1:${ports[code]! + 3}`

const THIRD: JoiningClient = { id: 'GOV/3003/queue', name: 'Електронна черга' }
const plan: JoiningPlan = {
  instance: 'LIFE',
  memberClasses: [{ code: 'GOV', description: 'Учасники' }],
  members: [
    { memberClass: 'GOV', memberCode: '1001', name: 'Перший власник', kind: 'authority' },
    { memberClass: 'GOV', memberCode: '2002', name: 'Другий власник', kind: 'authority' },
    { memberClass: 'GOV', memberCode: '3003', name: 'Громада', kind: 'localGovernment' }
  ],
  management: { provider: 'GOV/1001/management', gateway: 'GWA' },
  parameters: { ocsp_freshness_seconds: 3600 },
  gateways: [
    { code: 'GWA', owner: 'GOV/1001', address: addressOf('GWA'), keys: { seal: 'EC' }, clients: [{ id: 'GOV/1001/portal' }, THIRD] },
    {
      code: 'GWB',
      owner: 'GOV/2002',
      address: addressOf('GWB'),
      keys: { seal: 'EC' },
      clients: [{
        id: 'GOV/2002/registry',
        name: 'Реєстр',
        descriptions: [
          { type: 'REST', url: `${service.url}/open`, services: [{ code: 'open', subjects: ['GOV/1001/portal', 'GOV/3003/queue'] }] },
          { type: 'REST', url: `${service.url}/agreed`, services: [{ code: 'agreed', agreement: 'remove', subjects: ['GOV/1001/portal'] }] }
        ]
      }]
    }
  ]
}
const OPEN = 'LIFE/GOV/2002/registry/open'
const PORTAL = 'LIFE/GOV/1001/portal'
const QUEUE = 'LIFE/GOV/3003/queue'

const joined = await startJoined(plan, ports)
t.teardown(() => joined[Symbol.asyncDispose]())
const { core } = joined.parties
const [gwa, gwb] = [joined.parties.gateways.get('GWA')!, joined.parties.gateways.get('GWB')!]
const joining = { instance: 'LIFE', core, ca: joined.parties.ca.ca, caName: (await core.get('/certification-services'))[0].name as string }
/** How many authentication certificates of the second gateway the first one finds in its configuration. */
const certificatesKnownToA = () => joined.gateways.get('GWA')!.globalconf!.current().shared()!.servers.find(({ id }) => id.serverCode === 'GWB')!.authCertHashes.length
const asPortal = () => joined.call('GWA', PORTAL, OPEN)

t.test('TR-7.7: two owners and three members are registered by requests that their own gateways signed', async (t) => {
  t.same(joined.approved.map(({ type, security_server_id: server, client_id: client }) => `${type} ${client ?? server}`).sort(), [
    'AUTH_CERT_REGISTRATION_REQUEST LIFE:GOV:1001:GWA',
    'AUTH_CERT_REGISTRATION_REQUEST LIFE:GOV:2002:GWB',
    'CLIENT_REGISTRATION_REQUEST LIFE:GOV:1001:portal',
    'CLIENT_REGISTRATION_REQUEST LIFE:GOV:2002:registry',
    'CLIENT_REGISTRATION_REQUEST LIFE:GOV:3003:queue'
  ])
  t.ok(joined.approved.every(({ status, signatures = [] }) => status === 'APPROVED' && signatures.length > 0 && signatures.every(({ valid }) => valid)))
  t.same((await core.get('/security-servers')).items.map(({ server_id: id }: { server_id: { server_code: string } }) => id.server_code).sort(), ['GWA', 'GWB'])
  t.equal((await asPortal()).status, 200, 'and they exchange')
})

t.test('TR-6.2: where papers are asked for, nothing is registered for a member without an agreement of accession', async (t) => {
  await core.patch('/system/parameters', { accession_required: true })
  const archive: JoiningClient = { id: 'GOV/2002/archive' }
  await requestClientRegistration(gwb, 'LIFE', archive)
  await t.rejects(approveRequests(core, 'LIFE:GOV:2002:GWB'), { code: 'accession_missing' })
  await core.patch('/members/LIFE:GOV:2002', { accession: { kind: 'accession', number: '7-П', signed_on: '2026-01-15' } })
  t.match(await approveRequests(core, 'LIFE:GOV:2002:GWB'), [{ status: 'APPROVED', client_id: 'LIFE:GOV:2002:archive' }])
  await untilClientRegistered(gwb, 'LIFE', archive.id)
  await core.patch('/system/parameters', { accession_required: false })
})

t.test('joining once more changes nothing', async (t) => {
  const before = (await core.get('/management-requests')).paging_metadata.total_items
  t.same(await joinEnvironment(plan, joined.parties), [])
  t.equal((await core.get('/management-requests')).paging_metadata.total_items, before)
})

t.test('TR-9b: an agreement is sealed by both sides, and answers are held to it', async (t) => {
  const AGREED = 'LIFE/GOV/2002/registry/agreed'
  t.match(await joined.call('GWA', PORTAL, AGREED), { fault: 'Server.ServerProxy.AgreementRequired' }, 'not without one')
  const agreement = await concludeAgreement(core, { consumer: gwa, provider: gwb }, {
    id: 'AGR-1',
    number: '1',
    date: '2026-01-31',
    consumer_id: 'LIFE:GOV:1001:portal',
    provider_id: 'LIFE:GOV:2002:registry',
    from: '2026-02-01T00:00:00Z',
    until: '2096-02-01T00:00:00Z',
    purposes: [{ code: 'P1', name: 'Перевірка', ground: 'постанова № 606' }],
    services: [{ code: 'agreed', operations: [{ json: ['/name'] }] }]
  })
  t.match(agreement, { state: 'in_force', seals: [{ side: 'consumer', verdict: 'verified', member_id: 'LIFE:GOV:1001' }, { side: 'provider', verdict: 'verified', member_id: 'LIFE:GOV:2002' }] })
  const answer = await until('the agreement in force at the gateway', async () => {
    const answer = await joined.call('GWA', PORTAL, AGREED)
    return answer.status === 200 && answer
  })
  t.same(JSON.parse(answer.body), { name: 'Громада' }, 'the field outside it is removed')
})

t.test('an authentication certificate is rotated, and no call is lost', async (t) => {
  const [old] = (await gwb.get('/tokens'))[0].keys.filter(({ usage }: { usage: string }) => usage === 'AUTHENTICATION')
  const oldHash: string = old.certificates[0].certificate_details.hash
  const traffic = callAllTheTime(asPortal)
  const next = await requestRegistration(joining, gwb, plan.gateways[1]!, 'next authentication of GWB')
  t.equal((await approveRequests(core, 'LIFE:GOV:2002:GWB')).length, 1)
  await untilRegistered(gwb, next)
  // Consumers must have heard of it too, before it is used: their gateway follows within a cycle.
  await until('the other gateway knows both certificates', async () => certificatesKnownToA() === 2)
  await gwb.put(`/token-certificates/${oldHash}/disable`)
  await traffic.more(40)
  await gwb.put(`/token-certificates/${oldHash}/unregister`)
  await until('the old certificate gone', async () => certificatesKnownToA() === 1)
  await traffic.more(40)
  t.same(await traffic.end(), ['200'], 'every call was answered')
})

t.test('a client moves to another gateway', async (t) => {
  t.equal((await joined.call('GWA', QUEUE, OPEN)).status, 200, 'it asks through the first')
  const moved = { ...plan.gateways[1]!, clients: [THIRD] }
  await requestClientRegistrationAfterSeal(moved)
  await approveRequests(core, 'LIFE:GOV:2002:GWB')
  await untilClientRegistered(gwb, 'LIFE', THIRD.id)
  t.equal((await joined.call('GWB', QUEUE, OPEN)).status, 200, 'it asks through the second')
  await gwa.put('/clients/LIFE:GOV:3003:queue/unregister')
  await gwa.delete('/clients/LIFE:GOV:3003:queue')
  t.not((await joined.call('GWA', QUEUE, OPEN)).fault, undefined, 'and through the first no more')
  t.equal((await joined.call('GWB', QUEUE, OPEN)).status, 200)

  async function requestClientRegistrationAfterSeal (gateway: typeof moved): Promise<void> {
    await gwb.post('/clients', { client: { member_class: 'GOV', member_code: '3003', subsystem_code: 'queue', connection_type: 'HTTP' } })
    await obtainSeals(joining, gwb, gateway)
    await requestClientRegistration(gwb, 'LIFE', THIRD)
    await offerServices(gwb, 'LIFE', THIRD)
  }
})

t.test('TR-15: a suspended member is refused everywhere within one cycle, and served again when restored', async (t) => {
  const suspension = await core.post('/suspensions', { object: { type: 'MEMBER', encoded_id: 'LIFE:GOV:3003' }, ground: 'law', act: { number: '17-д', date: '2026-02-02' } })
  const refused = await until('refused at its own gateway', async () => {
    const { fault } = await joined.call('GWB', QUEUE, OPEN)
    return fault
  })
  t.equal(refused, 'Server.ClientProxy.AccessSuspended')
  t.equal((await asPortal()).status, 200, 'others go on')
  await core.post(`/suspensions/${suspension.id}/lift`, { act: { number: '18-д', date: '2026-02-03' } })
  await until('served again', async () => (await joined.call('GWB', QUEUE, OPEN)).status === 200)
})

t.test('the key of the configuration is rotated while gateways keep running', async (t) => {
  const traffic = callAllTheTime(asPortal)
  const keysOf = async (): Promise<readonly { id: number, active: boolean, key_hash: string }[]> => await core.get('/configuration-sources/INTERNAL/signing-keys')
  const [old] = await keysOf()
  const next = await core.post('/configuration-sources/INTERNAL/signing-keys', { key_label: 'next', key_type: 'ec' })
  await t.rejects(core.put(`/signing-keys/${next.id}/activate`), { code: 'signing_key_too_new' }, 'not before every gateway that there may be knows it')
  // Here they are two, and both are asked.
  await everyGatewayFollows()
  await core.put(`/signing-keys/${next.id}/activate?ignore_warnings=true`)
  await everyGatewayFollows()
  await core.delete(`/signing-keys/${old!.id}`)
  await everyGatewayFollows()
  await traffic.more(20)
  t.same(await traffic.end(), ['200'], 'every call was answered')
  t.match(await keysOf(), [{ id: next.id, active: true }])
})

/** Publishes, and waits until what every gateway has was made after that. */
async function everyGatewayFollows (): Promise<void> {
  const expires = (): number[] => [...joined.gateways.values()].map(({ globalconf }) => globalconf!.current().expiresAt!.getTime())
  // Expiry is told in whole seconds.
  const before = Math.max(...expires()) + 1000
  await until('every gateway has a newer configuration', async () => {
    await joined.core.publish()
    return expires().every((at) => at >= before)
  }, { everyMs: 500 })
}
