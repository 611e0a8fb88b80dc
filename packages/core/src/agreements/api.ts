import { createHash } from 'node:crypto'
import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { parseAgreement, readAgreementContainer, verifyAgreementContainer } from '@trembita/protocol/agreement'
import { ASICE_TYPE } from '@trembita/protocol/asic'
import type { TrustStore } from '@trembita/protocol/pki'
import { fileField, fileOf, FORM_TYPES, HOLDER, listQuery, pageOf, READERS, REGISTRATION, takeForms, toPage, UPLOADS, type ListQuery } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import {
  agreementDetailsSchema, agreementJson, agreementSchema, decisionJson, newAgreementSchema, sealsJson, termsJson, termsOf, type NewAgreement
} from './agreement-json.ts'
import type { Agreements } from './agreements.ts'
import { AGREEMENT_SORTS, decisionsOf, findAgreement, listAgreements, memberNames, versionsOf } from './rows.ts'
import { AGREEMENT_STATES, DECIDERS, DECISIONS, type AgreementState, type Decider, type FullAgreementRow } from './types.ts'

export interface AgreementsApiDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly agreements: Agreements
  readonly trust: () => Promise<TrustStore>
}

const tags = ['agreements']
const KEEPERS = [...REGISTRATION, ...HOLDER]
const text = { type: 'string' } as const
const idParams = { type: 'object', required: ['id'], properties: { id: { ...text, maxLength: 64 } } } as const
const versionParams = { type: 'object', required: ['id', 'version'], properties: { id: { ...text, maxLength: 64 }, version: { type: 'integer', minimum: 1, maximum: 9999 } } } as const

interface VersionParams { readonly id: string, readonly version: number }
interface ListFilters extends ListQuery { readonly state?: AgreementState, readonly party?: string, readonly all_versions: boolean }
interface SealBody { readonly container?: string, readonly signature?: string, readonly side?: 'consumer' | 'provider' }

