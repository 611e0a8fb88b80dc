import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { AccessRule } from '@trembita/daemon/accounts'
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { ASSETS_PREFIX, loadAssets } from './assets/index.ts'
import { errorPage } from './error-page.ts'
import { type FormValue, gather } from './form-body.ts'
import { type Html, isHtml } from './html.ts'
import type { PageContext } from './page.ts'
import { type Lang, LANGS } from './texts.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Language of the pages: asked for by `?lang=`, remembered in a cookie; Ukrainian before that. */
    readonly lang: Lang
  }
  interface FastifyReply {
    /** Sends a page. It is the asker's own: nobody keeps it. */
    html (page: Html): FastifyReply
  }
}

export interface WebOptions {
  /** What stands around an error page. May not fail: it is asked for when something has failed already. */
  readonly pageContext: (request: FastifyRequest) => PageContext | Promise<PageContext>
  /**
   * Other origins that a form of ours may lead to by a redirect: the identity provider's, for signing in and out.
   * Browsers hold redirects of a form to the policy's `form-action` as well.
   */
  readonly formActionOrigins?: readonly string[]
  /** Pages are reached by HTTPS: the language cookie is `Secure`, and browsers are told to ask by HTTPS alone. */
  readonly https?: boolean
  /** Of one uploaded file. 10 MiB unless told. */
  readonly fileBytesMax?: number
}

/** Of a form without files, and of the fields of one with files: what a person types fits many times over. */
const FORM_BYTES_MAX = 1024 * 1024
const FIELDS_MAX = 2000
const FILES_MAX = 20
const FILE_BYTES_MAX = 10 * 1024 * 1024

const YEAR_SECONDS = 31_536_000
const LANG_COOKIE = 'lang'

const langs = new WeakMap<FastifyRequest, Lang>()

/**
 * What pages need of an application: our assets, security headers on every answer, the language, forms, errors as pages.
 * Works in the context it is registered in. Register it before the guard of `daemon/accounts`, which reads the CSRF token from parsed forms.
 */
export const webPlugin: FastifyPluginAsync<WebOptions> = Object.assign<FastifyPluginAsync<WebOptions>, object>(async (app, options) => {
  app.decorateRequest('lang', { getter (this: FastifyRequest) { return langs.get(this) ?? 'uk' } })
  app.decorateReply('html', function (this: FastifyReply, page: Html) {
    if (!isHtml(page)) throw new TypeError('reply.html takes what html`` made')
    return this.type('text/html; charset=utf-8').send(page.markup)
  })

  const headers = securityHeaders(options)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    rememberLang(request, reply, options.https === true)
  })
  addForms(app, options)
  addAssets(app)
  app.setErrorHandler<FastifyError>(async (error, request, reply) => await sendError(error, request, reply, options))
  app.setNotFoundHandler(async (request, reply) => await send(request, reply, 404, options))
}, { [Symbol.for('skip-override')]: true })

