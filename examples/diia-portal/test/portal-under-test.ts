import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startTaxRegistry } from '@trembita/example-tax-registry'
import { freePorts } from '@trembita/testnet/federation'
import { DEVELOPMENT_CLIENTS, startIdentityProvider, type IdentityProvider } from '@trembita/testnet/identity-provider'
import { startDiiaPortal, type DiiaPortal, type PortalOptions } from '../src/index.ts'

export const INSTANCE = 'SEVDEIR-DEMO'

/** What came to a service behind the gateway's consumer address. */
export interface Received {
  readonly service: string
  readonly id: string
  readonly client: string
  readonly body: any
}

export interface Reply {
  readonly status: number
  readonly body: object
  /** Fault of a gateway: goes into `X-Road-Error`. */
  readonly fault?: string
}

/** Answers of services by their code; none is an outage. */
export type Services = Record<string, ((received: Received) => Reply | Promise<Reply>) | undefined>

/** Stands at the consumer address of the portal's gateway. SOAP goes to the real register of taxpayers. */
export interface StandIn {
  readonly url: string
  readonly services: Services
  readonly received: Received[]
  /** Base of the register; undefined is an outage. */
  taxUrl: string | undefined
  close (): Promise<void>
}

export async function startStandIn (taxUrl: string | undefined): Promise<StandIn> {
  const standIn = { services: {} as Services, received: [] as Received[], taxUrl }
  const server = createServer((request, response) => {
    void (async () => {
      const text = await textOf(request)
      const [, service] = /^\/r1\/[^/]+\/(.+)$/.exec(request.url ?? '') ?? []
      if (service === undefined) {
        const answer = standIn.taxUrl === undefined ? undefined : await fetch(`${standIn.taxUrl}/drfo`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: text })
        response.writeHead(answer?.status ?? 500, { 'content-type': 'text/xml' }).end(answer === undefined ? faultText('Server.ServerProxy.ServiceFailed') : await answer.text())
        return
      }
      const received = { service, id: String(request.headers['x-road-id']), client: String(request.headers['x-road-client']), body: JSON.parse(text) }
      standIn.received.push(received)
      const reply = await standIn.services[service]?.(received) ?? { status: 500, body: { type: 'Server.ServerProxy.ServiceFailed' }, fault: 'Server.ServerProxy.ServiceFailed' }
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.fault === undefined ? {} : { 'x-road-error': reply.fault } }).end(JSON.stringify(reply.body))
    })().catch(() => { response.destroy() })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(standIn, {
    url,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => { resolve() }) })
    }
  })
}

