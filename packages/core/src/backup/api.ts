import type { FastifyPluginAsync } from 'fastify'
import { ADMINISTRATION, READERS } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import type { Backups, KeptBackup } from './backups.ts'

const text = { type: 'string' } as const
const tags = ['backups']
const backupSchema = {
  type: 'object',
  required: ['filename', 'created_at', 'bytes', 'with_keys'],
  properties: { filename: text, created_at: text, bytes: { type: 'integer' }, instance: text, program: text, with_keys: { type: 'boolean' } }
} as const
const byName = { type: 'object', properties: { filename: { type: 'string', maxLength: 250 } } } as const
/** Of an upload: a registry of the largest size is a tenth of it. */
const UPLOAD_BYTES_MAX = 256 * 1024 * 1024

/** Backups, as X-Road's `/backups`. */
export function backupApi (backups: Backups): FastifyPluginAsync {
  return async (app) => {
    app.get('/backups', {
      schema: { summary: 'Kept backups, newest first', tags, response: { 200: { type: 'array', items: backupSchema } } },
      config: { access: READERS }
    }, async () => (await backups.list()).map(toJson))

    app.post<{ Body: { with_keys: boolean } | null }>('/backups', {
      schema: {
        summary: 'Make a backup',
        tags,
        body: { type: ['object', 'null'], additionalProperties: false, properties: { with_keys: { type: 'boolean', default: true, description: 'Configuration signing keys too, encrypted' } } },
        response: { 201: backupSchema }
      },
      config: { access: ADMINISTRATION, operation: 'backup.create' }
    }, async ({ body, actor }, reply) => reply.code(201).send(toJson(await backups.create(actor, body?.with_keys ?? true))))

    app.get<{ Params: { filename: string } }>('/backups/:filename/download', {
      schema: { summary: 'A backup as a file', tags, params: byName },
      config: { access: ADMINISTRATION }
    }, async ({ params }, reply) => reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${params.filename.replaceAll(/[^\w.-]/g, '_')}"`)
      .send(await backups.read(params.filename)))

    app.delete<{ Params: { filename: string } }>('/backups/:filename', {
      schema: { summary: 'Delete a backup', tags, params: byName },
      config: { access: ADMINISTRATION, operation: 'backup.delete' }
    }, async ({ params, actor }, reply) => {
      await backups.delete(actor, params.filename)
      return reply.code(204).send()
    })

    app.put<{ Params: { filename: string } }>('/backups/:filename/restore', {
      schema: { summary: 'Put a backup in the place of all that is', tags, params: byName },
      config: { access: ADMINISTRATION, operation: 'backup.restore' }
    }, async ({ params, actor }, reply) => {
      await backups.restore(actor, params.filename)
      return reply.code(204).send()
    })

    app.register(async (upload) => {
      upload.addContentTypeParser('application/octet-stream', { parseAs: 'buffer', bodyLimit: UPLOAD_BYTES_MAX }, (_request, body, done) => { done(null, body) })
      upload.post('/backups/upload', {
        bodyLimit: UPLOAD_BYTES_MAX,
        schema: { summary: 'Take a backup in (application/octet-stream)', tags, response: { 201: backupSchema } },
        config: { access: ADMINISTRATION, operation: 'backup.upload' }
      }, async ({ body, actor }, reply) => {
        if (!Buffer.isBuffer(body)) throw new Refusal('invalid', 'backup_invalid', 'send the backup as application/octet-stream')
        return reply.code(201).send(toJson(await backups.upload(actor, body)))
      })
    })
  }
}

function toJson ({ name, bytes, header }: KeptBackup): object {
  return { filename: name, created_at: header.createdAt, bytes, instance: header.instance, program: header.program, with_keys: header.withKeys }
}
