import type { JoiningClient, OfferedDescription, OfferedService } from '@trembita/testnet/joining'
import { subsystem } from './members.ts'
import { localhost, PORTS } from './ports.ts'

const CABINET = subsystem('entrepreneurship', 'CABINET')
const BUREAU = subsystem('bureau', 'BUREAU')
const PORTAL = subsystem('portal', 'PORTAL')
const OFFICE = subsystem('portal', 'OFFICE')
const CENTRES = subsystem('centres', 'CENTRES')
const CATALOG = subsystem('administrator', 'CATALOG')
const MONITOR = subsystem('monitor', 'MONITOR')
const BODIES = [subsystem('justice', 'OFFICE'), subsystem('entrepreneurship', 'OFFICE')] as const
export const LOCAL_COMPONENTS = [subsystem('administrator', 'PDAMS_LC_01'), subsystem('entrepreneurship', 'PDAMS_LC_02'), subsystem('justice', 'PDAMS_LC_03')] as const

/** A service with a description of its own, as our information systems serve them. The catalog may ask whatever it checks. */
function described (base: string, code: string, subjects: readonly string[], more: Partial<OfferedService> = {}): OfferedDescription {
  return { type: 'OPENAPI3', url: `${base}/openapi/${code}.json`, services: [{ code, subjects: [...subjects, CATALOG], ...more }] }
}

/** Registers whose answers name persons: nothing leaves before the access is on disk. */
function personal (code: string, uk: string, en: string, citation: string): Pick<OfferedService, 'personalData'> {
  return { personalData: { policy: 'strict', registry: { code, name: { uk, en } }, legalBasis: { citation }, notify: 'immediate' } }
}

const EDR_DATA = personal('EDR', 'Єдиний державний реєстр', 'Register of legal entities and entrepreneurs', 'Закон № 755-IV, стаття 11')
const DRFO_DATA = personal('DRFO', 'Державний реєстр фізичних осіб – платників податків', 'Register of individuals – taxpayers', 'Податковий кодекс, стаття 70')
const IDP_DATA = personal('IDP', 'База внутрішньо переміщених осіб', 'Database of internally displaced persons', 'Закон № 1706-VII, стаття 4-1')
const HRM_DATA: Pick<OfferedService, 'personalData'> = {
  personalData: {
    ...personal('HRM', 'Інформаційна система управління людськими ресурсами', 'Personnel system of the civil service', 'Закон № 889-VIII, стаття 37').personalData,
    purposes: [{ declarationId: 'OFFICE-ACCESS', text: { uk: 'Доступ посадової особи до Дія.Офіс', en: 'Access of an official to Diia.Office' }, ground: 'Порядок функціонування Дія.Офіс, пункти 2, 3' }],
    notify: 'digest'
  }
}
const VAT_DATA = personal('VAT', 'Реєстр платників ПДВ', 'Register of VAT payers', 'Податковий кодекс, стаття 183')

export function edrClient (): JoiningClient {
  const base = localhost(PORTS.edr)
  return {
    id: subsystem('justice', 'EDR'),
    name: 'Єдиний державний реєстр',
    descriptions: [
      // For one method and path only; a person's number goes in the body.
      {
        type: 'OPENAPI3',
        url: `${base}/openapi/subjectByCode.json`,
        services: [{
          code: 'subjectByCode',
          endpoints: [{ method: 'GET', path: '/*', subjects: [CABINET, CATALOG] }, { method: 'POST', path: '/by-code', subjects: [CABINET, CATALOG] }],
          ...EDR_DATA
        }]
      },
      { type: 'REST', url: `${base}/subjects`, services: [{ code: 'subjectSummary', agreement: 'remove', subjects: [CABINET] }] },
      // What the register answers is more than the agreement permits: the gateway holds it back.
      { type: 'REST', url: `${base}/subjects/`, services: [{ code: 'subjectExtract', url: `${base}/subjects`, agreement: 'refuse', subjects: [CABINET] }] },
      // Published, but nobody has a right to it yet.
      { type: 'REST', url: `${base}/`, services: [{ code: 'searchSubjects', url: `${base}/subjects` }] },
      described(base, 'supportProfile', [CABINET]),
      // By the global group.
      { type: 'WSDL', url: `${base}/soap?wsdl`, services: [{ code: 'SubjectDetail', version: 'v1', url: `${base}/soap`, subjects: ['group:support-programmes', CATALOG], ...EDR_DATA }] }
    ]
  }
}

export function vatClient (): JoiningClient {
  return {
    id: subsystem('tax', 'VAT'),
    name: 'Реєстр платників ПДВ',
    localGroups: [{ code: 'offices', description: 'Ті, кому дозволено перевіряти платників', members: [CABINET, BUREAU] }],
    descriptions: [{
      type: 'OPENAPI3',
      url: `${localhost(PORTS.tax)}/openapi/vatPayerByCode.json`,
      services: [{
        code: 'vatPayerByCode',
        endpoints: [{ method: 'GET', path: '/*', subjects: ['local:offices', CATALOG] }, { method: 'POST', path: '/by-code', subjects: [CATALOG] }],
        ...VAT_DATA
      }]
    }, {
      type: 'REST', url: `${localhost(PORTS.tax)}/vat-payers`, services: [{ code: 'vatSummary', agreement: 'refuse', subjects: [CABINET] }]
    }]
  }
}

