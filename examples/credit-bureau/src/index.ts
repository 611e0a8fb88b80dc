import type { AddressInfo } from 'node:net'
import fastify, { type FastifyRequest } from 'fastify'
import type { Gateway } from '@trembita/example-consumer'
import { document, readForm, webPlugin, type PageContext } from '@trembita/web'
import { checkPerson, readQuestion, type CheckDeps } from './check.ts'
import { checkPage } from './pages.ts'
import { wordsOf } from './texts.ts'

export interface CreditBureauOptions {
  readonly port?: number | undefined
  /** The bureau's own gateway and who it is there. */
  readonly gateway: Gateway
  /** The register's service, in full. */
  readonly service: string
  /** Purpose of the processing, as the contract with the register's holder names it. */
  readonly purpose: string
}

export interface CreditBureau {
  readonly url: string
  close (): Promise<void>
}

/**
 * An enterprise that asks a register about a person under a contract, and keeps nothing of it: one page, on loopback. The person learns of it from
 * the access monitor, since the register's gateway reports the access.
 */
export async function startCreditBureau (options: CreditBureauOptions): Promise<CreditBureau> {
  const deps: CheckDeps = options
  const app = fastify({ logger: false, forceCloseConnections: true })
  await app.register(webPlugin, { pageContext: contextOf })
  app.get('/health', async () => ({ status: 'UP', system: 'credit-bureau', synthetic: true }))
  app.get('/', async (request, reply) => reply.html(document(contextOf(request), checkPage(request.lang, {}))))
  app.post('/', async (request, reply) => {
    const question = readQuestion(readForm(request.body))
    if ('errors' in question) return reply.code(400).html(document(contextOf(request), checkPage(request.lang, question)))
    const result = await checkPerson(deps, question)
    return reply.html(document(contextOf(request), checkPage(request.lang, { result })))
  })
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 })
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, close: () => app.close() }
}

function contextOf (request: FastifyRequest): PageContext {
  const words = wordsOf(request.lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  return { lang: request.lang, path, query, product: words.product, nav: [], layout: 'top', trial: true, environment: words.synthetic, footer: words.synthetic }
}