/** `/agreements`: from draft to end, with what was sealed to take away. */
export function agreementsApi ({ store, clock, agreements, trust }: AgreementsApiDeps): FastifyPluginAsync {
  const details = async (row: FullAgreementRow): Promise<object> => {
    const known = await trust()
    const report = verifyAgreementContainer(await readAgreementContainer(row.container), (instance) => instance === known.instance ? known : undefined,
      { required: [], unstampedAt: new Date(row.consumer_sealed_at ?? row.provider_sealed_at ?? clock.now()) })
    const versions = await versionsOf(store, row.code)
    const names = await memberNames(store, versions)
    return {
      ...agreementJson(row, clock.now(), names),
      ...termsJson(parseAgreement(row.document)),
      document_sha256: createHash('sha256').update(row.document).digest('hex'),
      seals: sealsJson(report),
      decisions: (await decisionsOf(store, row.id)).map(decisionJson),
      versions: versions.map((version) => agreementJson(version, clock.now(), names))
    }
  }

  return async (app) => {
    takeForms(app)

    app.get<{ Querystring: ListFilters }>('/agreements', {
      schema: {
        summary: 'Agreements: the latest version of each, or all versions',
        tags,
        querystring: listQuery(AGREEMENT_SORTS, {
          state: { ...text, enum: AGREEMENT_STATES },
          party: { ...text, maxLength: 1024, description: 'Encoded id of a member or subsystem that is a side' },
          all_versions: { type: 'boolean', default: false }
        }),
        response: { 200: pageOf(agreementSchema) }
      },
      config: { access: READERS }
    }, async ({ query }) => {
      const { items, total } = await listAgreements(store, { ...query, allVersions: query.all_versions, at: clock.now() })
      const names = await memberNames(store, items)
      return toPage(items.map((row) => agreementJson(row, clock.now(), names)), total, query)
    })

    app.post<{ Body: NewAgreement }>('/agreements', {
      ...UPLOADS,
      schema: { summary: 'Take up a draft', tags, consumes: FORM_TYPES, body: newAgreementSchema, response: { 201: agreementDetailsSchema } },
      config: { access: KEEPERS, operation: 'agreement.add' }
    }, async ({ body, actor }, reply) => {
      const row = body.document === undefined ? await agreements.create(actor, termsOf(body)) : await agreements.createFrom(actor, fileOf(body.document, 'document'))
      return reply.code(201).send(await details(row))
    })

    app.get<{ Params: { id: string } }>('/agreements/:id', {
      schema: { summary: 'The latest version of an agreement', tags, params: idParams, response: { 200: agreementDetailsSchema } },
      config: { access: READERS }
    }, async ({ params }) => await details(await findAgreement(store, params.id)))

    app.get<{ Params: VersionParams }>('/agreements/:id/versions/:version', {
      schema: { summary: 'One version of an agreement', tags, params: versionParams, response: { 200: agreementDetailsSchema } },
      config: { access: READERS }
    }, async ({ params }) => await details(await findAgreement(store, params.id, params.version)))

    app.get<{ Params: VersionParams }>('/agreements/:id/versions/:version/document', {
      schema: { summary: 'The document that both sides seal', tags, params: versionParams, produces: ['application/xml'] },
      config: { access: READERS }
    }, async ({ params }, reply) => {
      const { document } = await findAgreement(store, params.id, params.version)
      return reply.type('application/xml').header('content-disposition', `attachment; filename="${params.id}-${params.version}.xml"`).send(document)
    })

    app.get<{ Params: VersionParams }>('/agreements/:id/versions/:version/container', {
      schema: { summary: 'The document with the seals over it, for trembita-verify', tags, params: versionParams, produces: [ASICE_TYPE] },
      config: { access: READERS }
    }, async ({ params }, reply) => {
      const { container } = await findAgreement(store, params.id, params.version)
      return reply.type(ASICE_TYPE).header('content-disposition', `attachment; filename="${params.id}-${params.version}.asice"`).send(container)
    })

    app.post<{ Params: VersionParams, Body: SealBody }>('/agreements/:id/versions/:version/seals', {
      ...UPLOADS,
      schema: {
        summary: 'Add the seal of a side: its container, or the signature alone',
        tags,
        consumes: FORM_TYPES,
        params: versionParams,
        body: { type: 'object', additionalProperties: false, properties: { container: fileField, signature: fileField, side: { ...text, enum: ['consumer', 'provider'] } } },
        response: { 200: agreementDetailsSchema }
      },
      config: { access: KEEPERS }
    }, async ({ params, body, actor }) => await details(await agreements.seal(actor, params.id, params.version, sealOf(body))))

    app.delete<{ Params: VersionParams }>('/agreements/:id/versions/:version', {
      schema: { summary: 'Withdraw a draft that was not sealed by both sides', tags, params: versionParams, response: { 204: { type: 'null' } } },
      config: { access: KEEPERS, operation: 'agreement.withdraw' }
    }, async ({ params, actor }, reply) => {
      await agreements.withdraw(actor, params.id, params.version)
      return reply.code(204).send()
    })

    for (const decision of DECISIONS) {
      app.post<{ Params: VersionParams, Body: { readonly decided_by: Decider, readonly ground: string } }>(`/agreements/:id/versions/:version/${decision}`, {
        schema: {
          summary: { suspend: 'Suspend an agreement', resume: 'Let a suspended agreement go on', end: 'End an agreement for good' }[decision],
          tags,
          params: versionParams,
          body: {
            type: 'object',
            additionalProperties: false,
            required: ['decided_by', 'ground'],
            properties: { decided_by: { ...text, enum: DECIDERS }, ground: { ...text, minLength: 1, maxLength: 1000, description: 'Act or letter, its number and date' } }
          },
          response: { 200: agreementDetailsSchema }
        },
        config: { access: KEEPERS, operation: `agreement.${decision}` }
      }, async ({ params, body, actor }) => {
        const ground = body.ground.trim()
        if (ground === '') throw new Refusal('invalid', 'validation_failure', 'ground is blank', { fields: { ground: 'is blank' } })
        return await details(await agreements.decide(actor, params.id, params.version, decision, { decidedBy: body.decided_by, ground }))
      })
    }
  }
}

function sealOf ({ container, signature, side }: SealBody): Parameters<Agreements['seal']>[3] {
  if (container !== undefined && signature === undefined) return { container: fileOf(container, 'container') }
  if (container === undefined && signature !== undefined && side !== undefined) return { side, signature: fileOf(signature, 'signature') }
  throw new Refusal('invalid', 'validation_failure', 'give container, or signature and side')
}
