import type { FederationPlan } from '@trembita/testnet'

export const INSTANCE = 'SEVDEIR-DEMO'
export const CABINET = `${INSTANCE}/GOV/90000050/CABINET`
export const EDR = `${INSTANCE}/GOV/90000038/EDR`
export const VAT = `${INSTANCE}/GOV/90000044/VAT`

/** Ports of the demonstration, all on 127.0.0.1 (design §4). */
export const PORTS = {
  core: { admin: 4000, configuration: 4080, registration: 4001, management: 4002 },
  trust: { ocsp: 4090, timestamps: 4091 },
  edr: 4301,
  tax: 4302,
  consumer: { console: 4400, consumerHttp: 4401, consumerHttps: 4402, messages: 4403 },
  provider: { console: 4500, consumerHttp: 4501, consumerHttps: 4502, messages: 4503 }
} as const

/** Purpose of the demonstration's requests, as an agreement would name it. */
export const PURPOSE = 'AGR-688-EDR'

/**
 * The business cabinet asks two registers. The justice ministry's gateway serves the tax service too, which seals with its own
 * key (TR-12.3).
 */
export const PLAN: FederationPlan = {
  instance: INSTANCE,
  members: [
    { memberClass: 'GOV', memberCode: '90000021', name: 'Адміністратор системи', subsystems: [{ code: 'MANAGEMENT' }] },
    { memberClass: 'GOV', memberCode: '90000050', name: 'Офіс з розвитку підприємництва та експорту', subsystems: [{ code: 'CABINET', name: 'Онлайн-кабінет підприємця' }] },
    { memberClass: 'GOV', memberCode: '90000038', name: 'Міністерство юстиції', subsystems: [{ code: 'EDR', name: 'Єдиний державний реєстр' }] },
    { memberClass: 'GOV', memberCode: '90000044', name: 'Державна податкова служба', subsystems: [{ code: 'TAX', name: 'Податкові системи' }, { code: 'VAT', name: 'Реєстр платників ПДВ' }] }
  ],
  managementProvider: 'GOV/90000021/MANAGEMENT',
  globalGroups: [{ code: 'support-programmes', description: 'Учасники програм підтримки підприємців', members: ['GOV/90000050/CABINET'] }],
  corePorts: PORTS.core,
  trustPorts: PORTS.trust,
  gateways: [
    {
      code: 'GW-OFFICE',
      owner: 'GOV/90000050',
      clients: ['GOV/90000050/CABINET'],
      ports: PORTS.consumer,
      serverConf: { clients: [{ id: `${INSTANCE}/GOV/90000050` }, { id: CABINET }] }
    },
    {
      code: 'GW-JUSTICE',
      owner: 'GOV/90000038',
      clients: ['GOV/90000038/EDR', 'GOV/90000044/VAT', 'GOV/90000044/TAX'],
      ports: PORTS.provider,
      serverConf: { clients: [{ id: `${INSTANCE}/GOV/90000038` }, edrClient(), vatClient(), taxClient()] }
    }
  ]
}

function edrClient (): object {
  const base = `http://127.0.0.1:${PORTS.edr}`
  return {
    id: EDR,
    descriptions: [
      {
        type: 'OPENAPI3',
        url: `${base}/openapi.json`,
        services: [
          { code: 'subjectByCode', title: 'Суб’єкт за кодом', url: `${base}/subjects`, verifyTls: false, endpoints: [{ method: 'GET', path: '/*' }] },
          { code: 'searchSubjects', title: 'Пошук суб’єктів', url: `${base}/subjects`, verifyTls: false }
        ]
      },
      {
        type: 'WSDL',
        url: `${base}/soap?wsdl`,
        services: [{ code: 'SubjectDetail', version: 'v1', title: 'Відомості про суб’єкта', url: `${base}/soap`, verifyTls: false }]
      }
    ],
    rights: [
      // By the global group, by the subsystem itself, and for one method and path only.
      { subject: `group:${INSTANCE}/support-programmes`, service: 'SubjectDetail' },
      { subject: `client:${CABINET}`, service: 'subjectByCode', method: 'GET', path: '/*' }
    ]
  }
}

function vatClient (): object {
  const base = `http://127.0.0.1:${PORTS.tax}`
  return {
    id: VAT,
    localGroups: [{ code: 'offices', description: 'Ті, кому дозволено перевіряти платників', members: [CABINET] }],
    descriptions: [{
      type: 'OPENAPI3',
      url: `${base}/openapi.json`,
      services: [{ code: 'vatPayerByCode', title: 'Платник ПДВ за кодом', url: `${base}/vat-payers`, verifyTls: false, endpoints: [{ method: 'GET', path: '/*' }] }]
    }],
    rights: [{ subject: 'local:offices', service: 'vatPayerByCode', method: 'GET', path: '/*' }]
  }
}

/** Published, but nobody has a right to it yet: asking it is refused. */
function taxClient (): object {
  const base = `http://127.0.0.1:${PORTS.tax}`
  return {
    id: `${INSTANCE}/GOV/90000044/TAX`,
    descriptions: [{
      type: 'OPENAPI3',
      url: `${base}/openapi.json`,
      services: [{ code: 'supportTaxProfile', title: 'Податковий профіль', url: `${base}/tax-profiles`, verifyTls: false }]
    }]
  }
}
