import { newExchangeId, Refusal, send, type Exchanged, type Gateway, type RequestOptions } from './exchange.ts'

/** A REST service and what to ask of it. */
export interface RestQuestion {
  /** `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE` */
  readonly service: string
  /** Path and query below the service: `/91000033?fields=names`. */
  readonly path?: string | undefined
  /** Sent as JSON by POST; a GET without it. */
  readonly body?: object | undefined
}

interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** By the X-Road REST protocol: the service in the path, the client in a header. */
export async function askByRest<T> (gateway: Gateway, question: RestQuestion, options: RequestOptions = {}): Promise<Exchanged<T>> {
  const id = options.id ?? newExchangeId()
  return readAnswer<T>(await callByRest(gateway, question, id, options), id)
}

/** The same for a service whose answer has a shape of its own: about several subjects, or a receipt. */
export async function postByRest<T extends object> (gateway: Gateway, question: RestQuestion, options: RequestOptions = {}): Promise<T> {
  const id = options.id ?? newExchangeId()
  return readBody(await callByRest(gateway, question, id, options), id) as T
}

async function callByRest (gateway: Gateway, question: RestQuestion, id: string, options: RequestOptions): Promise<RawAnswer> {
  const answer = await call(gateway, `/r1/${question.service}${question.path ?? ''}`, question.body, {
    'X-Road-Client': gateway.client,
    'X-Road-Id': id,
    ...(options.userId === undefined ? {} : { 'X-Road-UserId': options.userId }),
    ...(options.issue === undefined ? {} : { 'X-Road-Issue': options.issue }),
    ...(options.purpose === undefined ? {} : { 'Uxp-Purpose-Ids': options.purpose })
  })
  const code = answer.headers.get('x-road-error')
  if (code !== null) {
    const fault = JSON.parse(answer.text) as { message?: string, detail?: string }
    throw new Refusal('gateway', code, fault.message ?? code, id, fault.detail)
  }
  return answer
}

/** By Trembita's own dialect: client and service in headers, the id and the user in the query. */
export async function askByUxp<T> (gateway: Gateway, question: RestQuestion, options: RequestOptions = {}): Promise<Exchanged<T>> {
  const id = options.id ?? newExchangeId()
  const address = new URL(`/restapi${question.path ?? ''}`, gateway.url)
  address.searchParams.set('queryId', id)
  if (options.userId !== undefined) address.searchParams.set('userId', options.userId)
  const answer = await call(gateway, address.pathname + address.search, question.body, {
    'Uxp-Client': gateway.client,
    'Uxp-Service': question.service,
    ...(options.issue === undefined ? {} : { 'Uxp-Issue': options.issue }),
    ...(options.purpose === undefined ? {} : { 'Uxp-Purpose-Ids': options.purpose })
  })
  const code = answer.headers.get('uxp-faultcode')
  if (code !== null) {
    throw new Refusal('gateway', code, answer.text, id, answer.headers.get('uxp-faultdetail') ?? undefined)
  }
  return readAnswer<T>(answer, id)
}

async function call (gateway: Gateway, path: string, body: object | undefined, headers: Record<string, string>): Promise<RawAnswer> {
  const init = body === undefined
    ? { headers: { ...headers, accept: 'application/json' } }
    : { method: 'POST', headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await send(gateway, path, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function readAnswer<T> (raw: RawAnswer, id: string): Exchanged<T> {
  const { outcome, data, missing, discrepancies, source } = readBody(raw, id)
  return { id, answer: { outcome, data, missing, discrepancies }, source }
}

/** The register's own answer. A 4xx or 5xx of the register is no fault of a gateway: it came through sealed like any other. */
function readBody ({ status, text }: RawAnswer, id: string): any {
  const body = JSON.parse(text) as any
  if (status !== 200) throw new Refusal('register', body.code ?? String(status), body.detail ?? text, id)
  return body
}
