import { contentTypeOf } from '@trembita/protocol/message'
import type { ApiContent, ApiOperation, ApiResponse, Checker, Outcome } from '../description/index.ts'
import type { ExchangeAnswer } from '../exchange/index.ts'
import type { Check } from './check.ts'

type About = Pick<Check, 'service' | 'operation' | 'sample'>

/** The response that the description has for a status: exact, then `4XX`, then `default`. */
export function responseFor (operation: ApiOperation, status: number): ApiResponse | undefined {
  const of = (wanted: string): ApiResponse | undefined => operation.responses.find(({ status }) => status.toUpperCase() === wanted)
  return of(String(status)) ?? of(`${String(status)[0]!}XX`) ?? of('DEFAULT')
}

function contentFor (response: ApiResponse, mediaType: string): ApiContent | undefined {
  const of = (wanted: string): ApiContent | undefined => response.content.find((one) => contentTypeOf(one.mediaType).type === wanted)
  return of(mediaType) ?? of(`${mediaType.split('/', 1)[0]!}/*`) ?? of('*/*')
}

/** Holds an answer to the description: status, media type, body. */
export async function judgeByDescription (checker: Checker, operation: ApiOperation, answer: ExchangeAnswer, about: About): Promise<Check[]> {
  const { messageId, status } = answer
  const response = responseFor(operation, status)
  const declared = operation.responses.map(({ status }) => status).join(', ')
  if (response === undefined) {
    return [{ code: 'CF-1', verdict: 'fail', ...about, messageId, expected: declared, observed: String(status), hint: { uk: 'Додайте цей статус до опису або виправте сервіс.', en: 'Declare this status, or mend the service.' } }]
  }
  const checks: Check[] = [{ code: 'CF-1', verdict: 'pass', ...about, messageId, observed: String(status) }]
  if (response.content.length === 0 || answer.body.length === 0) {
    if (answer.body.length > 0) checks.push({ code: 'CF-2', verdict: 'warn', ...about, messageId, expected: 'no body', observed: `${answer.body.length} bytes`, hint: { uk: 'Опишіть тіло відповіді.', en: 'Describe the body of the answer.' } })
    else if (response.content.length > 0) checks.push({ code: 'CF-3', verdict: 'fail', ...about, messageId, expected: response.content.map(({ mediaType }) => mediaType).join(', '), observed: 'no body', hint: { uk: 'Відповідь порожня, а опис обіцяє тіло.', en: 'The answer is empty where the description promises a body.' } })
    return checks
  }
  const { type } = contentTypeOf(answer.headers['content-type'])
  const content = contentFor(response, type)
  if (content === undefined) {
    return [...checks, { code: 'CF-2', verdict: 'fail', ...about, messageId, expected: response.content.map(({ mediaType }) => mediaType).join(', '), observed: type || 'no content type', hint: { uk: 'Тип відповіді не описано.', en: 'This type of answer is not described.' } }]
  }
  checks.push({ code: 'CF-2', verdict: 'pass', ...about, messageId, observed: type })
  return [...checks, ...await judgeBody(checker, content, type, answer, about)]
}

async function judgeBody (checker: Checker, { pointer }: ApiContent, type: string, { body, messageId }: ExchangeAnswer, about: About): Promise<Check[]> {
  if (pointer === undefined || !/json/.test(type)) return [{ code: 'CF-3', verdict: 'notApplicable', ...about, messageId, observed: 'nothing is said of the body' }]
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return [{ code: 'CF-3', verdict: 'fail', ...about, messageId, expected: 'JSON', observed: 'something else', hint: { uk: 'Тіло не є JSON.', en: 'The body is no JSON.' } }]
  }
  const findings = await checker.validateJson(pointer, value)
  if (findings.length === 0) return [{ code: 'CF-3', verdict: 'pass', ...about, messageId }]
  return findings.map(({ place, message }): Check => ({
    code: 'CF-3', verdict: 'fail', ...about, messageId, place: place || '/', expected: message, observed: `${typeAt(value, place)}`, hint: { uk: `Значення в ${place || 'корені'} не відповідає схемі: виправте сервіс або опис.`, en: `The value at ${place || 'the root'} does not follow the schema: mend the service or the description.` }
  }))
}

/** What kind of value stands at a place; never the value. */
function typeAt (document: unknown, place: string): string {
  let value: unknown = document
  for (const step of place.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return 'nothing'
    value = (value as Record<string, unknown>)[step]
  }
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

const OUTCOME_NAMES: Readonly<Record<Outcome, string | undefined>> = { data: 'FOUND', noData: 'NO_DATA', partial: 'PARTIAL', discrepancy: 'DISCREPANCY', badRequest: undefined }

/** Does the sample bring about what it was made for? Registers that name their outcome are held to the name. */
export function judgeOutcome (expect: Outcome, { status, body, messageId }: ExchangeAnswer, about: About): Check {
  const check = (ok: boolean, code: string, expected: string, observed: string, uk: string, en: string): Check =>
    ({ code, verdict: ok ? 'pass' : 'fail', ...about, messageId, expected, observed, hint: ok ? undefined : { uk, en } })
  if (expect === 'badRequest') return check(status >= 400 && status < 500, 'CF-7', '4xx', String(status), 'Зразок помилкового запиту мав бути відхилений.', 'The sample of a wrong request should have been refused.')
  const said = outcomeIn(body)
  if (expect === 'noData') {
    const ok = (status < 300 && (said === undefined || said === 'NO_DATA')) || status === 404
    return check(ok, 'CF-6', 'the agreed answer of absence', said ?? String(status), 'Відсутність даних має бути відповіддю, а не збоєм.', 'Absence of data must be an answer, not a failure.')
  }
  const ok = status < 300 && (said === undefined || said === OUTCOME_NAMES[expect])
  return check(ok, 'CF-7', OUTCOME_NAMES[expect]!, said ?? String(status), 'Зразок не дав очікуваного результату.', 'The sample did not bring about what it was made for.')
}

function outcomeIn (body: Buffer): string | undefined {
  try {
    const { outcome } = JSON.parse(body.toString('utf8')) as { outcome?: unknown }
    return typeof outcome === 'string' && /^[A-Z_]{1,40}$/.test(outcome) ? outcome : undefined
  } catch {
    return undefined
  }
}
