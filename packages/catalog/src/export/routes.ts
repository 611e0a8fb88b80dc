import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PUBLIC, type Entries, type Interface } from '../entry/index.ts'
import { at, type Site } from '../pages/index.ts'
import type { Parts } from '../parts.ts'
import { atomFeed } from './atom.ts'
import { dcatThings, type PublicEntries } from './dcat.ts'
import { Identifiers } from './identifiers.ts'
import { JSON_LD_CONTEXT, toJsonLd } from './json-ld.ts'
import { toTurtle } from './turtle.ts'
import type { Thing } from './vocabulary.ts'

const TURTLE = 'text/turtle; charset=utf-8'
const JSON_LD = 'application/ld+json; charset=utf-8'
const PAGE_MAX = 1000

type Format = 'turtle' | 'json-ld' | 'html'

/**
 * `/dcat`, `/dcat.ttl`, `/dcat.jsonld`: the public catalog by DCAT-AP, whole or by pages (`?page=1&size=100`, the next in `Link`).
 * `/changes.atom`: what changed of late. `/id/…`: one entry, as a page, JSON-LD or Turtle by `Accept`. Signed-in viewers get what everybody gets: the export is public.
 */
export const exportRoutes = ({ parts }: Site, app: FastifyInstance): void => {
  const ids = new Identifiers(parts.publicUrl)
  const options = { config: { access: 'public' as const }, schema: { hide: true } as object }
  const whole = (format?: Exclude<Format, 'html'>) => async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const asked = format ?? formatOf(request)
    if (format === undefined) reply.header('vary', 'accept')
    const entries = await publicEntries(parts)
    const page = pageOf(request)
    if (page !== undefined && page.from + page.size < entries.interfaces.length) reply.header('link', `<${ids.base}${request.url.split('?', 1)[0]!.slice(at('').length)}?page=${page.number + 1}&size=${page.size}>; rel="next"`)
    const shown = page === undefined ? entries : onlyOf(entries, entries.interfaces.slice(page.from, page.from + page.size), page.number === 1)
    return await send(reply, dcatThings(shown, ids, modifiedOf(entries, parts)), asked === 'json-ld' ? 'json-ld' : 'turtle', ids)
  }
  app.get(at('/dcat'), options, whole())
  app.get(at('/dcat.ttl'), options, whole('turtle'))
  app.get(at('/dcat.jsonld'), options, whole('json-ld'))
  app.get(at('/dcat/context.jsonld'), options, async (_request, reply) => await reply.type(JSON_LD).header('access-control-allow-origin', '*').send(JSON.stringify(JSON_LD_CONTEXT)))
  app.get(at('/changes.atom'), options, async (_request, reply) => {
    const entries = await publicEntries(parts)
    return await reply.type('application/atom+xml; charset=utf-8').header('access-control-allow-origin', '*').send(atomFeed(entries, ids, modifiedOf(entries, parts)))
  })
  app.get<{ Params: { '*': string } }>(at('/id/*'), options, async (request, reply) => {
    const path = request.params['*']
    const format = formatOf(request)
    reply.header('vary', 'accept')
    if (format === 'html') {
      const page = await pagePath(path, parts.entries)
      return page === undefined ? await reply.callNotFound() : await reply.redirect(at(page), 303)
    }
    const iri = `${ids.base}/id/${path.split('/').map(encodeURIComponent).join('/')}`
    const entries = await publicEntries(parts)
    const things = dcatThings(entries, ids, modifiedOf(entries, parts)).filter((thing) => thing.iri === iri || thing.iri.startsWith(`${iri}#`) || thing.iri.startsWith(`${iri}/v/`))
    return things.length === 0 ? await reply.callNotFound() : await send(reply, things, format, ids)
  })
}

async function send (reply: FastifyReply, things: readonly Thing[], format: 'turtle' | 'json-ld', ids: Identifiers): Promise<FastifyReply> {
  reply.header('access-control-allow-origin', '*')
  return format === 'turtle'
    ? await reply.type(TURTLE).send(await toTurtle(things))
    : await reply.type(JSON_LD).send(JSON.stringify(toJsonLd(things, `${ids.base}/dcat/context.jsonld`)))
}

/** The format that is asked for most; a browser asks for a page. */
function formatOf (request: FastifyRequest): Format {
  const asked = String(request.headers.accept ?? '').split(',').map((part) => {
    const [type = '', ...parameters] = part.trim().split(';').map((piece) => piece.trim())
    return { type, weight: Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1) }
  }).filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight)
  for (const { type } of asked) {
    if (type === 'application/ld+json' || type === 'application/json') return 'json-ld'
    if (type === 'text/turtle') return 'turtle'
    if (type === 'text/html') return 'html'
  }
  return 'turtle'
}

async function publicEntries ({ instance, entries }: Parts): Promise<PublicEntries> {
  const organisations = (await entries.organisations()).filter(({ status }) => status !== 'left')
  return { instance, organisations, resources: await entries.resources(), interfaces: await entries.interfaces(PUBLIC) }
}

/** A page of it: resources that its interfaces serve, all others on the first. */
function onlyOf (entries: PublicEntries, interfaces: readonly Interface[], first: boolean): PublicEntries {
  const served = new Set(interfaces.map(({ resourceId }) => resourceId))
  const elsewhere = new Set(entries.interfaces.map(({ resourceId }) => resourceId))
  return { ...entries, interfaces, resources: entries.resources.filter(({ id }) => served.has(id) || (first && !elsewhere.has(id))) }
}

function pageOf (request: FastifyRequest): { readonly number: number, readonly from: number, readonly size: number } | undefined {
  const { page, size } = request.query as Record<string, string | undefined>
  if (page === undefined) return undefined
  const number = Math.max(1, Math.floor(Number(page)) || 1)
  const count = Math.min(PAGE_MAX, Math.max(1, Math.floor(Number(size ?? 100)) || 100))
  return { number, from: (number - 1) * count, size: count }
}

function modifiedOf ({ resources, interfaces }: PublicEntries, { clock }: Parts): string {
  const moments = [...resources.map(({ updatedAt }) => updatedAt), ...interfaces.flatMap(({ versions }) => versions.map(({ updatedAt }) => updatedAt))].sort()
  return moments.at(-1) ?? clock.now().toISOString()
}

/** Where people read of it. */
async function pagePath (path: string, entries: Entries): Promise<string | undefined> {
  const [kind, ...rest] = path.split('/')
  const id = rest.join('/')
  const link = (folder: string, one: string): string => `/${folder}/${one.split('/').map(encodeURIComponent).join('/')}`
  switch (kind) {
    case 'catalog': return ''
    case 'organisation': return await entries.organisation(id) === undefined ? undefined : link('organisations', id)
    case 'resource': return await entries.resource(id) === undefined ? undefined : link('resources', id)
    case 'interface': return rest[0] === undefined || await entries.interface(rest[0]) === undefined ? undefined : link('interfaces', rest[0])
    // Its page itself says whether the viewer may see it.
    case 'service': return link('services', id)
    default: return undefined
  }
}
