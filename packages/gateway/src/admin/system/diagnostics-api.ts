import type { FastifyPluginAsync } from 'fastify'
import { randomBytes } from 'node:crypto'
import { Fault } from '@trembita/protocol/fault'
import { Certificate } from '@trembita/protocol/pki'
import { TsaClient } from '../../messagelog/index.ts'
import { runningOf, snapshotOf, type AdminDeps } from '../deps.ts'
import { Refusal } from '../refusal.ts'
import { READERS } from '../roles.ts'
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
    answer: record({ status_class: statusClass, prev_update_at: instant, valid_until: instant, last_successful_url: text(2048), error }, ['status_class'])
  }), async () => {
    const globalconf = deps.globalconf()
    if (globalconf === undefined) throw new Refusal('conflict', 'anchor_not_found', 'import the configuration anchor first')
    const { lastSuccessAt, lastFailureAt, lastFailure, source, expiresAt } = globalconf.status()
    const fails = lastFailureAt !== undefined && lastFailureAt > (lastSuccessAt ?? new Date(0))
    return {
      status_class: fails ? 'FAIL' : lastSuccessAt === undefined ? 'WAITING' : 'OK',
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

  app.get('/diagnostics/auth-cert-req-status', described({ tag, summary: 'Whether the registration service of the core is there, and is the configuration\'s', access: READERS, answer: connection }),
    async () => toStatus(await failureOf(async () => { await runningOf(deps).management.testRegistrationService() })))
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
