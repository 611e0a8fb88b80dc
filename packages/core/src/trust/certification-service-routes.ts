import type { FastifyInstance } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import type { AcmeServer } from '@trembita/protocol/globalconf'
import { ADMINISTRATION, certificateOf, fileField, FORM_TYPES, READERS, UPLOADS } from '../admin/index.ts'
import { certificateJson, certificateSchema } from './certificate-json.ts'
import type { CaSettings, CertificationServices } from './certification-services.ts'
import { PROFILE_CLASSES } from './profiles.ts'
import { answers, byId, ignoreWarnings, ignoringWarnings, nothing, type ById, type IgnoringWarnings } from './route-schemas.ts'
import { storedCa, storedCaCertificate, storedCaCertificates, storedCas, storedResponders, type StoredCa, type StoredCaCertificate } from './stored-services.ts'

const text = { type: 'string', maxLength: 255 } as const
const settings = {
  certificate_profile_info: { type: 'string', maxLength: 255, description: `Java class name: ${PROFILE_CLASSES.map((name) => name.split('.').at(-1)).join(', ')}` },
  tls_auth: { type: 'boolean', description: 'Only for authentication certificates, never for seals' },
  default_csr_format: { type: 'string', enum: ['PEM', 'DER'] },
  acme_server_directory_url: { type: 'string', maxLength: 2048, description: 'Empty: no ACME' },
  acme_server_ip_address: text,
  authentication_certificate_profile_id: text,
  signing_certificate_profile_id: text
} as const
const intermediate = {
  type: 'object',
  properties: { id: { type: 'integer' }, certification_service_id: { type: 'integer' }, ocsp_responders: { type: 'integer' }, ...certificateSchema.properties }
} as const
const service = {
  type: 'object',
  properties: {
    id: { type: 'integer' }, name: { type: 'string' }, ...settings, ...certificateSchema.properties, ocsp_responders: { type: 'integer' }, intermediate_cas: { type: 'integer' }
  }
} as const
const tags = ['trust services']

interface SettingsBody {
  readonly certificate_profile_info?: string
  readonly tls_auth?: boolean
  readonly default_csr_format?: 'PEM' | 'DER'
  readonly acme_server_directory_url?: string
  readonly acme_server_ip_address?: string
  readonly authentication_certificate_profile_id?: string
  readonly signing_certificate_profile_id?: string
}

