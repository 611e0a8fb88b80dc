import type { AdminApi } from './admin-api.ts'
import { until } from './until.ts'
import { encodedId, type JoiningMember, type JoiningPlan } from './plan.ts'

/** A management request, as far as is shown here. */
export interface ApprovedRequest {
  readonly id: number
  readonly type: string
  readonly security_server_id: string
  readonly client_id?: string | undefined
  readonly status: string
  /** Who signed it, verified again by the core. */
  readonly signatures?: readonly { readonly by: string, readonly valid: boolean, readonly member_id?: string | undefined, readonly certificate?: { readonly subject_distinguished_name: string } | undefined }[] | undefined
}

/** Gives a core its name and fills the registry with what operators enter: classes, members, groups. What is there stays. */
export async function initialiseCore (core: AdminApi, plan: JoiningPlan): Promise<void> {
  const { instance_identifier: known } = await core.get('/initialization/status')
  if (known === '') await core.post('/initialization', { instance_identifier: plan.instance })
  if (plan.parameters !== undefined) await core.patch('/system/parameters', plan.parameters)
  const classes: readonly { code: string }[] = await core.get('/member-classes')
  for (const one of plan.memberClasses) if (!classes.some(({ code }) => code === one.code)) await core.post('/member-classes', one)
  for (const member of plan.members) await addMember(core, plan.instance, member)
}

export async function addMember (core: AdminApi, instance: string, { memberClass, memberCode, name, kind }: JoiningMember): Promise<void> {
  if (await core.find(`/members/${encodedId(instance, `${memberClass}/${memberCode}`)}`) !== undefined) return
  await core.post('/members', { member_id: { member_class: memberClass, member_code: memberCode }, member_name: name, ...kind === undefined ? {} : { kind } })
}

/** Says which subsystem gives the management services; makes the subsystem. */
export async function setManagementProvider (core: AdminApi, { instance, management: { provider } }: JoiningPlan): Promise<void> {
  const id = encodedId(instance, provider)
  const [memberClass, memberCode, subsystemCode] = provider.split('/')
  if (await core.find(`/subsystems/${id}`) === undefined) {
    await core.post('/subsystems', { subsystem_id: { member_class: memberClass, member_code: memberCode, subsystem_code: subsystemCode }, subsystem_name: 'Management services' })
  }
  await core.patch('/management-services-configuration', { service_provider_id: id })
}

/** Makes the provider a client of the gateway that is to publish the services. */
export async function registerManagementProvider (core: AdminApi, instance: string, owner: string, serverCode: string): Promise<void> {
  const id = `${encodedId(instance, owner)}:${serverCode}`
  const { security_servers: servers } = await core.get('/management-services-configuration')
  if (!servers.includes(id)) await core.post('/management-services-configuration/register-provider', { security_server_id: id })
}

/** Puts subsystems into global groups, as soon as they are registered. */
export async function fillGlobalGroups (core: AdminApi, { instance, globalGroups = [] }: JoiningPlan): Promise<void> {
  for (const { code, description, members } of globalGroups) {
    if (await core.find(`/global-groups/${code}`) === undefined) await core.post('/global-groups', { code, description })
    await core.post(`/global-groups/${code}/members/add`, { items: members.map((member) => encodedId(instance, member)) })
  }
}

/** Approves the requests of one gateway that wait. @returns each as the core shows it: with who signed it. */
export async function approveRequests (core: AdminApi, serverId: string): Promise<ApprovedRequest[]> {
  const { items }: { items: readonly { id: number }[] } = await core.get(`/management-requests?status=WAITING&server=${encodeURIComponent(serverId)}&limit=100`)
  const approved: ApprovedRequest[] = []
  for (const { id } of items) approved.push(await core.post(`/management-requests/${id}/approval`))
  return approved
}

/** Waits until what was entered can be downloaded: a gateway takes no anchor that leads nowhere. */
export async function untilPublished (core: AdminApi): Promise<void> {
  const { url } = await core.get<{ url: string }>('/configuration-sources/INTERNAL/download-url')
  await until('the configuration published, with a timestamping service in it', async () => {
    const directory = await fetch(`${url}?version=6`)
    const location = /^Content-location: (\S*shared-params\.xml)/im.exec(await directory.text())?.[1]
    if (!directory.ok || location === undefined) return false
    return (await (await fetch(new URL(location, url))).text()).includes('<approvedTSA>')
  })
}
