import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Clock } from '@trembita/daemon'
import { startPersonnelRegistry } from '@trembita/example-personnel-registry'
import { freePorts } from '@trembita/testnet/federation'
import { startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startDiiaOffice, type DiiaOffice, type OfficeOptions } from '../src/index.ts'
import { PersonAtWeb } from './person.ts'
import { startStandInGateway, type StandInGateway } from './stand-in-gateway.ts'

export const JUSTICE = '90000038'
export const OFFICE = '90000050'

/** What an office needs around it. */
export interface Surroundings {
  readonly options: OfficeOptions
  readonly gateways: { readonly justice: StandInGateway, readonly office: StandInGateway, readonly operator: StandInGateway }
  readonly issuer: string
  readonly personnelUrl: string
  /** What the personnel officers of the demonstration do. */
  personnel (path: string, body: object): Promise<void>
  close (): Promise<void>
}

export interface RunningOffice extends Surroundings {
  readonly office: DiiaOffice
  /** Somebody signed in. */
  person (id: string, assurance?: string): Promise<PersonAtWeb>
  /** Somebody signed in who has joined as an official. */
  official (id: string, body: string): Promise<PersonAtWeb>
}

/** A real personnel system and identity provider, and stand-ins for the three gateways. */
export async function startSurroundings (change: Partial<OfficeOptions> = {}): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), 'diia-office-'))
  const personnel = await startPersonnelRegistry()
  const port = await freePorts(1)
  const provider = await startIdentityProvider({ clients: [{ id: 'diia-office', name: 'Дія.Офіс', url: `http://127.0.0.1:${port}` }] })
  const servicesPort = await freePorts(1)
  const addressOf = (service: string): string | undefined => {
    const [, , member = '', subsystem, code = ''] = service.split('/')
    const paths: Record<string, string> = subsystem === 'HRM'
      ? { bodies: '/bodies', bodyStructure: '/body-structure', staffList: '/staff-list', officials: '/officials', officialStatus: '/official-status' }
      : { sendMessage: '/messages', acknowledge: '/acknowledgements', createSurvey: '/surveys', submitAnswer: '/answers', surveyResults: '/survey-results', tasks: '/tasks' }
    const path = paths[code]
    return path === undefined ? undefined : subsystem === 'HRM' ? personnel.url + path : `http://127.0.0.1:${servicesPort}/bodies/${member}${path}`
  }
  const [justice, office, operator] = [await startStandInGateway(addressOf), await startStandInGateway(addressOf), await startStandInGateway(addressOf)]
  const options: OfficeOptions = {
    dataFolder: folder,
    instance: 'TEST',
    port,
    servicesPort,
    openId: { issuer: provider.issuer, clientId: 'diia-office' },
    operator: { code: '90000067', gateway: operator.url },
    bodies: [{ code: JUSTICE, gateway: justice.url, connectWith: 'o-38-01' }, { code: OFFICE, gateway: office.url, connectWith: 'o-50-05' }],
    syncSeconds: 3600,
    retrySeconds: 1,
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    ...change
  }
  return {
    options,
    gateways: { justice, office, operator },
    issuer: provider.issuer,
    personnelUrl: personnel.url,
    personnel: async (path, body) => {
      const response = await fetch(personnel.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${path}: ${response.status}`)
    },
    close: async () => {
      for (const part of [justice, office, operator, provider, personnel]) await part.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** The same with a real office among them. */
export async function runOffice (t: Test, change: Partial<OfficeOptions> = {}, clock?: Clock): Promise<RunningOffice> {
  const surroundings = await startSurroundings(change)
  const office = await startDiiaOffice(surroundings.options, clock)
  t.teardown(async () => {
    await office.close()
    await surroundings.close()
  })
  return {
    ...surroundings,
    office,
    person: async (id, assurance) => await signedIn(office.url, id, assurance),
    official: async (id, body) => await joined(office.url, id, body)
  }
}

export async function signedIn (url: string, id: string, assurance?: string): Promise<PersonAtWeb> {
  const somebody = new PersonAtWeb(url)
  await somebody.signIn(id, assurance)
  return somebody
}

export async function joined (officeUrl: string, id: string, body: string): Promise<PersonAtWeb> {
  const somebody = await signedIn(officeUrl, id)
  // The demonstration's bodies are connected in the first moments after the start.
  await until(async () => (await somebody.get('/')).text.includes(`value="${body}"`) ? true : undefined, `body ${body}`)
  const { url, text } = await somebody.post('/', '/join', { body, agree: 'on' })
  if (!url.includes(`/b/${body}/today`)) throw new Error(`${id} was not let in: ${text.slice(0, 2000)}`)
  return somebody
}

/** Asks until it is so; bounded. */
export async function until<T> (ask: () => Promise<T | undefined>, what: string): Promise<T> {
  const end = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`never came: ${what}`)
    await new Promise((resolve) => { setTimeout(resolve, 25) })
  }
}