export function certificationServiceRoutes (app: FastifyInstance, store: SqlStore, services: CertificationServices): void {
  const json = async (ca: StoredCa): Promise<object> => ({
    ...settingsJson(ca),
    ...certificateJson(ca.certificate),
    ocsp_responders: (await storedResponders(store, ca.topId)).length,
    intermediate_cas: (await storedCaCertificates(store, ca.id)).length - 1
  })

  app.get('/certification-services', {
    config: { access: READERS }, schema: { summary: 'Approved certification services', tags, response: answers({ 200: { type: 'array', items: service } }) }
  }, async () => await Promise.all((await storedCas(store)).map(json)))

  app.post<{ Body: SettingsBody & { certificate: string, certificate_profile_info: string, name?: string, ignore_warnings: boolean } }>('/certification-services', {
    ...UPLOADS,
    config: { access: ADMINISTRATION, operation: 'certification-service.add' },
    schema: {
      summary: 'Approve a certification service',
      description: 'Refused when another approved certification authority has the same subject. Its name is the CN of the subject.',
      tags,
      consumes: FORM_TYPES,
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['certificate', 'certificate_profile_info'],
        properties: { certificate: fileField, name: text, ...settings, ignore_warnings: ignoreWarnings }
      },
      response: answers({ 201: service })
    }
  }, async (request, reply) => {
    const { certificate, name, ignore_warnings: ignore, ...body } = request.body
    const id = await services.add(request.actor, certificateOf(certificate, 'certificate'), {
      authenticationOnly: false, ...settingsOf(body), profileClass: body.certificate_profile_info
    }, { name, ignoreWarnings: ignore })
    return reply.code(201).send(await json(await storedCa(store, id)))
  })

  app.get<{ Params: ById }>('/certification-services/:id', {
    config: { access: READERS }, schema: { summary: 'One certification service', tags, params: byId, response: answers({ 200: service }) }
  }, async (request) => await json(await storedCa(store, request.params.id)))

  app.patch<{ Params: ById, Body: SettingsBody }>('/certification-services/:id', {
    config: { access: ADMINISTRATION, operation: 'certification-service.change' },
    schema: { summary: 'Change the settings of a certification service', tags, params: byId, body: { type: 'object', additionalProperties: false, properties: settings }, response: answers({ 200: service }) }
  }, async (request) => {
    const { acmeServer } = await storedCa(store, request.params.id)
    await services.change(request.actor, request.params.id, settingsOf(request.body, acmeServer))
    return await json(await storedCa(store, request.params.id))
  })

  app.delete<{ Params: ById, Querystring: IgnoringWarnings }>('/certification-services/:id', {
    config: { access: ADMINISTRATION, operation: 'certification-service.delete' },
    schema: { summary: 'Withdraw the approval of a certification service', tags, params: byId, querystring: ignoringWarnings, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await services.remove(request.actor, request.params.id, request.query.ignore_warnings)
    return reply.code(204).send()
  })

  app.get<{ Params: ById }>('/certification-services/:id/certificate', {
    config: { access: READERS }, schema: { summary: 'Certificate of a certification service', tags, params: byId, response: answers({ 200: certificateSchema }) }
  }, async (request) => certificateJson((await storedCa(store, request.params.id)).certificate))

  const intermediateJson = async ({ id, caId, certificate }: StoredCaCertificate): Promise<object> =>
    ({ id, certification_service_id: caId, ...certificateJson(certificate), ocsp_responders: (await storedResponders(store, id)).length })

  app.get<{ Params: ById }>('/certification-services/:id/intermediate-cas', {
    config: { access: READERS }, schema: { summary: 'Certification authorities below the one of a service', tags, params: byId, response: answers({ 200: { type: 'array', items: intermediate } }) }
  }, async (request) => {
    const { id } = await storedCa(store, request.params.id)
    return await Promise.all((await storedCaCertificates(store, id)).filter(({ top }) => !top).map(intermediateJson))
  })

  app.post<{ Params: ById, Body: { certificate: string, ignore_warnings: boolean } }>('/certification-services/:id/intermediate-cas', {
    ...UPLOADS,
    config: { access: ADMINISTRATION, operation: 'intermediate-ca.add' },
    schema: {
      summary: 'Approve a certification authority below the one of a service',
      tags,
      params: byId,
      consumes: FORM_TYPES,
      body: { type: 'object', additionalProperties: false, required: ['certificate'], properties: { certificate: fileField, ignore_warnings: ignoreWarnings } },
      response: answers({ 201: intermediate })
    }
  }, async (request, reply) => {
    const id = await services.addIntermediate(request.actor, request.params.id, certificateOf(request.body.certificate, 'certificate'), request.body.ignore_warnings)
    return reply.code(201).send(await intermediateJson(await storedCaCertificate(store, id)))
  })

  app.get<{ Params: ById }>('/intermediate-cas/:id', {
    config: { access: READERS }, schema: { summary: 'One intermediate certification authority', tags, params: byId, response: answers({ 200: intermediate }) }
  }, async (request) => await intermediateJson(await storedCaCertificate(store, request.params.id)))

  app.delete<{ Params: ById, Querystring: IgnoringWarnings }>('/intermediate-cas/:id', {
    config: { access: ADMINISTRATION, operation: 'intermediate-ca.delete' },
    schema: { summary: 'Withdraw the approval of an intermediate certification authority', tags, params: byId, querystring: ignoringWarnings, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await services.removeIntermediate(request.actor, request.params.id, request.query.ignore_warnings)
    return reply.code(204).send()
  })
}

/** What was sent; of the ACME server the fields that were not stay as they are in `acme`. */
function settingsOf (body: SettingsBody, acme?: AcmeServer): Partial<CaSettings> {
  const directoryUrl = body.acme_server_directory_url ?? acme?.directoryUrl ?? ''
  const acmeServer = directoryUrl === ''
    ? undefined
    : {
        directoryUrl,
        ipAddress: body.acme_server_ip_address ?? acme?.ipAddress,
        authenticationProfileId: body.authentication_certificate_profile_id ?? acme?.authenticationProfileId,
        signingProfileId: body.signing_certificate_profile_id ?? acme?.signingProfileId
      }
  return {
    acmeServer,
    ...body.tls_auth === undefined ? {} : { authenticationOnly: body.tls_auth },
    ...body.certificate_profile_info === undefined ? {} : { profileClass: body.certificate_profile_info },
    ...body.default_csr_format === undefined ? {} : { defaultCsrFormat: body.default_csr_format }
  }
}

function settingsJson ({ id, name, authenticationOnly, profileClass, defaultCsrFormat, acmeServer }: StoredCa): Record<string, unknown> {
  return {
    id,
    name,
    certificate_profile_info: profileClass,
    tls_auth: authenticationOnly,
    default_csr_format: defaultCsrFormat,
    acme_server_directory_url: acmeServer?.directoryUrl,
    acme_server_ip_address: acmeServer?.ipAddress,
    authentication_certificate_profile_id: acmeServer?.authenticationProfileId,
    signing_certificate_profile_id: acmeServer?.signingProfileId
  }
}
