import type { FastifyInstance } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { listQuery, READERS, SECURITY, type ListQuery } from '../admin/index.ts'
import type { Changes } from '../audit/index.ts'
import { encodedServerId } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import type { Downloads } from './downloads.ts'
import { gatewayDownloads, unknownOrigins, type GatewayDownloads } from './gateway-downloads.ts'
import { nodePublications, type NodePublication } from './publication-records.ts'
import { answers, instant, nothing, tags, text } from './route-schemas.ts'
import type { SigningKeys } from './signing-keys.ts'

const nodeSchema = {
  type: 'object',
  properties: {
    node_name: text,
    node_address: text,
    own: { type: 'boolean' },
    status: { type: 'string', enum: ['OK', 'WARN', 'ERROR', 'UNKNOWN'] },
    last_configuration_generated: instant,
    expires_at: instant,
    stamp: text,
    revision: { type: 'integer' },
    duration_ms: { type: 'integer' },
    failure: text,
    failed_at: instant
  }
} as const
const clusterSchema = {
  type: 'object', properties: { is_ha_configured: { type: 'boolean' }, node_name: text, all_nodes_ok: { type: 'boolean' }, nodes: { type: 'array', items: nodeSchema } }
} as const
const gatewaySchema = {
  type: 'object',
  properties: {
    security_server_id: text,
    address: text,
    state: { type: 'string', enum: ['seen', 'notSeen', 'unknownAddress'] },
    last_download_at: instant,
    version: { type: 'integer' },
    shared_with: { type: 'integer', description: 'Other gateways registered at the same address: which of them fetched cannot be told' }
  }
} as const

export interface PublicationRouteDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly keys: SigningKeys
  readonly clock: Clock
  readonly downloads: Downloads
}

export function publicationRoutes (app: FastifyInstance, { store, changes, keys, clock, downloads }: PublicationRouteDeps): void {
  app.get('/system/high-availability-cluster/status', {
    config: { access: READERS }, schema: { summary: 'Nodes that sign for the instance, and how far each has come', tags, response: answers({ 200: clusterSchema }) }
  }, async () => {
    const nodes = (await nodePublications(store)).map((node) => nodeJson(node, keys.node, clock.now()))
    return { is_ha_configured: nodes.length > 1, node_name: keys.node, all_nodes_ok: nodes.every(({ status }) => status === 'OK'), nodes }
  })

  app.delete<{ Params: { name: string } }>('/system/high-availability-cluster/nodes/:name', {
    config: { access: SECURITY, operation: 'configuration-node.delete' },
    schema: {
      summary: 'Take a node that is no more out of anchors and sources, with its keys',
      tags,
      params: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 255 } } },
      response: answers({ 204: nothing })
    }
  }, async (request, reply) => {
    const { name } = request.params
    await changes.change(request.actor, async (tx) => {
      const node = (await nodePublications(tx)).find((one) => one.node === name)
      if (node === undefined) throw new Refusal('notFound', 'node_not_found', `there is no node ${name}`)
      if (name === keys.node) throw new Refusal('conflict', 'own_node', 'this is the node that you are asking')
      if (node.expiresAt !== undefined && node.expiresAt >= tx.at) throw new Refusal('conflict', 'node_publishes', `node ${name} has published a configuration that is still valid: stop it first`)
      await tx.run('DELETE FROM configuration_node WHERE name = ?', name)
      await tx.record({ action: 'configuration-node.delete', object: { kind: 'configuration-node', id: name }, before: { address: node.address } })
    })
    return reply.code(204).send()
  })

  app.get<{ Querystring: ListQuery }>('/configuration-downloads', {
    config: { access: READERS },
    schema: {
      summary: 'What is known of the fetching of each gateway',
      description: 'Downloads are anonymous: they are compared with registered addresses by IP address, and a gateway behind another one is not seen.',
      tags,
      querystring: listQuery(['security_server_id']),
      response: answers({ 200: { type: 'object', properties: { total: { type: 'integer' }, items: { type: 'array', items: gatewaySchema } } } })
    }
  }, async (request) => {
    await downloads.flush()
    const { items, total } = await gatewayDownloads(store, downloads, request.query)
    return { total, items: items.map(gatewayJson) }
  })

  app.get('/configuration-downloads/unknown-origins', {
    config: { access: READERS },
    schema: {
      summary: 'Addresses that fetch and at which no gateway is registered',
      tags,
      response: answers({ 200: { type: 'array', items: { type: 'object', properties: { origin: text, source_type: text, version: { type: 'integer' }, first_download_at: instant, last_download_at: instant } } } })
    }
  }, async () => {
    await downloads.flush()
    return (await unknownOrigins(store, downloads)).slice(0, 500).map(({ origin, kind, version, firstAt, lastAt }) => ({
      origin, source_type: kind.toUpperCase(), version, first_download_at: firstAt.toISOString(), last_download_at: lastAt.toISOString()
    }))
  })
}

function nodeJson ({ node, address, stamp, revision, publishedAt, expiresAt, durationMs, failure, failedAt }: NodePublication, own: string, at: Date) {
  const status = publishedAt === undefined ? failure === undefined ? 'UNKNOWN' : 'ERROR' : expiresAt === undefined || expiresAt < at ? 'ERROR' : failure === undefined ? 'OK' : 'WARN'
  return {
    node_name: node,
    node_address: address,
    own: node === own,
    status,
    last_configuration_generated: publishedAt?.toISOString(),
    expires_at: expiresAt?.toISOString(),
    stamp,
    revision,
    duration_ms: durationMs,
    failure,
    failed_at: failedAt?.toISOString()
  }
}

function gatewayJson ({ server, address, state, lastAt, version, sharedWith }: GatewayDownloads): object {
  return { security_server_id: encodedServerId(server), address, state, last_download_at: lastAt?.toISOString(), version, shared_with: sharedWith }
}
