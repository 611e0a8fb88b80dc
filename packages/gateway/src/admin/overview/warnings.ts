import { formatServerId } from '@trembita/protocol/identifiers'
import { snapshotIfAny } from '../clients/index.ts'
import type { AdminDeps, RunningParts } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { hashOf } from '../keys/index.ts'
import type { DescriptionWatch } from '../services/index.ts'

/** Something that wants a person. */
export interface Attention {
  readonly code: string
  /** `urgent`: stands in the way of exchange now. */
  readonly severity: 'urgent' | 'later'
  /** What it is about: an identifier, a name. */
  readonly subject: string
  /** Words, or an instant in RFC 3339. */
  readonly message?: string | undefined
  /** Key of the page that helps: certificate hash, client, description. */
  readonly ref?: string | undefined
}

/** A certificate takes days to be had and registered. */
const RENEW_MS = 30 * 24 * 3600 * 1000
/** Told below in better words. */
const KNOWN_CHECKS = new Set(['initialisation', 'global configuration', 'message log'])

/** All that wants attention at this gateway, what is urgent first. */
export async function attentionOf (deps: AdminDeps, watch: DescriptionWatch): Promise<Attention[]> {
  const parts = deps.running()
  const found = [
    ...configurationOf(deps),
    ...parts === undefined ? [] : [...certificatesOf(deps), ...respondersOf(parts), ...await messageLogOf(parts), ...clientsOf(deps), ...suspensionsOf(deps), ...maintenanceOf(deps), ...descriptionsOf(deps, watch)],
    ...await checksOf(deps)
  ]
  return [...found.filter(({ severity }) => severity === 'urgent'), ...found.filter(({ severity }) => severity === 'later')]
}

function * configurationOf (deps: AdminDeps): Iterable<Attention> {
  const globalconf = deps.globalconf()
  if (globalconf === undefined) return
  const { expiresAt, lastFailure, lastFailureAt, lastSuccessAt } = globalconf.status()
  const snapshot = snapshotIfAny(deps)
  const subject = snapshot?.instance ?? ''
  if (snapshot === undefined) yield { code: 'configuration_missing', severity: 'urgent', subject, message: lastFailure }
  else if (!snapshot.validAt(deps.clock.now())) yield { code: 'configuration_expired', severity: 'urgent', subject, message: expiresAt?.toISOString() }
  else if (lastFailureAt !== undefined && lastFailureAt > (lastSuccessAt ?? new Date(0))) yield { code: 'configuration_not_refreshed', severity: 'later', subject, message: lastFailure }
}

function * certificatesOf (deps: AdminDeps): Iterable<Attention> {
  const now = deps.clock.now().getTime()
  const { ocsp } = deps.running()!
  const snapshot = snapshotIfAny(deps)
  const trust = snapshot?.trustOf(snapshot.instance)
  for (const { id, label, use, entries, requests } of deps.token.keys()) {
    const key = label === '' ? id : label
    if (entries.length === 0 && requests.length > 0) yield { code: 'certificate_awaited', severity: 'later', subject: key, ref: id }
    for (const { certificate, active, status } of entries) {
      const about = { subject: key, ref: hashOf(certificate) }
      const until = certificate.notAfter
      if (until.getTime() < now) yield { code: 'certificate_expired', severity: active ? 'urgent' : 'later', message: until.toISOString(), ...about }
      else if (until.getTime() - now < RENEW_MS) yield { code: 'certificate_expires', severity: 'later', message: until.toISOString(), ...about }
      if (use === 'auth' && status === 'saved') yield { code: 'certificate_not_registered', severity: 'later', ...about }
      if (status === 'global error') yield { code: 'certificate_unknown_to_core', severity: 'urgent', ...about }
      if (!active && status === 'registered') yield { code: 'certificate_disabled', severity: 'later', ...about }
      if (active && until.getTime() >= now && !certificate.isSelfSigned && trust !== undefined && ocsp.get(certificate, trust) === undefined) yield { code: 'ocsp_response_missing', severity: 'urgent', ...about }
    }
  }
}

function * respondersOf ({ ocsp }: RunningParts): Iterable<Attention> {
  for (const { url, failure } of ocsp.outcomes()) if (failure !== undefined) yield { code: 'ocsp_responder_failed', severity: 'later', subject: url, message: failure }
}

async function messageLogOf ({ messagelog }: RunningParts): Promise<Attention[]> {
  const { status, message, timestampFailingSince } = await messagelog.health()
  if (timestampFailingSince !== undefined) return [{ code: 'timestamping_failing', severity: status === 'fail' ? 'urgent' : 'later', subject: '', message: timestampFailingSince.toISOString() }]
  return status === 'pass' ? [] : [{ code: 'message_log', severity: status === 'fail' ? 'urgent' : 'later', subject: '', message }]
}

function * clientsOf (deps: AdminDeps): Iterable<Attention> {
  const owner = deps.installation.server()
  for (const { id, status } of deps.serverconf.current().clients) {
    const subject = formatEncodedId(id)
    if (status === 'global error') yield { code: 'client_unknown_to_core', severity: 'urgent', subject, ref: subject }
    if (status === 'saved' && owner !== undefined && id.subsystemCode !== undefined) yield { code: 'client_not_registered', severity: 'later', subject, ref: subject }
  }
}

function * suspensionsOf (deps: AdminDeps): Iterable<Attention> {
  const snapshot = snapshotIfAny(deps)
  const server = deps.installation.server()
  if (snapshot === undefined || server === undefined) return
  const own = snapshot.suspensions.ofServer(server)
  if (own !== undefined) yield { code: 'server_suspended', severity: 'urgent', subject: formatServerId(server), message: `${own.actNumber}, ${own.actDate}` }
  for (const { id } of deps.serverconf.current().clients) {
    const found = snapshot.suspensions.ofClient(id)
    if (found !== undefined) yield { code: 'client_suspended', severity: 'urgent', subject: formatEncodedId(id), message: `${found.actNumber}, ${found.actDate}`, ref: formatEncodedId(id) }
  }
}

function * maintenanceOf (deps: AdminDeps): Iterable<Attention> {
  const server = deps.installation.server()
  const state = server === undefined ? undefined : snapshotIfAny(deps)?.maintenanceOf(server)
  if (state !== undefined) yield { code: 'maintenance_mode', severity: 'later', subject: '', message: state.message }
}

function * descriptionsOf ({ serverconf }: AdminDeps, watch: DescriptionWatch): Iterable<Attention> {
  for (const { id } of serverconf.current().clients) {
    for (const description of serverconf.descriptions.of(id)) {
      const state = watch.stateOf(description)
      const about = { severity: 'later', subject: description.url, ref: String(description.id) } as const
      if (state?.failure !== undefined) yield { code: 'description_unreadable', message: state.failure, ...about }
      else if (state !== undefined && state.changes.length > 0) yield { code: 'description_changed', ...about }
    }
  }
}

/** Checks of health that nothing above tells of: seals, what other parts add. */
async function checksOf ({ health }: AdminDeps): Promise<Attention[]> {
  const { checks } = await health.report()
  return checks.filter(({ name, status }) => status !== 'pass' && !KNOWN_CHECKS.has(name))
    .map(({ name, status, message }) => ({ code: 'health_check', severity: status === 'fail' ? 'urgent' : 'later', subject: name, message }))
}
