import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { READERS } from '../admin/index.ts'
import type { Publisher } from '../globalconf/index.ts'
import { readParameters } from '../registry/index.ts'

const integer = { type: 'integer' } as const
const text = { type: 'string' } as const
const responseSchema = {
  type: 'object',
  required: ['instance', 'counts', 'configuration', 'warnings'],
  properties: {
    instance: text,
    counts: {
      type: 'object',
      properties: { members: integer, subsystems: integer, security_servers: integer, clients: integer, global_groups: integer, certification_services: integer, timestamping_services: integer, waiting_requests: integer, agreements: integer, suspensions: integer }
    },
    configuration: {
      type: 'object',
      properties: { published_at: text, expires_at: text, failure: text }
    },
    warnings: { type: 'array', items: { type: 'object', properties: { code: text, subject: text, message: text, href: text } } }
  }
} as const

/** What wants attention before it hurts. */
export interface Warning {
  /** `certificate_expires`; pages have words for it. */
  readonly code: string
  /** What it is about: an identifier, a name. */
  readonly subject: string
  readonly message: string
  /** Page of the console where it is mended. */
  readonly href?: string | undefined
}

export interface OverviewDeps {
  readonly store: SqlStore
  readonly publisher: Publisher
  readonly clock: Clock
  /** Each part of the core tells what worries it. */
  readonly warnings?: readonly (() => Promise<readonly Warning[]>)[] | undefined
}

/** Figures of the instance, state of publication, and everything that a part of the core warns of. */
export function overviewApi ({ store, publisher, clock, warnings = [] }: OverviewDeps): FastifyPluginAsync {
  return async (app) => {
    app.get('/overview', {
      schema: { summary: 'Figures, and what wants attention', tags: ['overview'], response: { 200: responseSchema } },
      config: { access: READERS }
    }, async () => {
      const { instance } = await readParameters(store)
      const now = clock.now().toISOString()
      const counts = await store.get(`SELECT
        (SELECT count(*) FROM member) AS members,
        (SELECT count(*) FROM subsystem) AS subsystems,
        (SELECT count(*) FROM security_server) AS security_servers,
        (SELECT count(*) FROM server_client) AS clients,
        (SELECT count(*) FROM global_group) AS global_groups,
        (SELECT count(*) FROM approved_ca) AS certification_services,
        (SELECT count(*) FROM approved_tsa) AS timestamping_services,
        (SELECT count(*) FROM request_processing WHERE status IN ('WAITING', 'SUBMITTED_FOR_APPROVAL')) AS waiting_requests,
        (SELECT count(*) FROM agreement WHERE concluded_at IS NOT NULL AND stopped IS NULL AND valid_from <= ? AND valid_until > ? AND (replaced_from IS NULL OR replaced_from > ?)) AS agreements,
        (SELECT count(*) FROM suspension WHERE state = 'inForce') AS suspensions`, now, now, now)
      const { publishedAt, expiresAt, failure } = publisher.status
      const found = (await Promise.all(warnings.map((warn) => warn()))).flat()
      return {
        instance,
        counts,
        configuration: { published_at: publishedAt?.toISOString(), expires_at: expiresAt?.toISOString(), failure },
        warnings: [...publicationWarnings(publisher, clock), ...found]
      }
    })
  }
}

function publicationWarnings (publisher: Publisher, clock: Clock): Warning[] {
  const { expiresAt, failure } = publisher.status
  const warnings: Warning[] = []
  if (failure !== undefined) warnings.push({ code: 'generation_failed', subject: 'configuration', message: failure, href: '/configuration' })
  if (expiresAt === undefined || expiresAt < clock.now()) warnings.push({ code: 'configuration_expired', subject: 'configuration', message: 'no valid configuration is published', href: '/configuration' })
  return warnings
}
