import type { Clock, Health, HealthResult } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { formatClientId, formatServerId, isSameServer, memberOf, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'
import type { AccessLog } from './accesslog/index.ts'
import type { Installation } from './installation.ts'
import type { GlobalConf } from './globalconf/index.ts'
import type { MessageLog } from './messagelog/index.ts'
import type { ServerConf } from './serverconf/index.ts'
import type { Signer } from './signer/index.ts'

export interface HealthDeps {
  readonly server: () => ServerId
  readonly globalconf: GlobalConf
  readonly serverconf: ServerConf
  readonly signer: Signer
  readonly messagelog: MessageLog
  readonly accesslog: Pick<AccessLog, 'health'>
  readonly clock: Clock
}

/** A certificate takes days to be had and registered. */
const RENEW_DAYS = 30
const DAY_MS = 24 * 3600 * 1000

/** Says that a gateway is not initialised, and what comes next. @returns ends it. */
export function addInitialisationCheck (health: Health, installation: Installation): () => void {
  return health.add('initialisation', () => ({
    status: 'fail',
    message: `not initialised: ${installation.anchor() === undefined ? 'import the configuration anchor' : 'say which server this is'}`
  }))
}

/** What must hold for this gateway to carry messages (xroad-trust §6.6). docs/operating.md says what to do about each. */
export function addHealthChecks (health: Health, deps: HealthDeps): void {
  health.add('global configuration', () => told(() => checkGlobalConf(deps)))
  health.add('authentication certificate', () => told(() => checkAuthentication(deps)))
  health.add('seals', () => told(() => checkSeals(deps)))
  health.add('access log', () => deps.accesslog.health())
  health.add('message log', async () => {
    try {
      const { status, message, waitingForTimestamp, freeBytes } = await deps.messagelog.health()
      return { status, message, details: { waitingForTimestamp, freeBytes: freeBytes ?? null } }
    } catch (error) {
      return asFailure(error)
    }
  })
}

/** The text of a fault is made to be shown; anything else stays hidden, as everywhere. */
function asFailure (error: unknown): HealthResult {
  if (error instanceof Fault) return { status: 'fail', message: error.message }
  throw error
}

function told (check: () => HealthResult): HealthResult {
  try {
    return check()
  } catch (error) {
    return asFailure(error)
  }
}

function checkGlobalConf ({ globalconf, clock }: HealthDeps): HealthResult {
  const { lastFailure, lastFailureAt, lastSuccessAt } = globalconf.status()
  const isFailing = lastFailure !== undefined && lastFailureAt! > (lastSuccessAt ?? new Date(0))
  try {
    const snapshot = globalconf.current()
    snapshot.checkValid(clock.now())
    const message = `instance ${snapshot.instance}, valid until ${snapshot.expiresAt?.toISOString() ?? 'further notice'}`
    return isFailing ? { status: 'warn', message: `${message}; cannot be refreshed: ${lastFailure}` } : { status: 'pass', message }
  } catch (error) {
    const failure = asFailure(error)
    return isFailing ? { ...failure, message: `${failure.message}: ${lastFailure}` } : failure
  }
}

function checkAuthentication ({ globalconf, signer, server, clock }: HealthDeps): HealthResult {
  const { certificate } = signer.auth()
  const own = server()
  const registered = globalconf.current().serverByAuthCertificate(certificate, own.instance)
  if (registered === undefined || !isSameServer(registered, own)) {
    return { status: 'fail', message: `registered for ${registered === undefined ? 'nobody' : formatServerId(registered)}, not for ${formatServerId(own)}` }
  }
  const message = `valid until ${certificate.notAfter.toISOString()}`
  return endsSoon(certificate, clock) ? { status: 'warn', message: `${message}: renew it` } : { status: 'pass', message }
}

/** Each hosted member needs a key of its own (TR-12.3). One that has none does not stop the others. */
function checkSeals ({ serverconf, signer, clock }: HealthDeps): HealthResult {
  const members = new Map<string, MemberId>()
  for (const { id, status } of serverconf.current().clients) if (status === 'registered') members.set(formatClientId(memberOf(id)), memberOf(id))
  if (members.size === 0) return { status: 'warn', message: 'no clients are configured' }
  const problems: string[] = []
  let unusable = 0
  for (const [name, member] of members) {
    try {
      const certificate = signer.checkMember(member)
      if (endsSoon(certificate, clock)) problems.push(`${name}: valid until ${certificate.notAfter.toISOString()}: renew it`)
    } catch (error) {
      problems.push(asFailure(error).message!)
      unusable++
    }
  }
  if (problems.length === 0) return { status: 'pass', message: `${members.size} members can seal` }
  return { status: unusable === members.size ? 'fail' : 'warn', message: problems.join('; ') }
}

function endsSoon ({ notAfter }: Certificate, clock: Clock): boolean {
  return notAfter.getTime() - clock.now().getTime() < RENEW_DAYS * DAY_MS
}
