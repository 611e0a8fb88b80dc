import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { escapeText, type Lang } from '@trembita/web'
import { actorOfRequest } from '../accounts.ts'
import { PUBLIC } from '../entry/index.ts'
import { at, findService, type Site } from '../pages/index.ts'
import { Refusal } from '../refusal.ts'
import { scalarScript } from './scalar-script.ts'
import { referenceWordsOf } from './texts.ts'

const SCRIPT_PATH = '/reference/assets/scalar.js'
const START_PATH = '/reference/assets/start.js'
/** A day: the address of the script does not change with its version. */
const CACHE = 'public, max-age=86400'

/** Nothing that asks elsewhere, sends anything, or tries requests: a description here has no address to try. */
const SETTINGS = {
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  hideTestRequestButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'none',
  persistAuth: false,
  // Its grey on white is too faint to read (WCAG 1.4.3).
  customCss: '.light-mode { --scalar-color-3: #5b5b5b; } .dark-mode { --scalar-color-3: #a6a6a6; }'
} as const

const START = `const holder = document.getElementById('reference')
Scalar.createApiReference(holder, JSON.parse(holder.dataset.settings))
`

/** Scalar writes its styles into the page; nothing else is loosened, and only here (ADR 19). */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self' data:", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"
].join('; ')

/** `/reference/interactive/…`: an OpenAPI description in Scalar, all of it from here. */
export const interactiveRoutes = (site: Site, app: FastifyInstance): void => {
  const options = { config: { access: 'public' as const }, schema: { hide: true } as object }
  app.get<{ Params: { '*': string } }>(at('/reference/interactive/*'), options, async (request, reply) => {
    const actor = request.signedIn === undefined ? undefined : actorOfRequest(request)
    const found = await findService(site, { params: request.params, viewer: actor ?? PUBLIC, actor }).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined
      throw error
    })
    if (found?.description === undefined || !found.mayRead || found.description.mediaType === 'application/wsdl+xml') return await reply.callNotFound()
    return await reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(page(found.service.id, found.service.code, request.lang))
  })
  app.get(at(SCRIPT_PATH), options, async (request, reply) => {
    const { bytes, compressed } = await scalarScript()
    const small = /\bbr\b/.test(String(request.headers['accept-encoding']))
    if (small) reply.header('content-encoding', 'br')
    return await reply.header('vary', 'accept-encoding').header('cache-control', CACHE).type('text/javascript; charset=utf-8').send(small ? compressed : bytes)
  })
  app.get(at(START_PATH), options, async (_request, reply) => await reply.header('cache-control', CACHE).type('text/javascript; charset=utf-8').send(START))
}

function page (id: string, code: string, lang: Lang): string {
  const words = referenceWordsOf(lang)
  const path = id.split('/').map(encodeURIComponent).join('/')
  const settings = escapeText(JSON.stringify({ ...SETTINGS, url: at(`/descriptions/${path}`) }))
  const version = createHash('sha256').update(START).update(POLICY).digest('hex').slice(0, 8)
  return `<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(code)} · ${words.interactive}</title></head>
<body>
<header style="padding: .6rem 1rem; font-family: sans-serif"><a href="${at(`/reference/${path}`)}">${words.plain}</a></header>
<div id="reference" data-settings="${settings}"></div>
<script src="${at(SCRIPT_PATH)}"></script>
<script src="${at(START_PATH)}?${version}"></script>
</body>
</html>
`
}
