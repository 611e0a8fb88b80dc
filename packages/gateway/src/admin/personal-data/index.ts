import type { FastifyPluginAsync } from 'fastify'
import { checkMonitoring, checkSettings, compileSettings, SettingsError, type MonitoringSettings, type PersonalDataInput, type PersonalDataSettings } from '../../accesslog/index.ts'
import { runningOf, type AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { DATA_PROTECTION_OFFICER, READERS, SERVICE_ADMINISTRATOR, SYSTEM_ADMINISTRATOR } from '../roles.ts'
import { described, instant, listOf, note, pathOf, record, text } from '../route.ts'
import { serviceOf, type Placed } from '../services/service-json.ts'
import { accessEventSchema, effectiveSchema, monitoringSchema, settingsSchema } from './schemas.ts'

interface ById { Params: { id: string } }
interface EventsQuery { reason: string, service?: string, outcome?: string, from?: string, to?: string, before?: number, limit: number }

const tag = 'personal-data'
const params = pathOf('id')
/** Two hundred rules with their selectors. */
const BODY_BYTES_MAX = 1024 * 1024

/** How accesses to personal data are captured, where they are reported, and what was captured. */
export const personalDataApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get<ById>('/services/:id/personal-data', described({ tag, summary: 'How accesses to the personal data of a service are captured, and by which rules', access: READERS, params, answer: effectiveSchema }),
    async ({ params }) => effectiveJson(serviceOf(deps, params.id)))

  app.put<ById & { Body: PersonalDataInput }>('/services/:id/personal-data', {
    ...described({ tag, summary: 'Set how accesses are captured; without rules those of the description hold', access: [SERVICE_ADMINISTRATOR], audit: 'Edit capture of personal data', params, body: settingsSchema, answer: effectiveSchema }),
    bodyLimit: BODY_BYTES_MAX
  }, async (request) => {
    const { client, description, service } = serviceOf(deps, request.params.id)
    note(request, { clientIdentifier: formatEncodedId(client.id), service: request.params.id, policy: request.body.policy, rules: request.body.rules?.map(({ id }) => id) })
    const settings = checked(() => checkSettings(request.body, description.type === 'WSDL' ? 'SOAP' : 'REST'))
    deps.serverconf.descriptions.setPersonalData(description.id, service.code, service.version, settings)
    const effective = effectiveJson(serviceOf(deps, request.params.id))
    note(request, { version: effective.version })
    return effective
  })

  app.delete<ById>('/services/:id/personal-data', described({ tag, summary: 'Forget what was set: the description alone holds', access: [SERVICE_ADMINISTRATOR], audit: 'Delete settings of personal data', params }), async (request, reply) => {
    const { client, description, service } = serviceOf(deps, request.params.id)
    note(request, { clientIdentifier: formatEncodedId(client.id), service: request.params.id })
    deps.serverconf.descriptions.setPersonalData(description.id, service.code, service.version, undefined)
    return await reply.code(204).send()
  })

  app.get('/monitoring', described({ tag, summary: 'Where accesses to personal data are reported', access: READERS, answer: monitoringSchema }), async () => {
    const settings = deps.monitoring()
    if (settings === undefined) throw new Refusal('notFound', 'monitoring_not_set', 'nobody has said where accesses to personal data are reported')
    return settings
  })

  app.put<{ Body: MonitoringSettings }>('/monitoring', described({ tag, summary: 'Say where accesses to personal data are reported; what waits is reported at once', access: [SYSTEM_ADMINISTRATOR], audit: 'Edit monitoring', body: monitoringSchema, answer: monitoringSchema }), async (request) => {
    note(request, { ...request.body })
    deps.serverconf.setMonitoring(checked(() => checkMonitoring(request.body)))
    deps.running()?.accesslog.outbox.reconsider()
    return deps.monitoring()
  })

  app.get<{ Querystring: EventsQuery }>('/access-events', described({
    tag,
    summary: 'Accesses to personal data that this gateway captured, newest first, with the identifiers that are reported to nobody',
    access: [DATA_PROTECTION_OFFICER],
    audit: 'Read accesses to personal data',
    query: record({
      reason: { type: 'string', minLength: 10, maxLength: 1000, pattern: '\\S', description: 'Why they are looked at; stands in the audit log' },
      service: text(1024),
      outcome: { type: 'string', enum: ['ok', 'empty', 'denied', 'error'] },
      from: instant,
      to: instant,
      before: { type: 'integer', minimum: 1, description: '`seq` of the last one seen' },
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 }
    }, ['reason']),
    answer: listOf(accessEventSchema)
  }), async (request) => {
    const { reason, from, to, ...query } = request.query
    note(request, { reason, ...query, from, to })
    const events = await runningOf(deps).accesslog.list({ ...query, from: from === undefined ? undefined : Date.parse(from), to: to === undefined ? undefined : Date.parse(to) })
    return events.map(({ seq, state, reason, event, person, persons, officer }) => ({
      seq, state, event, ...reason === null ? {} : { reason }, ...person === undefined ? {} : { person: plain(person) }, ...persons === undefined ? {} : { persons: persons.map(plain) }, ...officer === undefined ? {} : { officer }
    }))
  })
}

interface EffectiveJson extends Pick<PersonalDataSettings, 'policy' | 'rules'> {
  readonly source: 'settings' | 'description' | 'none'
  readonly settings?: PersonalDataSettings
  readonly version?: string
}

function effectiveJson ({ service, description }: Placed): EffectiveJson {
  const { settings, described } = service.personalData
  if (settings === undefined && described.length === 0) return { policy: 'off', source: 'none', rules: [] }
  const filled = settings ?? checkSettings({}, description.type === 'WSDL' ? 'SOAP' : 'REST')
  const { version } = compileSettings(filled, described)
  return {
    policy: filled.policy,
    source: settings?.rules === undefined ? 'description' : 'settings',
    ...settings === undefined ? {} : { settings },
    rules: settings?.rules ?? described,
    version
  }
}

/** `UA␟RNOKPP␟3000300007` as its parts. */
function plain (normalised: string): { readonly type: string, readonly id: string } {
  const [, type = '', id = ''] = normalised.split('\u001f')
  return { type, id }
}

function checked<T> (check: () => T): T {
  try {
    return check()
  } catch (cause) {
    if (!(cause instanceof SettingsError)) throw cause
    throw new Refusal('invalid', 'validation_failure', 'the settings cannot be used', { cause, fields: cause.problems })
  }
}
