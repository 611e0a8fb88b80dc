import type { FastifyPluginAsync } from 'fastify'
import type { CaInfo } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import { snapshotOf, type AdminDeps } from '../deps.ts'
import { KEY_READERS } from '../roles.ts'
import { described, flag, instant, listOf, pathOf, record, text } from '../route.ts'
import { authorityOf, sealHolderOf, subjectFieldsOf, usageSchema, useOf, type RequestBody } from './make-request.ts'

const tag = 'certificate-authorities'
const authority = record({
  name: text(),
  subject_distinguished_name: text(4096, 0),
  issuer_distinguished_name: text(4096, 0),
  not_after: instant,
  top_ca: flag,
  path: text(16_384, 0),
  authentication_only: flag,
  certificate_profile_info: text(),
  default_csr_format: text(),
  ocsp_responders: listOf(record({ url: text(2048), cost_type: text() }, ['url']))
}, ['name', 'subject_distinguished_name', 'not_after', 'top_ca', 'authentication_only'])
const field = record({ id: text(), label: text(), default_value: text(255, 0), read_only: flag, required: flag, localized: flag }, ['id', 'read_only', 'required'])

/** The certification services that the configuration approves, and what each wants in a certificate request. */
export const authoritiesApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get<{ Querystring: { key_usage_type?: RequestBody['key_usage_type'], include_intermediate_cas?: boolean } }>('/certificate-authorities',
    described({ tag, summary: 'Approved certification services', access: KEY_READERS, query: record({ key_usage_type: usageSchema, include_intermediate_cas: flag }), answer: listOf(authority) }),
    async ({ query }) => {
      const services = snapshotOf(deps).shared()?.approvedCas ?? []
      return services.filter(({ authenticationOnly }) => query.key_usage_type !== 'SIGNING' || !authenticationOnly).flatMap((service) => {
        const top = Certificate.parse(service.topCa.certificate)
        const common = { authentication_only: service.authenticationOnly, certificate_profile_info: service.profileClass, ...service.defaultCsrFormat === undefined ? {} : { default_csr_format: service.defaultCsrFormat } }
        const below = (query.include_intermediate_cas ?? true) ? service.intermediateCas : []
        return [
          { ...common, name: service.name, top_ca: true, path: top.subject.rfc2253, ...toJson(service.topCa, top) },
          ...below.map((info) => {
            const certificate = Certificate.parse(info.certificate)
            return { ...common, name: certificate.subject.get('CN') ?? certificate.subject.rfc2253, top_ca: false, path: `${top.subject.rfc2253}:${certificate.subject.rfc2253}`, ...toJson(info, certificate) }
          })
        ]
      })
    })

  app.get<{ Params: { ca_name: string }, Querystring: { key_usage_type: RequestBody['key_usage_type'], member_id?: string, key_id?: string, is_new_member?: boolean } }>('/certificate-authorities/:ca_name/csr-subject-fields',
    described({
      tag,
      summary: 'What a certificate request for this service says',
      access: KEY_READERS,
      params: pathOf('ca_name'),
      query: record({ key_usage_type: usageSchema, member_id: text(2048), key_id: text(), is_new_member: flag }, ['key_usage_type']),
      answer: listOf(field)
    }), async ({ params, query }) => {
      const use = useOf(query.key_usage_type)
      const fields = subjectFieldsOf(deps, authorityOf(deps, params.ca_name), use, sealHolderOf(deps, query.member_id))
      return fields.map(({ id, label, value, fixed }) => ({ id, label, default_value: value, read_only: fixed, required: true, localized: false }))
    })
}

function toJson ({ ocsp }: CaInfo, { subject, issuer, notAfter }: Certificate): object {
  return {
    subject_distinguished_name: subject.rfc2253,
    issuer_distinguished_name: issuer.rfc2253,
    not_after: notAfter.toISOString(),
    ocsp_responders: ocsp.map(({ url, costType }) => ({ url, ...costType === undefined ? {} : { cost_type: costType } }))
  }
}
