import type { FastifyInstance } from 'fastify'
import { anchorFileName } from '@trembita/protocol/globalconf'
import { fileField, fileOf, FORM_TYPES, READERS, SECURITY, UPLOADS } from '../admin/index.ts'
import { answers, instant, nothing, tags, text } from './route-schemas.ts'
import { anchorFingerprint, type Anchor } from '@trembita/protocol/globalconf'
import type { TrustedAnchor, TrustedAnchors } from './trusted-anchors.ts'

const anchorSchema = {
  type: 'object',
  properties: {
    hash: { type: 'string', description: 'SHA-224 of the file' },
    instance_identifier: text,
    generated_at: instant,
    uploaded_at: instant,
    sources: { type: 'array', items: { type: 'object', properties: { url: text, keys: { type: 'integer' } } } }
  }
} as const
const previewSchema = {
  type: 'object',
  properties: {
    ...anchorSchema.properties,
    replaces: { type: 'string', description: 'Fingerprint of the anchor of this instance that there is' },
    configuration: { type: 'object', properties: { url: text, version: { type: 'integer' }, expires_at: instant, members: { type: 'integer' }, security_servers: { type: 'integer' } } },
    problem: { type: 'string', description: 'Why the anchor could not be taken up' }
  }
} as const

export function trustedAnchorRoutes (app: FastifyInstance, anchors: TrustedAnchors): void {
  // Inside: the files of the parts of the core know one another in a circle.
  const upload = { type: 'object', additionalProperties: false, required: ['anchor'], properties: { anchor: fileField } } as const
  const byHash = { type: 'object', required: ['hash'], properties: { hash: { type: 'string', pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){27}$' } } } as const

  app.get('/trusted-anchors', {
    config: { access: READERS }, schema: { summary: 'Anchors of federated instances', tags, response: answers({ 200: { type: 'array', items: anchorSchema } }) }
  }, async () => (await anchors.list()).map(json))

  app.post<{ Body: { anchor: string } }>('/trusted-anchors/preview', {
    ...UPLOADS,
    config: { access: SECURITY },
    schema: { summary: 'Read an anchor and follow it, changing nothing', tags, consumes: FORM_TYPES, body: upload, response: answers({ 200: previewSchema }) }
  }, async (request) => {
    const file = fileOf(request.body.anchor, 'anchor')
    const anchor = await anchors.read(file)
    const known = (await anchors.list()).find((one) => one.anchor.instance === anchor.instance)
    return { ...fieldsOf(anchor), hash: anchorFingerprint(file), replaces: known?.fingerprint, ...await followed(anchors, anchor) }
  })

  app.post<{ Body: { anchor: string } }>('/trusted-anchors', {
    ...UPLOADS,
    config: { access: SECURITY, operation: 'trusted-anchor.upload' },
    schema: {
      summary: 'Federate with another instance by its external anchor',
      description: 'The anchor is followed first: signature, expiry, shared parameters, and no private ones. Replaces the anchor of that instance.',
      tags,
      consumes: FORM_TYPES,
      body: upload,
      response: answers({ 201: anchorSchema })
    }
  }, async (request, reply) => reply.code(201).send(json(await anchors.upload(request.actor, fileOf(request.body.anchor, 'anchor')))))

  app.get<{ Params: { hash: string } }>('/trusted-anchors/:hash/download', {
    config: { access: READERS }, schema: { summary: 'A trusted anchor as it was uploaded', tags, params: byHash }
  }, async (request, reply) => {
    const { anchor, file, uploadedAt } = await anchors.find(request.params.hash)
    return reply.type('application/xml').header('content-disposition', `attachment; filename="${anchorFileName(anchor.instance, 'external', anchor.generatedAt ?? uploadedAt)}"`).send(file)
  })

  app.delete<{ Params: { hash: string } }>('/trusted-anchors/:hash', {
    config: { access: SECURITY, operation: 'trusted-anchor.delete' }, schema: { summary: 'End federation with an instance', tags, params: byHash, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await anchors.remove(request.actor, request.params.hash)
    return reply.code(204).send()
  })
}

async function followed (anchors: TrustedAnchors, anchor: Anchor): Promise<object> {
  try {
    const { url, version, expiresAt, members, servers } = await anchors.follow(anchor)
    return { configuration: { url, version, expires_at: expiresAt.toISOString(), members, security_servers: servers } }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function json ({ anchor, fingerprint, uploadedAt }: TrustedAnchor): object {
  return { ...fieldsOf(anchor), hash: fingerprint, uploaded_at: uploadedAt.toISOString() }
}

function fieldsOf ({ instance, generatedAt, sources }: Anchor): object {
  return { instance_identifier: instance, generated_at: generatedAt?.toISOString(), sources: sources.map(({ url, certificates }) => ({ url, keys: certificates.length })) }
}
