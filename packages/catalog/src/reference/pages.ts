import type { FastifyInstance } from 'fastify'
import { alert, html, linkButton, type Html } from '@trembita/web'
import { DescriptionError, publicOpenApi, publicWsdl } from '../description/index.ts'
import { at, findService, say, type FoundService, type Site, type Visit } from '../pages/index.ts'
import { interactiveRoutes } from './interactive.ts'
import { openApiReference } from './openapi-reference.ts'
import { referenceWordsOf } from './texts.ts'
import { wsdlReference } from './wsdl-reference.ts'

/** `/reference/…`: what a description says, for people: operations, fields, marks of personal data, terms, examples. Works without scripts. */
export const referencePages = (site: Site, app: FastifyInstance): void => {
  site.get('/reference/*', (visit) => referencePage(site, visit))
  interactiveRoutes(site, app)
}

async function referencePage (site: Site, visit: Visit): Promise<Html> {
  const { lang } = visit
  const words = referenceWordsOf(lang)
  const found = await findService(site, visit)
  const { service, published, description, mayRead } = found
  const path = service.id.split('/').map(encodeURIComponent).join('/')
  const readable = description !== undefined && mayRead
  return visit.page({
    title: service.version === undefined ? service.code : `${service.code}/${service.version}`,
    eyebrow: words.eyebrow,
    breadcrumbs: [
      ...published === undefined ? [] : [{ href: at(`/interfaces/${encodeURIComponent(published.one.id)}`), label: say(published.one.name, lang) }],
      { href: at(`/services/${path}`), label: service.code }
    ],
    ...readable
      ? {
          actions: html`${description.mediaType === 'application/wsdl+xml' ? undefined : linkButton({ label: words.interactive, href: at(`/reference/interactive/${path}`) })}${linkButton({ label: words.download, href: at(`/descriptions/${path}`), sign: 'download', download: true })}`
        }
      : {},
    body: readable ? rendered(found, visit) : alert(lang, { kind: 'info', title: words.closed, body: words.closedBody })
  })
}

function rendered ({ service: { id }, description }: FoundService, { lang }: Visit): Html {
  const { bytes, mediaType } = description!
  try {
    return mediaType === 'application/wsdl+xml' ? wsdlReference(publicWsdl(bytes), id, lang) : openApiReference(publicOpenApi(bytes, id), id, lang)
  } catch (error) {
    // What was harvested need not be right: the verification says so to its owner.
    if (error instanceof DescriptionError || error instanceof URIError) return alert(lang, { kind: 'warn', title: referenceWordsOf(lang).unreadable, body: error.message })
    throw error
  }
}
