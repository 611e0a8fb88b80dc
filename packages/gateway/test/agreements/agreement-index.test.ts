import t from 'tap'
import type { ListedAgreement } from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import { AgreementIndex } from '../../src/agreements/agreement-index.ts'

const client = { instance: 'T', memberClass: 'GOV', memberCode: '1', subsystemCode: 'portal' }
const provider = { instance: 'T', memberClass: 'GOV', memberCode: '2', subsystemCode: 'registry' }
const service = { ...provider, serviceCode: 'people' }
const at = new Date('2026-06-01T00:00:00Z')
const operation = { method: 'GET', path: '/persons/*', media: [], json: ['/a'], xml: [] }
const agreement: ListedAgreement = {
  id: 'A1',
  version: 1,
  state: 'inForce',
  containerHash: '00'.repeat(32),
  consumer: client,
  provider,
  term: { from: new Date('2026-01-01T00:00:00Z'), until: new Date('2027-01-01T00:00:00Z') },
  purposes: ['P1'],
  services: [{ code: 'people', operations: [operation] }]
}
const rest = { method: 'GET', servicePath: '/persons/7' }

function admit (agreements: readonly ListedAgreement[], change: Partial<Parameters<AgreementIndex['admit']>[0]> = {}): string {
  try {
    const admission = new AgreementIndex({ agreements }).admit({ client, service, rest, purposes: [], at, ...change })
    return admission.agreements.map(({ id, version }) => `${id}/${version}`).join(' ')
  } catch (thrown) {
    return thrown instanceof Fault ? `${thrown.kind}: ${thrown.message}` : String(thrown)
  }
}

t.test('an agreement in force lets its consumer have its services', async (t) => {
  t.equal(admit([agreement]), 'A1/1')
  t.equal(admit([agreement], { purposes: ['P1'] }), 'A1/1')
  t.equal(admit([agreement], { at: agreement.term.from }), 'A1/1', 'from its first instant')
})

t.test('who has none is told whether there never was one, or why it does not hold', async (t) => {
  const none = 'AgreementRequired: no agreement lets T/GOV/1/portal have SERVICE:T/GOV/2/registry/people'
  t.equal(admit([]), none)
  t.equal(admit([agreement], { client: { ...client, subsystemCode: 'other' } }), 'AgreementRequired: no agreement lets T/GOV/1/other have SERVICE:T/GOV/2/registry/people', 'a sister subsystem has none')
  t.match(admit([agreement], { client: provider, service: { ...client, serviceCode: 'people' } }), /no agreement/, 'it does not hold the other way round')
  t.match(admit([agreement], { service: { ...service, serviceCode: 'others' } }), /no agreement/)
  t.match(admit([agreement], { service: { ...service, serviceVersion: 'v1' } }), /no agreement/)
  t.equal(admit([{ ...agreement, state: 'suspended' }]), 'AgreementRequired: agreement A1 is suspended')
  t.equal(admit([{ ...agreement, state: 'ended' }]), 'AgreementRequired: agreement A1 was ended')
  t.equal(admit([agreement], { at: new Date('2025-12-31T23:59:59Z') }), 'AgreementRequired: agreement A1 is not in force before 2026-01-01T00:00:00.000Z')
  t.equal(admit([agreement], { at: agreement.term.until }), 'AgreementRequired: agreement A1 expired at 2027-01-01T00:00:00.000Z', 'until its last instant')
  t.equal(admit([{ ...agreement, id: 'OLD', state: 'ended' }, { ...agreement, id: 'NEW', state: 'suspended' }]), 'AgreementRequired: agreement NEW is suspended', 'the nearest is told')
  t.equal(admit([{ ...agreement, version: 1, state: 'ended' }, { ...agreement, version: 2 }]), 'A1/2', 'a later version holds')
})

t.test('an operation is covered by method and path, for SOAP by the whole service alone', async (t) => {
  const other = 'AgreementRequired: agreement A1 does not cover this operation of SERVICE:T/GOV/2/registry/people'
  t.equal(admit([agreement], { rest: { method: 'POST', servicePath: '/persons/7' } }), other)
  t.equal(admit([agreement], { rest: { method: 'GET', servicePath: '/persons/7/tax' } }), other)
  t.equal(admit([agreement], { rest: { method: 'GET', servicePath: '/persons/x/%2e%2e/%2e%2e/tax' } }), other)
  t.match(admit([agreement], { rest: { method: 'GET', servicePath: '/../tax' } }), /^AccessDenied/)
  t.equal(admit([agreement], { rest: undefined }), other)
  t.equal(admit([{ ...agreement, services: [{ code: 'people', operations: [{ ...operation, method: '*', path: '**' }] }] }], { rest: undefined }), 'A1/1')
})

t.test('each purpose of the request must be one of the agreement, and one that is not said is the only one', async (t) => {
  t.equal(admit([agreement], { purposes: ['P2'] }), 'PurposeNotAllowed: agreement A1 does not name every purpose of the request')
  t.equal(admit([agreement], { purposes: ['P1', 'P2'] }), 'PurposeNotAllowed: agreement A1 does not name every purpose of the request')
  const two = { ...agreement, purposes: ['P1', 'P2'] }
  t.equal(admit([two], { purposes: ['P2', 'P1'] }), 'A1/1')
  t.equal(admit([two]), 'PurposeNotAllowed: the request names no purpose, and agreement A1 has several')
  t.equal(admit([two, { ...two, id: 'A2' }]), 'PurposeNotAllowed: the request names no purpose, and several agreements have different ones')
  t.equal(admit([agreement, { ...agreement, id: 'A2', purposes: ['P2'] }], { purposes: ['P2'] }), 'A2/1', 'the purpose chooses among agreements')
  t.equal(admit([agreement, { ...agreement, id: 'A2' }]), 'A1/1 A2/1', 'several may hold side by side')
})
