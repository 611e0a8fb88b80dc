import { type Agreement, type ListedAgreement, listedOf } from '../../src/agreement/index.ts'
import { MEMBER } from '../sealing.ts'

export const CONSUMER = { ...MEMBER, subsystemCode: 'portal' }
export const PROVIDER = { instance: MEMBER.instance, memberClass: 'GOV', memberCode: '00000002', subsystemCode: 'registry' }

/** One of everything, with characters that need care. */
export const AGREEMENT: Agreement = {
  id: 'AGR-688-TAX',
  version: 1,
  number: '12/2026-ІВ',
  date: '2026-01-31',
  consumer: CONSUMER,
  provider: PROVIDER,
  term: { from: new Date('2026-02-01T00:00:00Z'), until: new Date('2028-02-01T00:00:00Z') },
  price: { amount: '0.00', currency: 'UAH' },
  purposes: [
    { code: '9K9J65I75ILCLMPDUIRXS', name: 'Перевірка суб\'єкта "А&Б" <надавача>', ground: 'постанова № 606, п. 9' },
    { code: 'P2', name: 'Another purpose', ground: 'Law, article 5' }
  ],
  services: [
    {
      code: 'people',
      operations: [
        { method: 'GET', path: '/persons/*', media: [], json: ['/name', '/addresses/*/katottg', '/a~1b/~0'], xml: [] },
        { method: '*', path: '/extract/**', media: ['application/pdf'], json: [], xml: [] }
      ]
    },
    { code: 'lookup', version: 'v1', operations: [{ method: '*', path: '**', media: [], json: [], xml: ['/{urn:demo}lookupResponse/{urn:demo}person/*/{http://a.example/b?c&d}name', '/{urn:demo}lookupResponse/@code'] }] }
  ]
}

export const LISTED: ListedAgreement = listedOf(AGREEMENT, 'inForce', 'ab'.repeat(32))
