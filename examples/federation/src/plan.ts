import type { AgreementTerms, JoiningClient, JoiningMember, JoiningPlan } from '@trembita/testnet/joining'

export const INSTANCE = 'SEVDEIR-DEMO'
export const CABINET = `${INSTANCE}/GOV/90000050/CABINET`
export const BUREAU = `${INSTANCE}/GOV/90000127/BUREAU`
export const EDR = `${INSTANCE}/GOV/90000038/EDR`
export const VAT = `${INSTANCE}/GOV/90000044/VAT`

/** Ports of the demonstration, all on 127.0.0.1 (design §4). */
export const PORTS = {
  core: { admin: 4000, configuration: 4080, registration: 4001, management: 4002 },
  trust: { ocsp: 4090, tsa: 4091, ca: 4092 },
  identityProvider: 4200,
  edr: 4301,
  tax: 4302,
  consumer: { console: 4400, consumerHttp: 4401, consumerHttps: 4402, messages: 4403, ocsp: 4404 },
  provider: { console: 4500, consumerHttp: 4501, consumerHttps: 4502, messages: 4503, ocsp: 4504 },
  administrator: { console: 4600, consumerHttp: 4601, consumerHttps: 4602, messages: 4603, ocsp: 4604 }
} as const

export type GatewayPorts = Readonly<Record<keyof typeof PORTS.consumer, number>>

/** Where each gateway listens, by its code. */
export const GATEWAYS: Readonly<Record<string, GatewayPorts>> = { 'GW-OFFICE': PORTS.consumer, 'GW-JUSTICE': PORTS.provider, 'GW-ADMIN': PORTS.administrator }

/** Purpose of the demonstration's requests, as the agreement names it. */
export const PURPOSE = 'AGR-688-EDR'

/**
 * The business cabinet asks two registers. The justice ministry's gateway serves the tax service too, which seals with its own
 * key (TR-12.3); the office's serves a credit bureau likewise. The administrator's gateway publishes the management services.
 */
export const PLAN: JoiningPlan = {
  instance: INSTANCE,
  memberClasses: [{ code: 'GOV', description: 'Учасники системи' }],
  members: [
    authority('90000015', 'Держатель системи'),
    authority('90000021', 'Адміністратор системи'),
    authority('90000038', 'Міністерство юстиції'),
    authority('90000044', 'Державна податкова служба'),
    authority('90000050', 'Офіс з розвитку підприємництва та експорту'),
    { ...authority('90000127', 'Бюро кредитних історій'), kind: 'enterprise' },
    { ...authority('90000133', 'Громада з власною електронною чергою'), kind: 'localGovernment' }
  ],
  management: { provider: 'GOV/90000021/MANAGEMENT', gateway: 'GW-ADMIN' },
  globalGroups: [{ code: 'support-programmes', description: 'Учасники програм підтримки підприємців', members: ['GOV/90000050/CABINET'] }],
  gateways: [
    { code: 'GW-ADMIN', owner: 'GOV/90000021', address: addressOf('GW-ADMIN'), clients: [] },
    {
      code: 'GW-OFFICE',
      owner: 'GOV/90000050',
      address: addressOf('GW-OFFICE'),
      clients: [
        { id: 'GOV/90000050/CABINET', name: 'Онлайн-кабінет підприємця' },
        { id: 'GOV/90000127/BUREAU', name: 'Бюро кредитних історій' }
      ]
    },
    { code: 'GW-JUSTICE', owner: 'GOV/90000038', address: addressOf('GW-JUSTICE'), clients: [edrClient(), vatClient(), taxClient()] }
  ]
}

/** What the register may tell the cabinet about an entity: its fields, one by one (TR-9b). */
export const AGREEMENT: AgreementTerms = {
  id: PURPOSE,
  number: '688/2026-ІВ',
  date: '2026-01-31',
  consumer_id: `${INSTANCE}:GOV:90000050:CABINET`,
  provider_id: `${INSTANCE}:GOV:90000038:EDR`,
  from: '2026-02-01T00:00:00Z',
  until: '2036-02-01T00:00:00Z',
  purposes: [{ code: PURPOSE, name: 'Надання державної підтримки', ground: 'постанова Кабінету Міністрів № 688' }],
  services: [{
    code: 'subjectSummary',
    operations: [{ method: 'GET', path: '/*', json: ['/requestId', '/outcome', '/missing', '/discrepancies', '/source', '/data/code', '/data/names', '/data/stateText'] }]
  }]
}

function authority (memberCode: string, name: string): JoiningMember {
  return { memberClass: 'GOV', memberCode, name, kind: 'authority' }
}

function addressOf (code: string): string {
  return `127.0.0.1:${GATEWAYS[code]!.messages}`
}

function edrClient (): JoiningClient {
  const base = `http://127.0.0.1:${PORTS.edr}`
  const cabinet = 'GOV/90000050/CABINET'
  return {
    id: 'GOV/90000038/EDR',
    name: 'Єдиний державний реєстр',
    descriptions: [
      // For one method and path only.
      { type: 'OPENAPI3', url: `${base}/openapi.json`, services: [{ code: 'subjectByCode', url: `${base}/subjects`, endpoints: [{ method: 'GET', path: '/*', subjects: [cabinet] }] }] },
      { type: 'REST', url: `${base}/subjects`, services: [{ code: 'subjectSummary', agreement: 'remove', subjects: [cabinet] }] },
      // Published, but nobody has a right to it yet.
      { type: 'REST', url: `${base}/`, services: [{ code: 'searchSubjects', url: `${base}/subjects` }] },
      // By the global group.
      { type: 'WSDL', url: `${base}/soap?wsdl`, services: [{ code: 'SubjectDetail', version: 'v1', url: `${base}/soap`, subjects: ['group:support-programmes'] }] }
    ]
  }
}

function vatClient (): JoiningClient {
  const base = `http://127.0.0.1:${PORTS.tax}`
  return {
    id: 'GOV/90000044/VAT',
    name: 'Реєстр платників ПДВ',
    localGroups: [{ code: 'offices', description: 'Ті, кому дозволено перевіряти платників', members: ['GOV/90000050/CABINET', 'GOV/90000127/BUREAU'] }],
    descriptions: [{ type: 'OPENAPI3', url: `${base}/openapi.json`, services: [{ code: 'vatPayerByCode', url: `${base}/vat-payers`, endpoints: [{ method: 'GET', path: '/*', subjects: ['local:offices'] }] }] }]
  }
}

/** Published, but nobody has a right to it yet: asking it is refused. */
function taxClient (): JoiningClient {
  const base = `http://127.0.0.1:${PORTS.tax}`
  return {
    id: 'GOV/90000044/TAX',
    name: 'Податкові системи',
    descriptions: [{ type: 'OPENAPI3', url: `${base}/openapi.json`, services: [{ code: 'supportTaxProfile', url: `${base}/tax-profiles` }] }]
  }
}