/** Headers of every answer. Scripts, styles, pictures and forms stay with our own origin; nothing inline runs. */
function securityHeaders ({ formActionOrigins = [], https }: WebOptions): Record<string, string> {
  const policy = [
    "default-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", ...formActionOrigins].join(' ')}`,
    ...(https === true ? ['upgrade-insecure-requests'] : [])
  ]
  return {
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'cache-control': 'no-store',
    ...(https === true ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {})
  }
}

function rememberLang (request: FastifyRequest, reply: FastifyReply, secure: boolean): void {
  const asked = toLang((request.query as Record<string, unknown> | undefined)?.lang)
  const kept = toLang(/(?:^|;\s*)lang=([a-z]+)/.exec(request.headers.cookie ?? '')?.[1])
  const lang = asked ?? kept
  if (lang !== undefined) langs.set(request, lang)
  if (asked !== undefined && asked !== kept && !request.url.startsWith(ASSETS_PREFIX)) {
    reply.header('set-cookie', `${LANG_COOKIE}=${asked}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax; HttpOnly${secure ? '; Secure' : ''}`)
  }
}

function toLang (text: unknown): Lang | undefined {
  return LANGS.find((lang) => lang === text)
}

function addForms (app: FastifyInstance, { fileBytesMax = FILE_BYTES_MAX }: WebOptions): void {
  void app.register(formbody, { bodyLimit: FORM_BYTES_MAX, parser: (text) => gather(new URLSearchParams(text)) })
  void app.register(multipart, {
    throwFileSizeLimit: true,
    limits: { fieldNameSize: 200, fieldSize: FORM_BYTES_MAX, fields: FIELDS_MAX, fileSize: fileBytesMax, files: FILES_MAX, parts: FIELDS_MAX + FILES_MAX }
  })
  app.addHook('preValidation', async (request) => {
    if (!request.isMultipart() || request.is404) return
    try {
      request.body = gather(await partsOf(request))
    } catch (error) {
      throw (error as FastifyError).statusCode === undefined ? Object.assign(new Error('the form cannot be read', { cause: error }), { statusCode: 400 }) : error
    }
  })
}

async function partsOf (request: FastifyRequest): Promise<Array<[string, FormValue]>> {
  const pairs: Array<[string, FormValue]> = []
  let typed = 0
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      const value = String(part.value)
      // The limit of a field is that of all of them together, as in a form without files: thousands would fill the memory.
      typed += Buffer.byteLength(value)
      if (typed > FORM_BYTES_MAX) throw Object.assign(new Error(`the fields of the form are larger than ${FORM_BYTES_MAX} bytes`), { statusCode: 413 })
      pairs.push([part.fieldname, value])
    } else {
      const bytes = await part.toBuffer()
      // A file field left empty is sent as a file without name and content.
      if (part.filename !== '' || bytes.length > 0) pairs.push([part.fieldname, { name: part.filename, type: part.mimetype, bytes }])
    }
  }
  return pairs
}

/** Out of the OpenAPI description. Fastify's own schema type knows the word only where @fastify/swagger is imported. */
const HIDDEN = { hide: true, response: {} }

function addAssets (app: FastifyInstance): void {
  // Read and compressed at start, not when the first visitor waits.
  loadAssets()
  const access: AccessRule = 'public'
  app.get<{ Params: { digest: string, '*': string } }>(`${ASSETS_PREFIX}:digest/*`, { config: { access, unlimited: true }, schema: HIDDEN }, async (request, reply) => {
    const { files, digest } = loadAssets()
    const asset = request.params.digest === digest ? files.get(request.params['*']) : undefined
    if (asset === undefined) return await reply.callNotFound()
    const compressed = /\bbr\b/.test(String(request.headers['accept-encoding'])) ? asset.compressed : undefined
    if (asset.compressed !== undefined) reply.header('vary', 'accept-encoding')
    if (compressed !== undefined) reply.header('content-encoding', 'br')
    return await reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(asset.type).send(compressed ?? asset.bytes)
  })
}

/** What a client may be told of an error: its own mistakes in our words, of ours nothing but a number. */
async function sendError (error: FastifyError, request: FastifyRequest, reply: FastifyReply, options: WebOptions): Promise<FastifyReply> {
  const status = error.statusCode !== undefined && error.statusCode >= 400 ? error.statusCode : 500
  if (status >= 500) request.log.error({ err: error, requestId: request.id }, 'request failed')
  return await send(request, reply, status, options, status < 500 ? error.message : undefined)
}

async function send (request: FastifyRequest, reply: FastifyReply, status: number, { pageContext }: WebOptions, message?: string): Promise<FastifyReply> {
  reply.code(status)
  if (!(request.headers.accept ?? '').includes('text/html')) {
    return await reply.send({ status, error: { code: CODES[status] ?? (status < 500 ? 'bad_request' : 'internal_error'), ...(message === undefined ? {} : { message }) } })
  }
  return await reply.html(errorPage(await pageContext(request), { status, reference: status >= 500 ? request.id : undefined }))
}

const CODES: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 405: 'method_not_allowed', 409: 'conflict', 413: 'payload_too_large', 415: 'unsupported_media_type', 429: 'too_many_requests' }
