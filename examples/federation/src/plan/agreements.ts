import type { AgreementTerms } from '@trembita/testnet/joining'
import { encodedClientId } from './members.ts'

/** Purposes that requests of the demonstration name, as the agreements do. */
export const PURPOSES = { edr: 'AGR-688-EDR', tax: 'AGR-688-TAX', bureau: 'DOG-127-DRFO', portal: 'AGR-DOCS-DRFO' } as const

const TERM = { from: '2026-02-01T00:00:00Z', until: '2036-02-01T00:00:00Z' }
const SUPPORT = { name: 'Надання державної підтримки', ground: 'постанова Кабінету Міністрів № 688, пункт 10' }
const ENVELOPE = ['/requestId', '/outcome', '/missing', '/discrepancies', '/source', '/agreement', '/purpose'] as const

/** What each register may tell whom, field by field (TR-9b), and for what. The gateway `consumer` and `provider` of each seals it. */
export const AGREEMENTS: readonly (AgreementTerms & { readonly gateways: { readonly consumer: string, readonly provider: string } })[] = [
  {
    id: PURPOSES.edr,
    number: '688/2026-ІВ',
    date: '2026-01-31',
    consumer_id: encodedClientId('entrepreneurship', 'CABINET'),
    provider_id: encodedClientId('justice', 'EDR'),
    ...TERM,
    purposes: [{ code: PURPOSES.edr, ...SUPPORT }],
    services: [
      { code: 'subjectSummary', operations: [{ method: 'GET', path: '/*', json: [...ENVELOPE, '/data/code', '/data/names', '/data/stateText'] }] },
      { code: 'subjectExtract', operations: [{ method: 'GET', path: '/*', json: [...ENVELOPE, '/data/code', '/data/names'] }] },
      { code: 'subjectByCode', operations: [{ method: '*', path: '/**', json: [''] }] },
      { code: 'supportProfile', operations: [{ method: 'POST', path: '/**', json: [''] }] }
    ],
    gateways: { consumer: 'GW-OFFICE', provider: 'GW-JUSTICE' }
  },
  {
    id: PURPOSES.tax,
    number: '688/2026-ДПС',
    date: '2026-01-31',
    consumer_id: encodedClientId('entrepreneurship', 'CABINET'),
    provider_id: encodedClientId('tax', 'TAX'),
    ...TERM,
    purposes: [{ code: PURPOSES.tax, ...SUPPORT }],
    services: [{ code: 'supportTaxProfile', operations: [{ method: 'POST', path: '/**', json: [''] }] }],
    gateways: { consumer: 'GW-OFFICE', provider: 'GW-JUSTICE' }
  },
  {
    id: PURPOSES.bureau,
    number: '127/2026-ДРФО',
    date: '2026-01-31',
    consumer_id: encodedClientId('bureau', 'BUREAU'),
    provider_id: encodedClientId('tax', 'DRFO'),
    ...TERM,
    purposes: [{ code: PURPOSES.bureau, name: 'Перевірка особи перед укладенням кредитного договору', ground: 'Закон № 2704-IV, стаття 9; договір 127/2026-ДРФО' }],
    services: [{ code: 'checkRnokpp', operations: [{ method: 'POST', path: '/**', json: [...ENVELOPE, '/data/confirmed'] }] }],
    gateways: { consumer: 'GW-OFFICE', provider: 'GW-JUSTICE' }
  },
  {
    id: PURPOSES.portal,
    number: 'ДІЯ/2026-ДРФО',
    date: '2026-01-31',
    consumer_id: encodedClientId('portal', 'PORTAL'),
    provider_id: encodedClientId('tax', 'DRFO'),
    ...TERM,
    purposes: [{ code: PURPOSES.portal, name: 'Показ особі її власних документів', ground: 'постанова Кабінету Міністрів № 688, пункт 8' }],
    services: [{ code: 'InfoIncomeSources', version: 'v1', operations: [{ xml: ['/{http://drfo.example.gov.ua/v1}InfoIncomeSourcesResponse'] }] }],
    gateways: { consumer: 'GW-ADMIN', provider: 'GW-JUSTICE' }
  }
]
