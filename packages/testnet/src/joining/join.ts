import type { AdminApi } from './admin-api.ts'
import { makeLocalGroups, offerServices, requestClientRegistration, setMonitoring, untilClientRegistered } from './client-steps.ts'
import { approveRequests, fillGlobalGroups, initialiseCore, setManagementProvider, untilPublished, type ApprovedRequest } from './core-steps.ts'
import { joinGateway, type Joining } from './gateway-steps.ts'
import { publishManagementServices } from './management-steps.ts'
import { encodedId, type JoiningGateway, type JoiningPlan } from './plan.ts'
import { approveTrustServices, type CaAddresses } from './trust-steps.ts'

/** Whose administration APIs are called. */
export interface Parties {
  readonly core: AdminApi
  readonly ca: CaAddresses
  /** By the code of the gateway. */
  readonly gateways: ReadonlyMap<string, AdminApi>
}

/**
 * Brings an environment up by the administration APIs alone, in the order of xroad-trust §4.6: what the operators of the core and of each
 * gateway do by hand (docs/joining.md). What is done already is left as it is, so an interrupted joining goes on where it stopped.
 *
 * @param say called with one line per step.
 * @returns the management requests that were approved, in the order of approval.
 */
export async function joinEnvironment (plan: JoiningPlan, { core, ca, gateways }: Parties, say: (line: string) => void = () => {}): Promise<ApprovedRequest[]> {
  const { instance, management } = plan
  const apiOf = ({ code }: JoiningGateway): AdminApi => gateways.get(code)!
  const approved: ApprovedRequest[] = []
  await initialiseCore(core, plan)
  await setManagementProvider(core, plan)
  say(`core: instance ${instance}, ${plan.members.length} members, management services`)
  const joining: Joining = { instance, core, ca: ca.ca, caName: await approveTrustServices(core, ca) }
  await untilPublished(core)
  say('core: certification authority, OCSP responders and timestamping service asked and approved')

  await Promise.all(plan.gateways.map(async (planned) => {
    approved.push(...await joinGateway(joining, apiOf(planned), planned))
    say(`${planned.code}: anchor, keys, certificates, registered`)
    if (planned.code !== management.gateway) return
    await publishManagementServices(core, apiOf(planned), instance, management.provider, planned)
    say(`${planned.code}: management services published`)
  }))

  await Promise.all(plan.gateways.map(async (planned) => {
    const gateway = apiOf(planned)
    for (const client of planned.clients) await requestClientRegistration(gateway, instance, client)
    approved.push(...await approveRequests(core, `${encodedId(instance, planned.owner)}:${planned.code}`))
    for (const { id } of planned.clients) await untilClientRegistered(gateway, instance, id)
    if (planned.clients.length > 0) say(`${planned.code}: ${planned.clients.length} clients registered through the exchange`)
  }))

  await fillGlobalGroups(core, plan)
  for (const planned of plan.gateways) {
    await setMonitoring(apiOf(planned), planned)
    for (const client of planned.clients) {
      await makeLocalGroups(apiOf(planned), instance, client)
      await offerServices(apiOf(planned), instance, client)
    }
  }
  say('services described, rights given')
  return approved.sort((a, b) => a.id - b.id)
}
