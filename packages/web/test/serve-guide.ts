import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { errorPage, html, type PageContext, readForm, suggestionOptions, webPlugin, type WebOptions } from '@trembita/web'
import { contextOf, detailPage, formPage, listPage, overviewPage, publicPage } from './style-guide.ts'

/** The style guide as a running application, with a form that is taken, one that is refused, and a page that fails. */
export async function serveGuide (options: Partial<WebOptions> = {}): Promise<FastifyInstance> {
  const app = fastify({ logger: false })
  const contextFor = (request: FastifyRequest): PageContext => contextOf(request.lang, request.url.split('?')[0]!)
  await app.register(webPlugin, { pageContext: contextFor, ...options })
  app.get('/', async (request, reply) => await reply.html(overviewPage(request.lang)))
  app.get<{ Querystring: { q?: string } }>('/members', async (request, reply) => {
    if (request.query.q === 'broken') return await reply.code(500).html(errorPage(contextFor(request), { status: 500 }))
    return await reply.html(listPage(request.lang, request.query.q))
  })
  app.get('/members/new', async (request, reply) => await reply.html(formPage(request.lang)))
  app.post('/members', async (request, reply) => {
    const form = readForm(request.body)
    if (form.text('name') === '') return await reply.code(400).html(formPage(request.lang, errorsIn(request)))
    return { name: form.text('name'), roles: form.texts('roles'), token: form.text('_csrf'), scan: form.file('scan')?.bytes.toString() }
  })
  app.get('/requests/1042', async (request, reply) => await reply.html(detailPage(request.lang)))
  app.post('/requests/1042/decline', async (request) => ({ reason: readForm(request.body).text('reason') }))
  let seen = 0
  app.get('/public', async (request, reply) => await reply.html(publicPage(request.lang, ++seen)))
  app.get<{ Querystring: { q?: string } }>('/suggest', async (request, reply) => await reply.html(suggestionOptions([{ value: `${request.query.q ?? ''}-1`, label: 'Service' }])))
  app.get('/fails', async () => { throw new Error('secret of the database') })
  app.get<{ Querystring: { text: string } }>('/hostile', async (request, reply) => {
    const { text } = request.query
    return await reply.html(html`<!DOCTYPE html><html lang="en"><head><title>${text}</title></head><body><p>${text}</p><a id="link" href="${text}" title="${text}">x</a><img alt='${text}'><textarea>${text}</textarea></body></html>`)
  })
  return app
}

function errorsIn ({ lang }: FastifyRequest): Record<string, string> {
  return lang === 'uk'
    ? { name: 'Введіть повну назву', code: 'Код має вісім цифр', ground: 'Виберіть документ', sure: 'Підтвердьте перевірку' }
    : { name: 'Enter the full name', code: 'The code has eight digits', ground: 'Choose a document', sure: 'Confirm the check' }
}
