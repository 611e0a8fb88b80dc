import type { FastifyInstance } from 'fastify'
import { GLOBALCONF_VERSIONS } from '@trembita/protocol/globalconf'
import { ADMINISTRATION, fileField, fileOf, FORM_TYPES, READERS, UPLOADS } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import type { ConfigurationParts } from './configuration-parts.ts'
import { OPTIONAL_PARTS, type OptionalPartName } from './parts.ts'
import type { PublicFolder } from './public-folder.ts'
import type { Publisher } from './publisher.ts'
import { answers, instant, kindOf, kindParams, kindSchema, nothing, tags, text, type KindParams } from './route-schemas.ts'

const NAMES = Object.keys(OPTIONAL_PARTS) as OptionalPartName[]
const nameParams = { type: 'object', required: ['kind', 'name'], properties: { kind: kindSchema, name: { type: 'string', enum: NAMES } } } as const
const partSchema = {
  type: 'object',
  properties: {
    content_identifier: text,
    file_name: text,
    optional: { type: 'boolean', description: 'An operator may upload and delete it' },
    file_updated_at: { ...instant, description: 'When it was uploaded; absent for what the core makes itself' },
    published: { type: 'boolean' },
    size: { type: 'integer', description: 'Bytes, in the newest version of the configuration' },
    versions: { type: 'array', items: { type: 'integer' } }
  }
} as const

export interface PartRouteDeps {
  readonly parts: ConfigurationParts
  readonly publisher: Publisher
  readonly folder: PublicFolder
}

export function partRoutes (app: FastifyInstance, { parts, publisher, folder }: PartRouteDeps): void {
  app.get<{ Params: KindParams }>('/configuration-sources/:kind/configuration-parts', {
    config: { access: READERS },
    schema: { summary: 'Parts of a configuration: published, uploaded, or possible', tags, params: kindParams, response: answers({ 200: { type: 'array', items: partSchema } }) }
  }, async (request) => {
    const internal = kindOf(request.params) === 'internal'
    const newest = publisher.generation?.versions.at(-1)?.parts ?? []
    const published = newest.filter(({ contentIdentifier }) => internal || contentIdentifier === 'SHARED-PARAMETERS').map(({ contentIdentifier, fileName, size }) => ({
      content_identifier: contentIdentifier, file_name: fileName, optional: NAMES.includes(contentIdentifier as OptionalPartName), published: true, size, versions: GLOBALCONF_VERSIONS
    }))
    if (!internal) return published
    const uploaded = new Map((await parts.list()).map((part) => [part.name as string, part]))
    const missing = NAMES.filter((name) => !published.some((part) => part.content_identifier === name)).map((name) => ({
      content_identifier: name, file_name: uploaded.get(name)?.fileName, optional: true, published: false, size: uploaded.get(name)?.content.length, versions: []
    }))
    return [...published, ...missing].map((part) => ({ ...part, file_updated_at: uploaded.get(part.content_identifier)?.uploadedAt.toISOString() }))
  })

  app.post<{ Params: KindParams, Body: { content_identifier: OptionalPartName, file: string, ignore_warnings: boolean } }>('/configuration-sources/:kind/configuration-parts', {
    ...UPLOADS,
    config: { access: ADMINISTRATION, operation: 'configuration-part.upload' },
    schema: {
      summary: 'Upload a part of the internal configuration',
      description: 'It is published byte for byte with the next generation, at once.',
      tags,
      params: kindParams,
      consumes: FORM_TYPES,
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['content_identifier', 'file'],
        properties: { content_identifier: { type: 'string', enum: NAMES }, file: fileField, ignore_warnings: { type: 'boolean', default: false } }
      },
      response: answers({ 204: nothing })
    }
  }, async (request, reply) => {
    if (kindOf(request.params) === 'external') throw new Refusal('invalid', 'external_has_no_parts', 'the external configuration has the shared parameters and nothing else')
    const { content_identifier: name, file, ignore_warnings: ignore } = request.body
    await parts.upload(request.actor, name, fileOf(file, 'file'), ignore)
    return reply.code(204).send()
  })

  app.delete<{ Params: { kind: string, name: OptionalPartName } }>('/configuration-sources/:kind/configuration-parts/:name', {
    config: { access: ADMINISTRATION, operation: 'configuration-part.delete' }, schema: { summary: 'Take an uploaded part out of the configuration', tags, params: nameParams, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await parts.remove(request.actor, request.params.name)
    return reply.code(204).send()
  })

  app.get<{ Params: { kind: string, name: string, version: number } }>('/configuration-sources/:kind/configuration-parts/:name/:version/download', {
    config: { access: READERS },
    schema: {
      summary: 'A part as it is published',
      tags,
      params: {
        type: 'object',
        required: ['kind', 'name', 'version'],
        properties: { kind: kindSchema, name: { type: 'string', maxLength: 255 }, version: { type: 'integer', enum: [...GLOBALCONF_VERSIONS] } }
      }
    }
  }, async (request, reply) => {
    const { name, version } = request.params
    const { stamp, versions = [] } = publisher.generation ?? {}
    const part = versions.find((one) => one.version === version)?.parts.find(({ contentIdentifier }) => contentIdentifier === name)
    const file = part === undefined || stamp === undefined ? undefined : await folder.openFile(stamp, version, part.fileName)
    if (part === undefined || file === undefined) throw new Refusal('notFound', 'configuration_part_not_found', `no part ${name} is published in version ${version}`)
    return reply.type('application/xml').header('content-disposition', `attachment; filename="${part.fileName}"`).header('content-length', file.size).send(file.stream)
  })
}
