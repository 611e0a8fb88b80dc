import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { document, linkButton } from '@trembita/web'
import type { PublicJwk } from '../documents/index.ts'
import { BadSubscription, type WebPush } from '../push/index.ts'
import { frameWordsOf } from './frame-texts.ts'
import { frameOf, PERSON } from './pages.ts'

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/portal.css': ['portal.css', 'text/css; charset=utf-8'],
  '/portal.js': ['portal.js', 'text/javascript; charset=utf-8'],
  '/service-worker.js': ['service-worker.js', 'text/javascript; charset=utf-8'],
  '/icons/192.png': ['icon-192.png', 'image/png'],
  '/icons/512.png': ['icon-512.png', 'image/png']
}

/** A subscription is an address and two keys. */
const SUBSCRIPTION_BYTES_MAX = 4096

/** What makes the pages installable: manifest, icons, worker, the page for being offline; and subscriptions to notifications. */
export function installableRoutes (app: FastifyInstance, { push, jwk }: { readonly push: WebPush, readonly jwk: PublicJwk }): void {
  const open = { config: { access: 'public' as const } }
  for (const [path, [file, type]] of Object.entries(FILES)) {
    const bytes = readFileSync(new URL(`files/${file}`, import.meta.url))
    // Asked for anew by each browser: a worker that lives in caches cannot be mended.
    app.get(path, open, async (_request, reply) => reply.type(type).header('cache-control', 'no-cache').send(bytes))
  }
  app.get('/manifest.webmanifest', open, async ({ lang }, reply) => {
    const name = frameWordsOf(lang).product
    return reply.type('application/manifest+json').send({
      id: '/',
      name,
      short_name: 'Дія',
      lang,
      start_url: '/',
      scope: '/',
      display: 'standalone',
      background_color: '#ffffff',
      theme_color: '#0b57a4',
      icons: [{ src: '/icons/192.png', sizes: '192x192', type: 'image/png' }, { src: '/icons/512.png', sizes: '512x512', type: 'image/png', purpose: 'any' }]
    })
  })
  app.get('/offline', open, async (request, reply) => {
    const words = frameWordsOf(request.lang)
    return reply.html(document({ ...frameOf(request), nav: [], actor: undefined }, { title: words.offline, lead: words.offlineText, body: linkButton({ label: words.again, href: '/' }) }))
  })
  app.get('/jwks.json', open, async () => ({ keys: [jwk] }))

  app.post('/push/subscriptions', { config: { access: [PERSON] }, bodyLimit: SUBSCRIPTION_BYTES_MAX }, async (request, reply) => {
    if (request.identity === undefined) return reply.code(401).send()
    try {
      await push.subscribe(request.identity.subject, request.lang, request.body)
      return reply.code(204).send()
    } catch (error) {
      if (!(error instanceof BadSubscription)) throw error
      return reply.code(400).send({ error: { code: 'bad_subscription', message: error.message } })
    }
  })
}
