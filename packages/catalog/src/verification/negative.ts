import type { ApiOperation, WsdlServiceOperation } from '../description/index.ts'
import { ExchangeError, readSoapFault, type ExchangeAnswer } from '../exchange/index.ts'
import { parseXmlTree } from '@trembita/protocol/xml'
import type { Check } from './check.ts'
import type { RunContext, Step, Subject } from './context.ts'
import { judgeByDescription, responseFor } from './judge-rest.ts'
import { negativeCases, type NegativeCase } from './negative-cases.ts'
import { restCallOf, samplesOf } from './rest-request.ts'

const CODES: Readonly<Record<NegativeCase['kind'], string>> = {
  missingRequired: 'ND-1', wrongType: 'ND-2', wrongPattern: 'ND-3', wrongCheckDigit: 'ND-4', outOfRange: 'ND-5', tooLong: 'ND-6', unknownValue: 'ND-7', malformed: 'ND-8', wrongMediaType: 'ND-9'
}

/** G6: wrong requests must be refused, by an answer that the description has; never by a breakdown, never by success. */
export function negativeSteps (subject: Subject, context: RunContext): Step[] {
  if (subject.api !== undefined) return subject.api.model.operations.flatMap((operation) => restSteps(subject, operation, context))
  const operation = subject.wsdl?.operations.find(({ code }) => code === subject.id.serviceCode)
  return operation === undefined ? [] : soapSteps(subject, operation, context)
}

function restSteps (subject: Subject, operation: ApiOperation, context: RunContext): Step[] {
  const { samples, safe } = samplesOf(operation, context.profile)
  const right = samples.find(({ expect }) => expect === 'data') ?? samples.find(({ expect }) => expect !== 'badRequest')
  // A wrong request to an operation that changes something could be taken for a right one.
  if (!safe || right === undefined) return []
  return negativeCases(subject.api!.document, operation, right).map((one): Step => ({ name: `${operation.key} ${one.kind} ${one.place}`, run: async () => { await tryRest(subject, operation, one, context) } }))
}

async function tryRest (subject: Subject, operation: ApiOperation, { kind, place, sample, raw }: NegativeCase, context: RunContext): Promise<void> {
  const about = { service: subject.name, operation: operation.key, sample: kind }
  const call = restCallOf(subject.id, operation, sample)
  const answer = await reached(() => context.gateway.rest(raw === undefined ? call : { ...call, body: Buffer.from(raw.body), headers: { ...call.headers, 'content-type': raw.contentType } }), { ...about, code: CODES[kind], place }, context)
  if (answer === undefined) return
  const { status, messageId } = answer
  const refused = status >= 400 && status < 500
  const declared = refused && responseFor(operation, status) !== undefined
  const verdict = declared ? 'pass' : 'fail'
  context.add({
    code: CODES[kind],
    verdict,
    ...about,
    place,
    messageId,
    expected: 'a declared 4xx',
    observed: String(status),
    hint: declared ? undefined : status >= 500 ? { uk: 'Помилковий запит не має ламати сервіс.', en: 'A wrong request must not break the service.' } : refused ? { uk: 'Опишіть цей статус помилки.', en: 'Declare this status of error.' } : { uk: 'Помилковий запит прийнято: перевіряйте вхідні дані.', en: 'A wrong request was accepted: check what comes in.' }
  })
  if (!declared) return
  context.add(...(await judgeByDescription(subject.checker, operation, answer, about)).filter(({ verdict }) => verdict === 'fail'), ...echoes(answer, about))
}

/** An error must not tell how the service is built. */
function echoes ({ body, messageId }: ExchangeAnswer, about: Pick<Check, 'service' | 'operation' | 'sample'>): Check[] {
  const trace = /\n\s+at [\w.$<>]+ ?\(|Traceback \(most recent call|java\.lang\.|node_modules/.test(body.toString('utf8', 0, 65_536))
  return trace ? [{ code: 'ND-10', verdict: 'fail', ...about, messageId, expected: 'no stack trace', observed: 'a stack trace', hint: { uk: 'Приберіть трасування стека з відповіді.', en: 'Keep stack traces out of answers.' } }] : []
}

function soapSteps (subject: Subject, operation: WsdlServiceOperation, context: RunContext): Step[] {
  const own = context.profile.operations.find((one) => one.operation === subject.id.serviceCode)
  const right = own?.samples.find(({ expect, xml }) => expect === 'data' && xml !== undefined)
  if (right === undefined) return []
  return wrongElements(right.xml!).map(({ kind, place, xml }): Step => ({
    name: `${operation.code} ${kind} ${place}`,
    run: async () => {
      const about = { service: subject.name, operation: operation.code, sample: kind }
      const answer = await reached(() => context.gateway.soap(subject.id, xml), { ...about, code: CODES[kind], place }, context)
      if (answer === undefined) return
      const fault = readSoapFault(answer.body)
      const ok = fault !== undefined && /client/i.test(fault.code)
      context.add({
        code: CODES[kind], verdict: ok ? 'pass' : 'fail', ...about, place, messageId: answer.messageId, expected: 'a Client fault', observed: fault === undefined ? 'an answer' : `fault ${fault.code}`, hint: ok ? undefined : { uk: 'Помилковий запит має дати fault Client.', en: 'A wrong request must bring a Client fault.' }
      })
    }
  }))
}

/** The sample without its first child, and with one that nobody described. */
function wrongElements (xml: string): { readonly kind: 'missingRequired' | 'wrongPattern', readonly place: string, readonly xml: string }[] {
  const root = parseXmlTree(Buffer.from(xml), { bytesMax: 1024 * 1024, depthMax: 60 })
  const [first] = root.elements()
  if (first === undefined) return []
  return [
    { kind: 'missingRequired', place: first.local, xml: xml.slice(0, first.start) + xml.slice(first.end) },
    { kind: 'wrongPattern', place: `${root.local}/undescribed`, xml: `${xml.slice(0, first.start)}<undescribed xmlns="urn:trembita:not-described">x</undescribed>${xml.slice(first.start)}` }
  ]
}

/** What a gateway refuses before the service sees it is refused all the same. */
async function reached (exchange: () => Promise<ExchangeAnswer>, about: Pick<Check, 'code' | 'service' | 'operation' | 'sample' | 'place'>, context: RunContext): Promise<ExchangeAnswer | undefined> {
  try {
    return await exchange()
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    // The provider's gateway may hold back itself what it cannot look through: a service of personal data is asked about nobody unseen.
    const byClient = error.code.startsWith('Client.') || error.code === 'Server.ServerProxy.BadRequest'
    context.add({ ...about, verdict: byClient || error.isRefusal ? 'pass' : 'fail', messageId: error.messageId || undefined, expected: 'a refusal', observed: `${error.code}: ${error.message}` })
    return undefined
  }
}