function faultText (code: string): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>${code}</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>`
}

async function textOf (request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString('utf8')
  return text
}

export interface UnderTest {
  readonly portal: DiiaPortal
  readonly provider: IdentityProvider
  readonly gateway: StandIn
  readonly options: PortalOptions
  readonly folder: string
}

/** A real portal, a real identity provider and a real register of taxpayers. */
export async function runPortal (t: Test, change: Partial<PortalOptions> = {}): Promise<UnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-portal-'))
  const tax = await startTaxRegistry()
  const gateway = await startStandIn(tax.url)
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  const options: PortalOptions = {
    dataFolder: folder,
    pages: { port: await freePorts(1) },
    services: { port: 0 },
    identityProvider: { issuer: provider.issuer },
    gateway: { url: gateway.url, client: `${INSTANCE}/GOV/90000067/PORTAL`, timeoutMs: 5000 },
    ...change
  }
  const portal = await startDiiaPortal(options)
  t.teardown(async () => {
    await portal.close()
    await Promise.all([provider.close(), gateway.close(), tax.close()])
    await rm(folder, { recursive: true, force: true })
  })
  return { portal, provider, gateway, options, folder }
}

/** Asks a service of the portal as its gateway would. */
export async function ask (portal: Pick<DiiaPortal, 'servicesUrl'>, method: string, path: string, client: string, body?: object, id: string = randomUUID()): Promise<{ status: number, body: any }> {
  const response = await fetch(`${portal.servicesUrl}${path}`, {
    method,
    headers: { 'x-road-client': `${INSTANCE}/${client}`, 'x-road-id': id, ...body === undefined ? {} : { 'content-type': 'application/json' } },
    ...body === undefined ? {} : { body: JSON.stringify(body) }
  })
  return { status: response.status, body: await response.json() }
}

/** What a browser does with cookies and redirects, by hand: signs in as a person of the fixtures. */
export class Visitor {
  readonly #cookies = new Map<string, string>()
  readonly #url: string
  csrf = ''

  constructor (url: string) {
    this.#url = url
  }

  static async signIn (portal: DiiaPortal, person: string, acr?: string): Promise<Visitor> {
    const visitor = new Visitor(portal.url)
    const list = await visitor.#follow(`${portal.url}/sign-in?return=/settings`)
    const chosen = await visitor.#go(list.url, { method: 'POST', body: new URLSearchParams({ person, ...acr === undefined ? {} : { acr } }) })
    const { text } = await visitor.#follow(new URL(chosen.headers.get('location') ?? '', list.url).href)
    visitor.csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
    return visitor
  }

  async get (path: string): Promise<{ status: number, text: string, url: string }> {
    return await this.#follow(new URL(path, this.#url).href)
  }

  /** Posts a form as the person; follows where it leads. */
  async post (path: string, fields: Readonly<Record<string, string | readonly string[]>> = {}): Promise<{ status: number, text: string, url: string }> {
    const form = new URLSearchParams({ _csrf: this.csrf })
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one)
    return await this.#follow(new URL(path, this.#url).href, { method: 'POST', body: form, headers: { origin: this.#url } })
  }

  async postJson (path: string, body: object): Promise<number> {
    const answer = await this.#go(new URL(path, this.#url).href, {
      method: 'POST', body: JSON.stringify(body), headers: { origin: this.#url, 'content-type': 'application/json', 'x-csrf-token': this.csrf, accept: 'application/json' }
    })
    return answer.status
  }

  async #follow (address: string, init: RequestInit = {}): Promise<{ status: number, text: string, url: string }> {
    let [url, options] = [address, init]
    for (let hops = 0; hops < 12; hops++) {
      const answer = await this.#go(url, options)
      const location = answer.headers.get('location')
      if (location === null) return { status: answer.status, text: await answer.text(), url }
      ;[url, options] = [new URL(location, url).href, {}]
    }
    throw new Error('too many redirects')
  }

  async #go (url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: { accept: 'text/html', cookie, ...init.headers as Record<string, string> } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name!)
      else this.#cookies.set(name!, value!)
    }
    return answer
  }
}

/** A certificate of a displaced person, as its register answers. */
export function displacedAnswer (status: 'active' | 'cancelled'): Reply {
  return {
    status: 200,
    body: {
      requestId: 'r',
      outcome: 'FOUND',
      missing: [],
      discrepancies: [],
      agreement: null,
      purpose: null,
      data: {
        number: '0305-5000000001',
        issuedAt: '2022-06-14',
        issuer: 'Управління соцзахисту, Львів',
        status,
        statusDate: '2025-01-10',
        registeredAddress: { katottg: 'UA63120270010096107', text: 'м. Харків, вул. Колишня, 1' },
        actualAddress: { katottg: 'UA46060250010015970', text: 'м. Львів, вул. Нова, 19' }
      },
      source: { register: 'IDP', asOf: '2026-11-30T08:00:00Z', recordVersion: 2 }
    }
  }
}

export const NO_RECORD: Reply = {
  status: 200,
  body: { requestId: 'r', outcome: 'NO_DATA', data: null, missing: [{ field: '', reason: 'NO_RECORD' }], discrepancies: [], source: { register: 'IDP', asOf: '2026-11-30T08:00:00Z', recordVersion: null }, agreement: null, purpose: null }
}
