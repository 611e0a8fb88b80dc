import type { FastifyPluginAsync } from 'fastify'
import { READERS, SECURITY } from '../../admin/index.ts'
import { memberClassEntries } from '../entries.ts'
import { addMemberClass, deleteMemberClass, describeMemberClass } from '../member-classes.ts'
import type { RegistryApiDeps } from './deps.ts'
import { historyRoute } from './history-route.ts'
import { answers, memberClass, nothing, pathOf, text } from './schemas.ts'

const tags = ['members']
const byCode = pathOf('code')
interface ByCode { readonly code: string }

/** `/member-classes` as X-Road has it. */
export function memberClassesApi ({ store, changes }: Omit<RegistryApiDeps, 'suspended'>): FastifyPluginAsync {
  return async (app) => {
    app.get('/member-classes', {
      config: { access: READERS }, schema: { summary: 'Member classes', tags, response: answers({ 200: { type: 'array', items: memberClass } }) }
    }, async () => await memberClassEntries(store))

    app.post<{ Body: { readonly code: string, readonly description: string } }>('/member-classes', {
      config: { access: SECURITY, operation: 'member-class.add' },
      schema: { summary: 'Add a member class', tags, body: { ...memberClass, additionalProperties: false }, response: answers({ 201: memberClass }) }
    }, async (request, reply) => {
      await addMemberClass(changes, request.actor, request.body)
      return await reply.code(201).send(request.body)
    })

    app.patch<{ Params: ByCode, Body: { readonly description: string } }>('/member-classes/:code', {
      config: { access: SECURITY, operation: 'member-class.edit' },
      schema: { summary: 'Describe a member class', tags, params: byCode, body: { type: 'object', required: ['description'], additionalProperties: false, properties: { description: text } }, response: answers({ 200: memberClass }) }
    }, async (request) => {
      const changed = { code: request.params.code, description: request.body.description }
      await describeMemberClass(changes, request.actor, changed)
      return changed
    })

    app.delete<{ Params: ByCode }>('/member-classes/:code', {
      config: { access: SECURITY, operation: 'member-class.delete' },
      schema: { summary: 'Delete a member class that has no members', tags, params: byCode, response: answers({ 204: nothing }) }
    }, async (request, reply) => {
      await deleteMemberClass(changes, request.actor, request.params.code)
      return await reply.code(204).send()
    })

    historyRoute(app, store, { path: '/member-classes', tag: 'members', kind: 'memberClass', nameOf: (code) => code })
  }
}
