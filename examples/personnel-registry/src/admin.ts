import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '@trembita/example-information-system'
import { SERVICE_STATUSES, type ServiceStatus } from './personnel.ts'
import type { PersonnelRegister } from './register.ts'

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/**
 * What the personnel officers of the demonstration do: `POST /admin/statuses` dismisses, suspends or takes back, `POST /admin/outage`
 * stops answering and begins again. Only from this machine, and never through a gateway; not part of the description.
 */
export function addAdmin (app: FastifyInstance, register: PersonnelRegister): void {
  app.post<{ Body: { rnokpp: string, body: string, status: ServiceStatus } }>('/admin/statuses', {
    preValidation: async (request) => { checkLocal(request) },
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['rnokpp', 'body', 'status'],
        properties: { rnokpp: { type: 'string', maxLength: 32 }, body: { type: 'string', maxLength: 32 }, status: { type: 'string', enum: SERVICE_STATUSES } }
      }
    }
  }, async (request) => ({ changed: register.setStatus(request.body.rnokpp, request.body.body, request.body.status) }))

  app.post<{ Body: { down: boolean } }>('/admin/outage', {
    preValidation: async (request) => { checkLocal(request) },
    schema: { body: { type: 'object', additionalProperties: false, required: ['down'], properties: { down: { type: 'boolean' } } } }
  }, async (request) => {
    register.setDown(request.body.down)
    return { down: request.body.down }
  })
}

function checkLocal (request: FastifyRequest): void {
  const throughGateway = request.headers['x-road-client'] !== undefined || request.headers['uxp-client'] !== undefined || request.headers['x-road-service'] !== undefined
  if (throughGateway || !LOOPBACK.has(request.ip)) throw new Problem('unknown-service', 'Такого сервісу немає', 'There is no such service')
}
