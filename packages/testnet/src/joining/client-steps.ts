import { AdminApiError, type AdminApi } from './admin-api.ts'
import { encodedId, type JoiningClient, type JoiningGateway, type OfferedDescription, type OfferedService } from './plan.ts'
import { until } from './until.ts'

/** Adds the subsystem to the gateway, if it is not there. @returns its state. */
export async function addClient (gateway: AdminApi, instance: string, { id, name, connection = 'HTTP' }: JoiningClient): Promise<string> {
  const known = await gateway.find(`/clients/${encodedId(instance, id)}`)
  if (known !== undefined) return known.status
  const [memberClass, memberCode, subsystemCode] = id.split('/')
  const added = await gateway.post('/clients', { client: { member_class: memberClass, member_code: memberCode, subsystem_code: subsystemCode, ...name === undefined ? {} : { subsystem_name: name }, connection_type: connection } })
  return added.status
}

/** Sends the signed request that registers the client, through the exchange itself. Asked again while the way there is not open yet. */
export async function requestClientRegistration (gateway: AdminApi, instance: string, client: JoiningClient): Promise<void> {
  if (await addClient(gateway, instance, client) !== 'SAVED') return
  let last: unknown
  await until(`request for ${client.id} sent`, async () => {
    try {
      await gateway.put(`/clients/${encodedId(instance, client.id)}/register`)
      return true
    } catch (error) {
      if (!(error instanceof AdminApiError) || error.status === 403) throw error
      last = error
      return false
    }
  }, { timeoutMs: 30_000, everyMs: 300 }).catch((error: Error) => { throw new Error(error.message, { cause: last }) })
}

export async function untilClientRegistered (gateway: AdminApi, instance: string, id: string): Promise<void> {
  await until(`client ${id} registered`, async () => (await gateway.get(`/clients/${encodedId(instance, id)}`)).status === 'REGISTERED')
}

/** Local groups of a client, their members included. Members must be known to the configuration. */
export async function makeLocalGroups (gateway: AdminApi, instance: string, { id, localGroups = [] }: JoiningClient): Promise<void> {
  const known: readonly { code: string }[] = await gateway.get(`/clients/${encodedId(instance, id)}/local-groups`)
  for (const { code, description, members } of localGroups) {
    if (known.some((group) => group.code === code)) continue
    const group = await gateway.post(`/clients/${encodedId(instance, id)}/local-groups`, { code, description })
    await onceKnown(() => gateway.post(`/local-groups/${group.id}/members`, { items: members.map((member) => encodedId(instance, member)) }))
  }
}

/** Tells the gateway where accesses to personal data are reported. It may be told again at any time. */
export async function setMonitoring (gateway: AdminApi, { monitoring }: JoiningGateway): Promise<void> {
  if (monitoring !== undefined) await gateway.put('/monitoring', monitoring)
}

interface KnownService {
  readonly id: string
  readonly full_service_code: string
  readonly endpoints?: readonly { readonly id: string, readonly method: string, readonly path: string }[] | undefined
}

interface KnownDescription {
  readonly id: string
  readonly url: string
  readonly disabled: boolean
  readonly services: readonly KnownService[]
}

/** Publishes what a client offers: the description is read, settings and rights are given, and it is enabled last. */
export async function offerServices (gateway: AdminApi, instance: string, client: JoiningClient): Promise<void> {
  const path = `/clients/${encodedId(instance, client.id)}/service-descriptions`
  const known: readonly KnownDescription[] = await gateway.get(path)
  for (const wanted of client.descriptions ?? []) {
    const description = known.find(({ url }) => url === wanted.url) ?? await gateway.post<KnownDescription>(path, {
      type: wanted.type, url: wanted.url, ...wanted.type === 'WSDL' ? {} : { rest_service_code: wanted.services[0]!.code }
    })
    if (!description.disabled) continue
    for (const service of wanted.services) await offerService(gateway, instance, client, description, wanted, service)
    await gateway.put(`/service-descriptions/${description.id}/enable`)
  }
}

async function offerService (gateway: AdminApi, instance: string, client: JoiningClient, description: KnownDescription, { type }: OfferedDescription, wanted: OfferedService): Promise<void> {
  const fullCode = wanted.version === undefined ? wanted.code : `${wanted.code}.${wanted.version}`
  const service = description.services.find(({ full_service_code: code }) => code === fullCode)
  if (service === undefined) throw new Error(`the ${type} description of ${client.id} offers no ${fullCode}`)
  const path = `/services/${encodeURIComponent(service.id)}`
  const settings = { ...wanted.url === undefined ? {} : { url: wanted.url }, ...wanted.agreement === undefined ? {} : { agreement: wanted.agreement } }
  if (Object.keys(settings).length > 0) await gateway.patch(path, settings)
  if (wanted.personalData !== undefined) await gateway.put(`${path}/personal-data`, wanted.personalData)
  await grant(gateway, instance, client, `${path}/service-clients`, wanted.subjects ?? [])
  for (const { method, path: pattern, subjects } of wanted.endpoints ?? []) {
    const endpoint = service.endpoints?.find((one) => one.method === method && one.path === pattern) ?? await gateway.post<{ id: string }>(`${path}/endpoints`, { method, path: pattern })
    await grant(gateway, instance, client, `/endpoints/${endpoint.id}/service-clients`, subjects)
  }
}

async function grant (gateway: AdminApi, instance: string, client: JoiningClient, path: string, subjects: readonly string[]): Promise<void> {
  const groups: readonly { id: string, code: string }[] = subjects.some((subject) => subject.startsWith('local:')) ? await gateway.get(`/clients/${encodedId(instance, client.id)}/local-groups`) : []
  const items = subjects.map((subject) => {
    if (subject.startsWith('group:')) return { id: `${instance}:${subject.slice('group:'.length)}` }
    if (subject.startsWith('local:')) return { id: groups.find(({ code }) => code === subject.slice('local:'.length))!.id }
    return { id: encodedId(instance, subject) }
  })
  for (const item of items) {
    try {
      await onceKnown(() => gateway.post(path, { items: [item] }))
    } catch (error) {
      // An earlier run gave it.
      if (!(error instanceof AdminApiError && error.code === 'duplicate_accessright')) throw error
    }
  }
}

/** Codes for somebody whom the configuration of the gateway does not name: yet, since others register at the same time. */
const UNKNOWN_YET = ['service_client_not_found', 'local_group_member_not_found']

async function onceKnown (call: () => Promise<unknown>): Promise<void> {
  await until('everybody named known to the gateway', async () => {
    try {
      await call()
      return true
    } catch (error) {
      if (error instanceof AdminApiError && UNKNOWN_YET.includes(error.code)) return false
      throw error
    }
  }, { timeoutMs: 30_000 })
}
