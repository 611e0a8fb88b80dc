import { randomBytes } from 'node:crypto'
import fastify, { type FastifyError, type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { opsRoutes, type OpsOptions } from '@trembita/daemon'
import { apiKeyRoutes, guard, sessionRoutes } from '@trembita/daemon/accounts'
import { openApi } from '@trembita/daemon/openapi'
import { webPlugin, type WebOptions } from '@trembita/web'
import { agreementsApi } from '../agreements/index.ts'
import { auditApi } from './audit-api.ts'
import { clientsApi } from './clients/index.ts'
import type { AdminDeps } from './deps.ts'
import { failureOf, reasonOf, replyError } from './error-reply.ts'
import { keysApi } from './keys/index.ts'
import { messageLogApi } from './messagelog/index.ts'
import { overviewApi } from './overview/index.ts'
import { KEY_KEEPERS, READERS, SYSTEM_ADMINISTRATOR } from './roles.ts'
import { note, takeNotes } from './route.ts'
import { personalDataApi } from './personal-data/index.ts'
import { DescriptionWatch, servicesApi } from './services/index.ts'
import { systemApi } from './system/index.ts'
import { takeUploads } from './upload.ts'

/** X-Road's limit (xroad-trust §6.3); uploads have one of their own. */
const BODY_BYTES_MAX = 50 * 1024
/** Four identifier parts of 255 characters, each of them escaped. */
const PARAM_CHARACTERS_MAX = 4 * 255 * 12
const CORRELATION_HEADER = 'x-road-ui-correlation-id'
export const API_PREFIX = '/api/v1'

const DESCRIPTION = {
  title: 'Trembita gateway administration',
  description: 'Brings a gateway up and keeps it: configuration anchor, keys and certificates, clients, services, rights. Paths, roles and errors are those of an X-Road security server.',
  tags: [
    { name: 'initialization', description: 'From nothing to a gateway with a name' },
    { name: 'system', description: 'Anchor, address, maintenance, version' },
    { name: 'keys', description: 'Keys, certificate requests, certificates and their states' },
    { name: 'certificate-authorities', description: 'Approved certification services and what they want in a request' },
    { name: 'clients', description: 'Members and subsystems of this gateway and their registration' },
    { name: 'services', description: 'Service descriptions, services, endpoints' },
    { name: 'access-rights', description: 'Who may call what; local groups' },
    { name: 'agreements', description: 'Agreements in force, sealing them, and answers that were outside them' },
    { name: 'message-log', description: 'What was exchanged: found, proved, taken away' },
    { name: 'overview', description: 'What wants attention, and figures' },
    { name: 'audit', description: 'What administrators did' },
    { name: 'personal-data', description: 'Capture of accesses to personal data, where they are reported, and what was captured' },
    { name: 'diagnostics', description: 'How the outside looks from here' },
    { name: 'api-keys', description: 'Keys for programs' },
    { name: 'user', description: 'Who is asking, and who is signed in' }
  ]
}

/** What people see of the console. */
export interface ConsoleAppPages {
  readonly web: WebOptions
  /** Sign-in and pages. */
  readonly pages: readonly FastifyPluginAsync[]
}

/**
 * The console's listener, not yet listening: pages, health and metrics, and the administration API below `/api/v1`, which the
 * pages use too. Nobody reaches a route whose `config.access` does not name them.
 */
export async function createConsoleApp (ops: OpsOptions, deps: AdminDeps, { web, pages }: ConsoleAppPages): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    genReqId: () => randomBytes(8).toString('hex'),
    routerOptions: { maxParamLength: PARAM_CHARACTERS_MAX },
    // Unknown fields are refused: leaving them out silently would do half of what was asked.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' } }
  })
  app.addHook('onRequest', async (request, reply) => { reply.header(CORRELATION_HEADER, request.id) })
  // Before the guard: it looks for its token in the forms that are parsed here.
  await app.register(webPlugin, web)
  await app.register(guard, deps.accounts)
  await app.register(openApi, { ...DESCRIPTION, version: ops.info.version })
  await app.register(opsRoutes, ops)
  await app.register(adminApi(deps), { prefix: API_PREFIX })
  for (const routes of pages) await app.register(routes)
  return app
}

function adminApi (deps: AdminDeps): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler((error: FastifyError, request, reply) => replyError(error, request, reply, deps.log))
    const watch = new DescriptionWatch(deps)
    app.addHook('onReady', async () => { watch.start() })
    app.addHook('onClose', async () => { watch.close() })
    takeNotes(app)
    takeUploads(app)
    auditChanges(app, deps)
    app.addHook('onRequest', async (_request, reply) => { reply.header('cache-control', 'no-store') })
    await app.register(sessionRoutes, { accounts: deps.accounts, access: [SYSTEM_ADMINISTRATOR] })
    await app.register(apiKeyRoutes, { apiKeys: deps.accounts.apiKeys, access: [SYSTEM_ADMINISTRATOR] })
    await app.register(systemApi(deps))
    await app.register(keysApi(deps))
    await app.register(clientsApi(deps))
    await app.register(servicesApi(deps, watch))
    await app.register(messageLogApi(deps))
    await app.register(overviewApi(deps, watch))
    await app.register(auditApi(deps))
    await app.register(personalDataApi(deps))
    await app.register(agreementsApi({ running: () => deps.running()?.agreements, access: { seal: KEY_KEEPERS, read: READERS }, note }))
  }
}

/** Each change, and each change that was tried, stands in the audit log before it is answered. */
function auditChanges (app: FastifyInstance, { audit, clock }: AdminDeps): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const { audit: event } = request.routeOptions.config
    // Who was not let in is told of by the guard.
    if (event === undefined || reply.statusCode === 401 || (reply.statusCode === 403 && failureOf(request) === undefined) || reply.statusCode === 429) return payload
    const failed = reply.statusCode >= 400
    const thrown = failureOf(request)
    await audit.write({
      event: failed ? `${event} failed` : event,
      actor: request.signedIn,
      at: clock.now(),
      // A page asks for whoever looks at it.
      ipaddress: request.signedIn?.origin ?? request.ip,
      correlationId: request.id,
      url: `${request.method} ${request.url.replace(/\?.*$/s, '')}`,
      reason: failed && thrown !== undefined ? reasonOf(thrown) : undefined,
      data: request.auditData
    })
    return payload
  })
}
