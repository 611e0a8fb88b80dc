import type { FastifyPluginAsync } from 'fastify'
import { randomBytes } from 'node:crypto'
import { Fault } from '@trembita/protocol/fault'
import type { ServerId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import { TsaClient } from '../../messagelog/index.ts'
import { snapshotIfAny } from '../clients/index.ts'
import { runningOf, snapshotOf, type AdminDeps } from '../deps.ts'
import { parseEncodedClientId } from '../encoded-id.ts'
import { checkOcsp, hashOf } from '../keys/index.ts'
import { Refusal } from '../refusal.ts'
import { KEY_READERS, READERS } from '../roles.ts'
import { described, instant, listOf, record, text } from '../route.ts'

const tag = 'diagnostics'
const statusClass = { type: 'string', enum: ['OK', 'WAITING', 'FAIL'] } as const
const error = record({ code: text(), metadata: listOf(text(4096)) }, ['code'])
const connection = record({ status_class: statusClass, error }, ['status_class'])
/** Somebody waits for the answer. */
const STAMP_TIMEOUTS = { connectMs: 5000, answerMs: 10_000 }

/** How what this gateway depends on looks from here. Nothing is guessed: what was not asked is WAITING. */
export const diagnosticsApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get('/diagnostics/globalconf', described({
    tag,
    summary: 'Download of the global configuration',
    access: READERS,
    answer: record({ status_class: statusClass, instance_id: text(), version: { type: 'integer' }, prev_update_at: instant, valid_until: instant, last_successful_url: text(2048), error }, ['status_class'])
  }), async () => {
    const globalconf = deps.globalconf()
    if (globalconf === undefined) throw new Refusal('conflict', 'anchor_not_found', 'import the configuration anchor first')
    const { lastSuccessAt, lastFailureAt, lastFailure, source, expiresAt } = globalconf.status()
    const fails = lastFailureAt !== undefined && lastFailureAt > (lastSuccessAt ?? new Date(0))
    return {
      status_class: fails ? 'FAIL' : lastSuccessAt === undefined ? 'WAITING' : 'OK',
      ...versionOf(deps),
      ...lastSuccessAt === undefined ? {} : { prev_update_at: lastSuccessAt.toISOString() },
      ...expiresAt === undefined ? {} : { valid_until: expiresAt.toISOString() },
      ...source === undefined ? {} : { last_successful_url: source },
      ...fails ? { error: { code: 'global_conf_download_failed', metadata: [lastFailure ?? ''] } } : {}
    }
  })

  app.get('/diagnostics/ocsp-responders', described({
    tag,
    summary: 'OCSP responders of the approved certification services, as they last answered',
    access: READERS,
    answer: listOf(record({
      distinguished_name: text(4096, 0),
      ocsp_responders: listOf(record({ url: text(2048), cost_type: text(), status_class: statusClass, prev_update_at: instant, error }, ['url', 'status_class']))
    }, ['distinguished_name', 'ocsp_responders']))
  }), async () => {
    const outcomes = new Map(runningOf(deps).ocsp.outcomes().map((outcome) => [outcome.url, outcome]))
    const services = snapshotOf(deps).shared()?.approvedCas ?? []
    return services.flatMap(({ topCa, intermediateCas }) => [topCa, ...intermediateCas]).map(({ certificate, ocsp }) => ({
      distinguished_name: Certificate.parse(certificate).subject.rfc2253,
      ocsp_responders: ocsp.map(({ url, costType }) => {
        const outcome = outcomes.get(url)
        return {
          url,
          ...costType === undefined ? {} : { cost_type: costType },
          status_class: outcome === undefined ? 'WAITING' : outcome.failure === undefined ? 'OK' : 'FAIL',
          ...outcome === undefined ? {} : { prev_update_at: outcome.at.toISOString() },
          ...outcome?.failure === undefined ? {} : { error: { code: 'ocsp_response_failed', metadata: [outcome.failure] } }
        }
      })
    }))
  })

  app.get('/diagnostics/timestamping-services', described({
    tag,
    summary: 'Asks every approved time-stamping service for a stamp now',
    access: READERS,
    answer: listOf(record({ url: text(2048), name: text(), status_class: statusClass, prev_update_at: instant, error }, ['url', 'status_class']))
  }), async () => {
    const services = snapshotOf(deps).timestampers()
    const client = new TsaClient(STAMP_TIMEOUTS)
    try {
      return await Promise.all(services.map(async (service) => {
        const failure = await failureOf(async () => { await client.stamp(randomBytes(32), service, services.map(({ certificate }) => certificate)) })
        return { url: service.url, name: service.name, prev_update_at: deps.clock.now().toISOString(), ...toStatus(failure) }
      }))
    } finally {
      await client.close()
    }
  })

  app.get('/diagnostics/ocsp-certificates', described({
    tag,
    summary: 'Asks the OCSP responder of every certificate of the token now',
    access: KEY_READERS,
    answer: listOf(record({ hash: text(), subject: text(4096, 0), usage: text(), status_class: statusClass, produced_at: instant, next_update_at: instant, error }, ['hash', 'subject', 'status_class']))
  }), async () => {
    const { ocsp } = runningOf(deps)
    return await Promise.all(deps.token.keys().flatMap(({ use, certificates }) => certificates.map(async (certificate) => {
      const problem = await checkOcsp(deps, certificate)
      const times = problem === undefined ? ocsp.timesOf(certificate) : undefined
      return {
        hash: hashOf(certificate),
        subject: certificate.subject.rfc2253,
        usage: use === 'auth' ? 'AUTHENTICATION' : 'SIGNING',
        status_class: problem === undefined ? 'OK' : 'FAIL',
        ...times === undefined ? {} : { produced_at: times.thisUpdate.toISOString() },
        ...times?.nextUpdate === undefined ? {} : { next_update_at: times.nextUpdate.toISOString() },
        ...problem === undefined ? {} : { error: { code: 'ocsp_response_failed', metadata: [problem] } }
      }
    })))
  })

  app.get<{ Querystring: { server_id: string } }>('/diagnostics/peer-status', described({
    tag,
    summary: 'Knocks at another gateway: TLS, its certificate, its OCSP response',
    access: READERS,
    query: record({ server_id: text(2048) }, ['server_id']),
    answer: record({ status_class: statusClass, address: text(), certificate_subject: text(4096, 0), certificate_until: instant, protocol: text(), cipher: text(), milliseconds: { type: 'integer' }, error }, ['status_class'])
  }), async ({ query }) => {
    const server = serverIdOf(query.server_id)
    const address = snapshotOf(deps).serverAddress(server)
    if (address === undefined) throw new Refusal('notFound', 'security_server_not_found', 'the configuration has no such gateway', { metadata: [query.server_id] })
    try {
      const { certificate, protocol, cipher, milliseconds } = await runningOf(deps).testPeer(server)
      return { status_class: 'OK', address, certificate_subject: certificate.subject.rfc2253, certificate_until: certificate.notAfter.toISOString(), protocol, cipher, milliseconds }
    } catch (error) {
      if (error instanceof Fault) return { ...toStatus(error), address }
      throw error
    }
  })

  app.get('/diagnostics/auth-cert-req-status', described({ tag, summary: 'Whether the registration service of the core is there, and is the configuration\'s', access: READERS, answer: connection }),
    async () => toStatus(await failureOf(async () => { await runningOf(deps).management.testRegistrationService() })))
}

function versionOf (deps: AdminDeps): object {
  const snapshot = snapshotIfAny(deps)
  const version = snapshot?.sharedFiles()[0]?.version
  return { ...snapshot === undefined ? {} : { instance_id: snapshot.instance }, ...version === undefined ? {} : { version } }
}

/** X-Road's encoded id, `EE:GOV:123:SERVER`. */
function serverIdOf (text: string): ServerId {
  const { subsystemCode: serverCode, ...owner } = parseEncodedClientId('server_id', text)
  if (serverCode === undefined) throw new Refusal('invalid', 'validation_failure', 'server_id is no identifier', { fields: { server_id: 'expected INSTANCE:CLASS:CODE:SERVER' } })
  return { ...owner, serverCode }
}

async function failureOf (work: () => Promise<void>): Promise<Fault | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

function toStatus (failure: Fault | undefined): object {
  return failure === undefined ? { status_class: 'OK' } : { status_class: 'FAIL', error: { code: failure.kind.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase(), metadata: [failure.message] } }
}
