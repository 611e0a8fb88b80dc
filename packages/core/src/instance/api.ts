import type { FastifyPluginAsync } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import { Certificate } from '@trembita/protocol/pki'
import { errorSchema, READERS, SECURITY, type Role } from '../admin/index.ts'
import type { Changes } from '../audit/index.ts'
import type { Registration } from '../registration/index.ts'
import { encodedClientId, encodedServerId, managementProviderOf, OWNERS_GROUP, parseServerId, readParameters, serversOf } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { certificateJson, certificateSchema } from '../trust/index.ts'
import { initialise } from './initialise.ts'
import { CLIENT_CERTIFICATES_MAX, registerProvider, setClientCertificates, setManagementProvider } from './management-services.ts'
import type { ServerAddress } from './server-address.ts'
import { changeParameters, parametersJson, parametersSchema, type ParametersJson } from './system-parameters.ts'

export interface InstanceApiDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly registration: Registration
  readonly address: ServerAddress
  readonly version: string
  /** Name of this core among those that serve the instance. */
  readonly node: string
  /** Where gateways find the description of the management services, and the services; undefined when this core has none. */
  readonly services: () => { readonly wsdl: string, readonly url: string, readonly certificate: Buffer } | undefined
}

const INITIALISERS: readonly Role[] = ['XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITY_OFFICER']
const tags = ['system']
const text = { type: 'string' } as const
const addressBody = { type: 'object', required: ['central_server_address'], additionalProperties: false, properties: { central_server_address: { type: 'string', minLength: 1, maxLength: 255 } } } as const
const refusals = { 400: errorSchema, 404: errorSchema, 409: errorSchema } as const
const statusSchema = {
  type: 'object', properties: { instance_identifier: text, central_server_address: text, software_token_init_status: { type: 'string', enum: ['INITIALIZED', 'NOT_INITIALIZED'] } }
} as const
const servicesSchema = {
  type: 'object',
  properties: {
    service_provider_id: text,
    service_provider_name: text,
    security_server_id: { type: 'string', description: 'The first of `security_servers`' },
    security_servers: { type: 'array', items: text, description: 'Gateways that publish the management services' },
    wsdl_address: text,
    services_address: text,
    certificate: certificateSchema,
    security_server_owners_global_group_code: text,
    client_certificates: { type: 'array', items: certificateSchema, description: 'TLS client certificates that may call the services; empty: whoever reaches them may' }
  }
} as const

