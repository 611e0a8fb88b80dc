import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'

const TYPES: Readonly<Record<string, string>> = { '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json; charset=utf-8' }
const YEAR_SECONDS = 31_536_000

const leaflet = join(dirname(createRequire(import.meta.url).resolve('leaflet/package.json')), 'dist')
const own = join(import.meta.dirname, '..', 'map')

/** What these pages fetch beside the files of all our pages: a closed list from our own origin, held in memory. */
const FILES: ReadonlyMap<string, string> = new Map(([
  ['leaflet.js', join(leaflet, 'leaflet.js')],
  ['leaflet.css', join(leaflet, 'leaflet.css')],
  ['map.js', join(own, 'map.js')],
  ['ground.json', join(own, 'ground.json')],
  ['centres.css', join(import.meta.dirname, 'centres.css')],
  ['low-vision.css', join(import.meta.dirname, 'low-vision.css')]
] as const).map(([name, path]) => [name, readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')]))

const digest = createHash('sha256').update(JSON.stringify([...FILES])).digest('hex').slice(0, 16)

/** Address of a file; carries a digest, so that what is under it never changes. */
export function ownPath (name: string): string {
  if (!FILES.has(name)) throw new Error(`no file ${name}`)
  return `/own/${digest}/${name}`
}

export function addAssets (app: FastifyInstance): void {
  app.get<{ Params: { digest: string, name: string } }>('/own/:digest/:name', { config: { access: 'public', unlimited: true } }, async (request, reply) => {
    const { digest: asked, name } = request.params
    const text = asked === digest ? FILES.get(name) : undefined
    if (text === undefined) return await reply.callNotFound()
    return await reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(TYPES[extname(name)] ?? 'text/plain').send(text)
  })
}