export function taxClient (): JoiningClient {
  return {
    id: subsystem('tax', 'TAX'),
    name: 'Податкові системи',
    descriptions: [described(localhost(PORTS.tax), 'supportTaxProfile', [CABINET])]
  }
}

export function drfoClient (): JoiningClient {
  const base = localhost(PORTS.tax)
  return {
    id: subsystem('tax', 'DRFO'),
    name: 'Державний реєстр фізичних осіб – платників податків',
    descriptions: [
      described(base, 'checkRnokpp', [BUREAU], DRFO_DATA),
      { type: 'WSDL', url: `${base}/drfo?wsdl`, services: [{ code: 'InfoIncomeSources', version: 'v1', subjects: [PORTAL, CATALOG], ...DRFO_DATA }] }
    ]
  }
}

export function displacedPersonsClient (): JoiningClient {
  return {
    id: subsystem('socialPolicy', 'IDP'),
    name: 'База внутрішньо переміщених осіб',
    descriptions: [described(localhost(PORTS.displacedPersons), 'idpCertificate', [PORTAL], IDP_DATA)]
  }
}

export function personnelClient (): JoiningClient {
  const base = localhost(PORTS.personnel)
  const askers = [OFFICE, ...BODIES]
  // Of an official the body asks itself, and nobody for it.
  return {
    id: subsystem('civilService', 'HRM'),
    name: 'Кадрова система державної служби',
    descriptions: [
      ...['bodies', 'bodyStructure', 'staffList', 'officials'].map((code) => described(base, code, askers)),
      described(base, 'officialStatus', BODIES, HRM_DATA)
    ]
  }
}

/** The hromada's own queue on the justice ministry's gateway, with the hromada's own seal (TR-12.3). */
export function queueClient (): JoiningClient {
  const base = localhost(PORTS.queue)
  return {
    id: subsystem('hromada', 'QUEUE'),
    name: 'Електронна черга громади',
    descriptions: ['slots', 'book', 'move', 'cancel', 'bookingStatus'].map((code) => described(base, code, [CENTRES]))
  }
}

export function qualityClient (): JoiningClient {
  const base = localhost(PORTS.quality)
  return {
    id: subsystem('portal', 'QUALITY'),
    name: 'Моніторинг якості послуг',
    descriptions: ['submitRatings', 'indicators'].map((code) => described(base, code, [CENTRES]))
  }
}

/** Cards of centres, for whoever wants them (CD-19). */
export function centresClient (): JoiningClient {
  return { id: CENTRES, name: 'Платформа Центрів Дії', descriptions: [described(localhost(PORTS.centres.services), 'centres', [CABINET, PORTAL])] }
}

export function cabinetClient (): JoiningClient {
  const base = localhost(PORTS.cabinet.services)
  return {
    id: CABINET,
    name: 'Онлайн-кабінет підприємця',
    descriptions: [
      ...['receiveDocuments', 'offersForUser', 'offerFeedback', 'joinStatus'].map((code) => described(base, code, [PORTAL])),
      described(base, 'listProgrammes', [PORTAL, CENTRES])
    ]
  }
}

export function portalClient (): JoiningClient {
  const base = localhost(PORTS.portal.services)
  const push = ['createTemplate', 'pushNotification', 'distributionStatus', 'distributionRecipients', 'deleteDistribution']
  return {
    id: PORTAL,
    name: 'Портал Дія',
    descriptions: [described(base, 'deliverOffer', [CABINET]), ...push.map((code) => described(base, code, [MONITOR, OFFICE]))]
  }
}

/** The services of a body in Diia.Office, for the other bodies. */
export function bodyOfficeClient (body: 'justice' | 'entrepreneurship', memberCode: string): JoiningClient {
  const id = subsystem(body, 'OFFICE')
  const others = BODIES.filter((other) => other !== id)
  const base = localhost(PORTS.office.services, `/bodies/${memberCode}`)
  return {
    id,
    name: body === 'justice' ? 'Дія.Офіс Міністерства юстиції' : 'Дія.Офіс Офісу з розвитку підприємництва',
    descriptions: ['sendMessage', 'acknowledge', 'createSurvey', 'submitAnswer', 'surveyResults', 'tasks'].map((code) => described(base, code, others))
  }
}

/** The catalog sends its reports to itself, so that a gateway seals them. */
export function catalogClient (): JoiningClient {
  return {
    id: CATALOG,
    name: 'Каталог вебсервісів',
    descriptions: [{ type: 'REST', url: localhost(PORTS.catalogReports, '/report'), services: [{ code: 'report', subjects: [CATALOG] }] }]
  }
}

export function monitorClient (): JoiningClient {
  const services = localhost(PORTS.monitor.services)
  return {
    id: MONITOR,
    name: 'Моніторинг доступу до персональних даних',
    descriptions: [
      { type: 'REST', url: `${services}/report-access`, services: [{ code: 'reportAccess', subjects: LOCAL_COMPONENTS }] },
      { type: 'REST', url: `${localhost(PORTS.monitor.keys)}/subject-keys`, services: [{ code: 'subjectKey', subjects: LOCAL_COMPONENTS }] },
      { type: 'REST', url: `${services}/find-usage`, services: [{ code: 'findUsage', subjects: [PORTAL] }] }
    ]
  }
}
