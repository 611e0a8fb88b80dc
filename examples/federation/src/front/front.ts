import { readFileSync } from 'node:fs'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { document, html, webPlugin, type PageContext } from '@trembita/web'
import type { Stage } from '../demonstrations/index.ts'
import { localhost, PORTS } from '../plan/index.ts'
import { LiveState } from './live-state.ts'
import { accountPage, frontPage } from './pages.ts'
import { wordsOf } from './texts.ts'

const STYLE = readFileSync(new URL('./front.css', import.meta.url), 'utf8')
const CONTROL_TIMEOUT_MS = 5000
const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/

/** The first page of the demonstration: the federation drawn with its live state, and stories that run at the press of a button. Not yet listening. */
export async function createFront (stage: Stage): Promise<FastifyInstance> {
  const live = new LiveState()
  const app = fastify({ logger: false })
  await app.register(webPlugin, { pageContext: contextOf })
  // A page elsewhere whose name is made to lead here would be of our own origin: we go by no name but the machine's own.
  app.addHook('onRequest', async (request, reply) => {
    if (!OWN_HOST.test(request.headers.host ?? '')) return await reply.code(421).type('text/plain; charset=utf-8').send(wordsOf(request.lang).foreignRequest)
  })
  app.get('/front.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE))
  app.get('/health', async () => ({ status: 'UP' }))
  app.get('/', async (request, reply) => reply.html(document(contextOf(request), frontPage(request.lang, stage, await live.states()))))
  app.get('/state.json', async () => ({ nodes: Object.fromEntries(await live.states()), demonstrations: stage.demonstrations.map(({ id }) => stage.account(id) ?? { id, steps: [] }) }))

  app.get<{ Params: { id: string } }>('/demonstrations/:id', async (request, reply) => {
    const demonstration = stage.demonstrations.find(({ id }) => id === request.params.id)
    if (demonstration === undefined) return reply.callNotFound()
    return reply.html(document(contextOf(request), accountPage(request.lang, demonstration, stage.account(demonstration.id))))
  })

  app.register(async (posts) => {
    // There is no sign-in here, so a page elsewhere must not press our buttons.
    posts.addHook('onRequest', async (request, reply) => {
      const { origin, host = '', 'sec-fetch-site': site = 'none' } = request.headers
      if ((origin !== undefined && origin !== `http://${host}`) || (site !== 'same-origin' && site !== 'none')) return await reply.code(403).type('text/plain; charset=utf-8').send(wordsOf(request.lang).foreignRequest)
    })
    posts.post('/demonstrations', async (_request, reply) => {
      for (const { id } of stage.demonstrations) void stage.run(id)
      return reply.redirect('/#demonstrations', 303)
    })
    posts.post<{ Params: { id: string } }>('/demonstrations/:id', async (request, reply) => {
      const { id } = request.params
      if (!stage.demonstrations.some((one) => one.id === id)) return reply.callNotFound()
      void stage.run(id)
      return reply.redirect(`/demonstrations/${id}`, 303)
    })
    posts.post<{ Params: { name: string, verb: string } }>('/registers/:name/:verb', async (request, reply) => {
      const { name, verb } = request.params
      if (!/^[a-z-]+$/.test(name) || !['start', 'stop'].includes(verb)) return reply.callNotFound()
      const response = await fetch(localhost(PORTS.registers, `/registers/${name}/${verb}`), { method: 'POST', signal: AbortSignal.timeout(CONTROL_TIMEOUT_MS) })
      if (response.status === 404) return reply.callNotFound()
      live.forget()
      return reply.redirect(`/?said=${verb === 'stop' ? 'stopped' : 'started'}#map`, 303)
    })
  })
  return app
}

function contextOf (request: FastifyRequest): PageContext {
  const words = wordsOf(request.lang)
  const [path = '/', query = ''] = request.url.split('?', 2)
  const said = new URLSearchParams(query).get('said')
  return {
    lang: request.lang,
    path,
    query,
    product: words.product,
    nav: [],
    layout: 'top',
    environment: 'SEVDEIR-DEMO',
    trial: true,
    head: html`<link rel="stylesheet" href="/front.css">`,
    footer: html`<p>${words.synthetic}</p>`,
    ...said === 'stopped' || said === 'started' ? { flash: { kind: 'ok', title: words[said] } } : {}
  }
}
