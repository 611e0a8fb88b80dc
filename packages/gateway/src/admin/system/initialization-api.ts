import type { FastifyPluginAsync } from 'fastify'
import { describeSystemError } from '@trembita/daemon'
import { isSameServer, type ServerId } from '@trembita/protocol/identifiers'
import type { AdminDeps } from '../deps.ts'
import { checkCode } from '../encoded-id.ts'
import { Refusal, warnOf, type Warning } from '../refusal.ts'
import { INITIALISERS } from '../roles.ts'
import { described, flag, note, record, text } from '../route.ts'

interface Body {
  owner_member_class: string
  owner_member_code: string
  security_server_code: string
  software_token_pin?: string
  ignore_warnings?: boolean
}

const tag = 'initialization'
const body = record({
  owner_member_class: text(),
  owner_member_code: text(),
  security_server_code: text(),
  software_token_pin: { type: 'string', maxLength: 1024, description: 'if given, must be the PIN that this gateway was started with' },
  ignore_warnings: flag
}, ['owner_member_class', 'owner_member_code', 'security_server_code'])
const status = record({
  is_anchor_imported: flag,
  is_server_code_initialized: flag,
  is_server_owner_initialized: flag,
  software_token_init_status: { type: 'string', enum: ['INITIALIZED', 'NOT_INITIALIZED', 'UNKNOWN'] },
  enforce_token_pin_policy: flag
}, ['is_anchor_imported', 'is_server_code_initialized', 'is_server_owner_initialized', 'software_token_init_status'])

/** Gives the gateway its name: whose it is, and which of the owner's. */
export const initializationApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get('/initialization/status', described({ tag, summary: 'How far the initialisation is', access: 'signed-in', answer: status }), async () => {
    const named = deps.installation.server() !== undefined
    return {
      is_anchor_imported: deps.installation.anchor() !== undefined,
      is_server_code_initialized: named,
      is_server_owner_initialized: named,
      software_token_init_status: 'INITIALIZED',
      enforce_token_pin_policy: false
    }
  })

  app.post<{ Body: Body }>('/initialization', described({ tag, summary: 'Name the owner and the server', access: INITIALISERS, audit: 'Initialize server configuration', body, created: status }),
    async (request, reply) => {
      const { owner_member_class: ownerClass, owner_member_code: ownerCode, security_server_code: serverCode, software_token_pin: pin } = request.body
      note(request, { ownerClass, ownerCode, serverCode })
      if (deps.installation.server() !== undefined) throw alreadyInitialised()
      const globalconf = deps.globalconf()
      if (globalconf === undefined) throw new Refusal('conflict', 'anchor_not_found', 'import the configuration anchor first')
      const { instance } = globalconf.current()
      const server: ServerId = {
        instance,
        memberClass: checkCode('owner_member_class', ownerClass),
        memberCode: checkCode('owner_member_code', ownerCode),
        serverCode: checkCode('security_server_code', serverCode)
      }
      note(request, { ownerIdentifier: `${instance}:${ownerClass}:${ownerCode}` })
      if (pin !== undefined && !deps.isPin(pin)) throw new Refusal('conflict', 'pin_code_exists', 'the token has another PIN: it is the one of the file that pinFile names')
      warnOf(warningsOf(deps, server), request.body.ignore_warnings)
      await initialise(deps, server)
      return await reply.code(201).send({
        is_anchor_imported: true, is_server_code_initialized: true, is_server_owner_initialized: true, software_token_init_status: 'INITIALIZED', enforce_token_pin_policy: false
      })
    })
}

/** A port that is taken, a folder that cannot be written: the administrator's to put right, and then to try again. */
async function initialise (deps: AdminDeps, server: ServerId): Promise<void> {
  let done: boolean
  try {
    done = await deps.initialise(server)
  } catch (cause) {
    const told = describeSystemError(cause)
    if (told === undefined) throw cause
    deps.log.error({ err: cause }, 'the gateway could not come up')
    throw new Refusal('conflict', 'initialization_failed', `the gateway cannot come up: ${told}`, { cause })
  }
  // Somebody else was quicker.
  if (!done) throw alreadyInitialised()
}

function alreadyInitialised (): Refusal {
  return new Refusal('conflict', 'server_already_fully_initialized', 'this gateway has its name')
}

function warningsOf (deps: AdminDeps, server: ServerId): Warning[] {
  const snapshot = deps.globalconf()!.current()
  const { instance, memberClass, memberCode, serverCode } = server
  const warnings: Warning[] = []
  if (snapshot.memberName(server) === undefined) warnings.push({ code: 'init_unregistered_member', metadata: [`${instance}:${memberClass}:${memberCode}`] })
  if (snapshot.shared()?.servers.some(({ id }) => isSameServer(id, server)) === true) {
    warnings.push({ code: 'init_server_id_exists', metadata: [`${instance}:${memberClass}:${memberCode}:${serverCode}`] })
  }
  return warnings
}
