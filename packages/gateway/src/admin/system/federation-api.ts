import type { FastifyPluginAsync } from 'fastify'
import { isSameServer, memberOf } from '@trembita/protocol/identifiers'
import { snapshotOf, type AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { READERS } from '../roles.ts'
import { described, flag, listOf, record, text } from '../route.ts'

const tag = 'system'
const serverSchema = record({ id: text(2048), instance_id: text(), member_class: text(), member_code: text(), server_code: text(), server_address: text() }, ['id'])

/** What the configuration says of everybody: for choosing whom to add, and to whom to give rights. */
export const federationApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get('/xroad-instances', described({ tag, summary: 'Known instances', access: READERS, answer: listOf(record({ identifier: text(), local: flag }, ['identifier', 'local'])) }), async () => {
    const { instance, instances } = snapshotOf(deps)
    return instances.map((identifier) => ({ identifier, local: identifier === instance }))
  })

  app.get('/member-classes', described({ tag, summary: 'Member classes of the own instance', access: READERS, answer: listOf(text()) }),
    async () => (snapshotOf(deps).shared()?.memberClasses ?? []).map(({ code }) => code))

  app.get<{ Querystring: { member_class: string, member_code: string } }>('/member-names',
    described({ tag, summary: 'Name of a member of the own instance', access: READERS, query: record({ member_class: text(), member_code: text() }, ['member_class', 'member_code']), answer: record({ member_name: text() }, ['member_name']) }),
    async ({ query }) => {
      const snapshot = snapshotOf(deps)
      const name = snapshot.memberName({ instance: snapshot.instance, memberClass: query.member_class, memberCode: query.member_code })
      if (name === undefined) throw new Refusal('notFound', 'member_name_not_found', 'the instance has no such member')
      return { member_name: name }
    })

  app.get<{ Querystring: { current_server?: boolean } }>('/security-servers',
    described({ tag, summary: 'Gateways of all known instances, or this one', access: READERS, query: record({ current_server: flag }), answer: listOf(serverSchema, 1_000_000) }), async ({ query }) => {
      const own = deps.installation.server()
      const snapshot = query.current_server === true && own !== undefined ? undefined : snapshotOf(deps)
      const servers = snapshot === undefined ? [{ id: own!, address: undefined }] : snapshot.instances.flatMap((instance) => snapshot.shared(instance)?.servers ?? [])
      return servers.filter(({ id }) => query.current_server !== true || (own !== undefined && isSameServer(id, own))).map(({ id, address }) => ({
        id: formatEncodedId({ ...memberOf(id), subsystemCode: id.serverCode }),
        instance_id: id.instance,
        member_class: id.memberClass,
        member_code: id.memberCode,
        server_code: id.serverCode,
        ...address === undefined ? {} : { server_address: address }
      }))
    })
}
