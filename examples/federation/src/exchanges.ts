import { askByRest, askEdrByRest, askEdrBySoap, askEdrByUxp, askVat, Refusal, type Gateway, type RequestOptions } from '@trembita/example-consumer'
import { clientId, INSTANCE, PORTS, PURPOSES } from './plan/index.ts'

export const CABINET = clientId('entrepreneurship', 'CABINET')
export const EDR = clientId('justice', 'EDR')
export const VAT = clientId('tax', 'VAT')

/** What one scripted exchange came to. */
export interface Outcome {
  readonly title: string
  readonly expected: string
  readonly got: string
  /** Id under which both gateways have it; undefined when nothing was to be exchanged. */
  readonly id: string
  /** Provider's subsystem: whose records hold the other half. */
  readonly provider: string
  /** Whether both messages were sealed and logged; a refusal leaves the request alone. */
  readonly complete: boolean
}

interface Script {
  readonly title: string
  readonly expected: string
  readonly provider: string
  readonly ask: (gateway: Gateway, options: RequestOptions) => Promise<{ readonly answer: { readonly outcome: string } }>
  readonly refused?: boolean
}

const SCRIPTS: readonly Script[] = [
  { title: 'EDR by REST, all data', expected: 'FOUND', provider: EDR, ask: (gateway, options) => askEdrByRest(gateway, '91000033', options) },
  { title: 'EDR by SOAP, the same entity', expected: 'FOUND', provider: EDR, ask: (gateway, options) => askEdrBySoap(gateway, '91000033', options) },
  { title: 'EDR by Uxp headers, the same', expected: 'FOUND', provider: EDR, ask: (gateway, options) => askEdrByUxp(gateway, '91000033', options) },
  { title: 'EDR, no main activity recorded', expected: 'PARTIAL', provider: EDR, ask: (gateway, options) => askEdrByRest(gateway, '91000046', options) },
  { title: 'EDR, code that nobody has', expected: 'NO_DATA', provider: EDR, ask: (gateway, options) => askEdrByRest(gateway, '91000129', options) },
  { title: 'VAT payers, tax service’s seal', expected: 'FOUND', provider: VAT, ask: (gateway, options) => askVat(gateway, '91000033', options) },
  { title: 'EDR, code with a wrong check digit', expected: 'register: invalid-identifier', provider: EDR, ask: (gateway, options) => askEdrByRest(gateway, '91000018', options) },
  { title: 'EDR under an agreement', expected: 'FOUND: code, names, stateText', provider: EDR, ask: askSummary },
  {
    title: 'the same, for another purpose',
    expected: 'gateway: Server.ServerProxy.PurposeNotAllowed',
    provider: EDR,
    refused: true,
    ask: (gateway, options) => askSummary(gateway, { ...options, purpose: 'CURIOSITY' })
  },
  {
    title: 'search, to which there is no right',
    expected: 'gateway: Server.ServerProxy.AccessDenied',
    provider: EDR,
    refused: true,
    ask: (gateway, options) => askByRest(gateway, { service: `${INSTANCE}/GOV/90000038/EDR/searchSubjects`, path: '?name=%D0%A2' }, options)
  }
]

/** What came through of the entity: the agreement names three fields of it. */
async function askSummary (gateway: Gateway, options: RequestOptions): Promise<{ readonly answer: { readonly outcome: string } }> {
  const { answer } = await askByRest<object>(gateway, { service: `${EDR}/subjectSummary`, path: '/91000033' }, options)
  return { answer: { outcome: `${answer.outcome}: ${Object.keys(answer.data ?? {}).sort().join(', ')}` } }
}

/** Runs the scripted exchanges, one after another, as the business cabinet's information system would. */
export async function runExchanges (say: (line: string) => void): Promise<Outcome[]> {
  const gateway: Gateway = { url: `http://127.0.0.1:${PORTS.consumer.consumerHttp}`, client: CABINET }
  const outcomes: Outcome[] = []
  for (const { title, expected, provider, ask, refused } of SCRIPTS) {
    const id = `demo-${crypto.randomUUID()}`
    const got = await outcomeOf(ask, gateway, { id, userId: 'demo', purpose: PURPOSES.edr, issue: 'demonstration' })
    say(`${got === expected ? 'ok ' : 'NOT'} ${title}: ${got}`)
    outcomes.push({ title, expected, got, id, provider, complete: refused !== true })
  }
  return outcomes
}

async function outcomeOf (ask: Script['ask'], gateway: Gateway, options: RequestOptions): Promise<string> {
  try {
    return (await ask(gateway, options)).answer.outcome
  } catch (thrown) {
    if (thrown instanceof Refusal) return `${thrown.by}: ${thrown.code}`
    return `error: ${(thrown as Error).message}`
  }
}
