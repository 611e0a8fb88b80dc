import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'

/** A closed list: no request reaches the disk. */
const FILES = { 'portal.css': 'text/css; charset=utf-8', 'portal.js': 'text/javascript; charset=utf-8', 'verify-receipt.js': 'text/javascript; charset=utf-8' } as const
type FileName = keyof typeof FILES

const YEAR_SECONDS = 31_536_000

let loaded: { readonly digest: string, readonly texts: ReadonlyMap<string, string> } | undefined

function load (): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded
  const texts = new Map(Object.keys(FILES).map((name) => [name, read(name)]))
  const hash = createHash('sha256')
  for (const [name, text] of texts) hash.update(`${name}\0${text.length}\0${text}`)
  loaded = { digest: hash.digest('hex').slice(0, 16), texts }
  return loaded
}

function read (name: string): string {
  return readFileSync(join(import.meta.dirname, 'static', name), 'utf8')
}

/** Address of a file of the portal's own; what is under it never changes. */
export function staticPath (name: FileName): string {
  return `/static/${load().digest}/${name}`
}

const PUBLIC = { access: 'public', unlimited: true } as const

/** Scripts and styles of the portal, its service worker, and the manifest that makes it installable. */
export function staticRoutes (app: FastifyInstance): void {
  app.get<{ Params: { digest: string, name: string } }>('/static/:digest/:name', { config: PUBLIC }, async ({ params }, reply) => {
    const { digest, texts } = load()
    const text = params.digest === digest ? texts.get(params.name) : undefined
    if (text === undefined) return await reply.callNotFound()
    return await reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(FILES[params.name as FileName]).send(text)
  })
  const worker = read('service-worker.js')
  app.get('/service-worker.js', { config: PUBLIC }, async (_request, reply) => await reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(worker))
  const icon = read('icon.svg')
  app.get('/icon.svg', { config: PUBLIC }, async (_request, reply) => await reply.header('cache-control', 'public, max-age=86400').type('image/svg+xml').send(icon))
  app.get('/manifest.webmanifest', { config: PUBLIC }, async (_request, reply) => await reply.header('cache-control', 'no-cache').type('application/manifest+json').send({
    id: '/',
    name: 'Трембіта: доступ до моїх даних',
    short_name: 'Мої дані',
    lang: 'uk',
    start_url: '/accesses',
    scope: '/',
    display: 'minimal-ui',
    background_color: '#ffffff',
    theme_color: '#0a4ea3',
    icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }]
  }))
}