/** `/initialization`, `/system` and `/management-services-configuration` as X-Road has them (xroad-trust §4.6, §6.4), and parameters that stand in files there. */
export function instanceApi ({ store, changes, registration, address, version, node, services }: InstanceApiDeps): FastifyPluginAsync {
  const statusOf = async (): Promise<object> => {
    const { instance } = await readParameters(store)
    // Our keys are opened by the passphrase of the configuration file, before anything can be asked.
    return { instance_identifier: instance, central_server_address: address.current, software_token_init_status: 'INITIALIZED' }
  }
  const servicesOf = async (): Promise<object> => await store.read(async (reader) => {
    const parameters = await readParameters(reader)
    const provider = managementProviderOf(parameters)
    const servers = provider === undefined ? [] : (await serversOf(reader, provider)).map(({ id }) => encodedServerId(id))
    const known = services()
    const name = provider === undefined
      ? undefined
      : await reader.get<{ name: string }>('SELECT m.name FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ?', provider.memberClass, provider.memberCode)
    return {
      service_provider_id: provider === undefined ? undefined : `SUBSYSTEM:${encodedClientId(provider)}`,
      service_provider_name: name?.name,
      security_server_id: servers[0],
      security_servers: servers,
      wsdl_address: known?.wsdl,
      services_address: known?.url,
      certificate: known === undefined ? undefined : certificateJson(Certificate.parse(known.certificate)),
      security_server_owners_global_group_code: OWNERS_GROUP.code,
      client_certificates: parameters.managementServiceClients.map((der) => certificateJson(Certificate.parse(Buffer.from(der, 'base64'))))
    }
  })

  return async (app) => {
    app.get('/initialization/status', {
      config: { access: 'signed-in' }, schema: { summary: 'Whether the core has an instance identifier', tags, response: { 200: statusSchema } }
    }, statusOf)

    app.post<{ Body: { readonly instance_identifier: string, readonly central_server_address?: string } }>('/initialization', {
      config: { access: INITIALISERS },
      schema: {
        summary: 'Give the instance its identifier, once and for all',
        tags,
        body: {
          type: 'object',
          required: ['instance_identifier'],
          additionalProperties: false,
          properties: {
            instance_identifier: { type: 'string', minLength: 1, maxLength: 255 },
            central_server_address: addressBody.properties.central_server_address,
            software_token_pin: { type: 'string', maxLength: 255, description: 'Taken from programs made for X-Road and not used: the passphrase file opens the keys' }
          }
        },
        response: { 200: statusSchema, 201: statusSchema, ...refusals }
      }
    }, async ({ body, actor }) => {
      // The address first: what is wrong with it must not leave the instance half made.
      if (body.central_server_address !== undefined) {
        if ((await readParameters(store)).instance !== '') throw new Refusal('conflict', 'init_already_initialized', 'the core is initialised already')
        await address.change(actor, 'central_server_address', body.central_server_address)
      }
      await initialise(changes, actor, body.instance_identifier)
      return await statusOf()
    })

    app.get('/system/status', {
      config: { access: 'signed-in' },
      schema: { summary: 'State of the core', tags, response: { 200: { type: 'object', properties: { initialization_status: statusSchema, high_availability_status: { type: 'object', properties: { is_ha_configured: { type: 'boolean' }, node_name: text } } } } } }
    }, async () => {
      const nodes = await store.get<{ count: number }>('SELECT count(*) AS count FROM configuration_node')
      return { initialization_status: await statusOf(), high_availability_status: { is_ha_configured: nodes!.count > 1, node_name: node } }
    })

    app.get('/system/version', {
      config: { access: 'signed-in' }, schema: { summary: 'Version of the core', tags, response: { 200: { type: 'object', properties: { info: text } } } }
    }, async () => ({ info: version }))

    app.get('/system/server-address', {
      config: { access: READERS }, schema: { summary: 'Where gateways find this core', tags, response: { 200: addressBody } }
    }, async () => ({ central_server_address: address.current }))

    app.put<{ Body: { readonly central_server_address: string } }>('/system/server-address', {
      config: { access: SECURITY, operation: 'system.server-address' },
      schema: { summary: 'Change where gateways find this core; anchors have to be distributed anew', tags, body: addressBody, response: { 200: statusSchema, ...refusals } }
    }, async ({ body, actor }) => {
      await address.change(actor, 'central_server_address', body.central_server_address)
      return await statusOf()
    })

    app.get('/system/parameters', {
      config: { access: READERS }, schema: { summary: 'Parameters of the instance', tags, response: { 200: parametersSchema } }
    }, async () => parametersJson(await readParameters(store)))

    app.patch<{ Body: ParametersJson }>('/system/parameters', {
      config: { access: INITIALISERS, operation: 'system.parameters' },
      schema: { summary: 'Change parameters of the instance; those not named stay', tags, body: parametersSchema, response: { 200: parametersSchema, ...refusals } }
    }, async ({ body, actor }) => {
      await changeParameters(changes, actor, body)
      return parametersJson(await readParameters(store))
    })

    app.get('/management-services-configuration', {
      config: { access: READERS }, schema: { summary: 'Who gives the management services, and where they are', tags, response: { 200: servicesSchema } }
    }, servicesOf)

    app.patch<{ Body: { readonly service_provider_id: string } }>('/management-services-configuration', {
      config: { access: SECURITY, operation: 'management-services.set-provider' },
      schema: {
        summary: 'Set the subsystem that gives the management services',
        tags,
        body: { type: 'object', required: ['service_provider_id'], additionalProperties: false, properties: { service_provider_id: { type: 'string', maxLength: 1100 } } },
        response: { 200: servicesSchema, ...refusals }
      }
    }, async ({ body, actor }) => {
      await setManagementProvider(changes, actor, body.service_provider_id)
      return await servicesOf()
    })

    app.post<{ Body: { readonly security_server_id: string } }>('/management-services-configuration/register-provider', {
      config: { access: SECURITY, operation: 'management-services.register-provider' },
      schema: {
        summary: 'Make the provider of the management services a client of a gateway',
        tags,
        body: { type: 'object', required: ['security_server_id'], additionalProperties: false, properties: { security_server_id: { type: 'string', maxLength: 1100 } } },
        response: { 200: servicesSchema, ...refusals }
      }
    }, async ({ body, actor }) => {
      await registerProvider(store, registration, actor, parseServerId(body.security_server_id))
      return await servicesOf()
    })

    app.put<{ Body: { readonly certificates: readonly string[] } }>('/management-services-configuration/client-certificates', {
      config: { access: SECURITY, operation: 'management-services.set-clients' },
      schema: {
        summary: 'Say by which TLS client certificates the management services may be called',
        tags,
        body: {
          type: 'object', required: ['certificates'], additionalProperties: false, properties: { certificates: { type: 'array', maxItems: CLIENT_CERTIFICATES_MAX, uniqueItems: true, items: { type: 'string', maxLength: 20_000 } } }
        },
        response: { 200: servicesSchema, ...refusals }
      }
    }, async ({ body, actor }) => {
      await setClientCertificates(changes, actor, body.certificates)
      return await servicesOf()
    })
  }
}
