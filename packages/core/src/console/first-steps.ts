import { card, html, steps, type Html, type Lang, type Step } from '@trembita/web'
import type { ApiClient } from './api-client.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'

export interface FirstStepsFacts {
  readonly instance: string
  readonly counts: Readonly<Record<'members' | 'security_servers' | 'certification_services' | 'timestamping_services', number>>
}

interface Management {
  readonly service_provider_id?: string
  readonly security_servers?: readonly string[]
}

/** The way of a new core to its first gateway, one step after the other; nothing once it has been gone. */
export async function firstSteps (api: ApiClient, lang: Lang, { instance, counts }: FirstStepsFacts): Promise<Html | undefined> {
  const words = wordsOf(lang)
  const { service_provider_id: provider, security_servers: servers = [] } = await api.get<Management>('/management-services-configuration')
  const gateway = counts.security_servers > 0 && servers.length > 0
  const known: readonly (Omit<Step, 'state'> & { readonly done: boolean })[] = [
    { label: words.stepInitialise, done: instance !== '', detail: html`<a href="/settings">${words.stepsToSettings}</a>` },
    { label: words.stepMembers, done: counts.members > 0, detail: html`<a href="/member-classes">${words.stepsToClasses}</a> · <a href="/members">${words.stepsToMembers}</a>` },
    { label: words.stepProvider, done: provider !== undefined, detail: html`<a href="/settings/management-services">${words.stepsToProvider}</a>` },
    { label: words.stepTrust, done: counts.certification_services > 0 && counts.timestamping_services > 0, detail: html`<a href="/trust-services">${words.stepsToTrust}</a>` },
    // Whether it was handed over shows in the gateway that has come.
    { label: words.stepAnchor, done: counts.security_servers > 0, detail: html`<a href="/anchor" download>${words.stepsToAnchor}</a>` },
    { label: words.stepGateway, done: gateway, detail: html`<a href="/management-requests">${words.stepsToRequests}</a> · <a href="/settings/management-services">${words.stepsToProvider}</a>` }
  ]
  const current = known.findIndex(({ done }) => !done)
  if (current === -1) return undefined
  return card({
    title: words.steps,
    lead: words.stepsLead,
    body: steps(lang, known.map(({ done, detail, ...step }, index) => ({
      ...step,
      state: done ? 'done' : index === current ? 'current' : 'todo',
      // Before the core has an identifier nothing else can be done.
      ...(done || (instance === '' && index > 0) ? {} : { detail })
    })))
  })
}
