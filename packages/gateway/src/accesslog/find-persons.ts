import { InvalidSubjectId, normaliseSubjectId, type SubjectIdType, type SubjectRole } from '@trembita/protocol/accessevent'
import { contentTypeOf, parseRestResponse, restPathForMatching, type HeaderList, type RestRequest } from '@trembita/protocol/message'
import type { ReceivedRequest, ServiceAnswer } from '../exchange/index.ts'
import type { SpooledBody } from '../transport/index.ts'
import type { BodyReader } from './body-reader.ts'
import type { Body } from './body-values.ts'
import type { CompiledRule, Named, PartSelector } from './compile.ts'
import { Unreadable } from './unreadable.ts'

/** A larger body is not looked through: header and request alone name persons then (monitor.md §6.4). */
export const BODY_BYTES_MAX = 5 * 1024 * 1024

/** Somebody whom an exchange concerns. */
export interface Person {
  readonly type: SubjectIdType
  /** As `normaliseSubjectId` writes it. */
  readonly id: string
  role: SubjectRole
  /** How often the answer names them. */
  inAnswer: number
}

/** Why a body was not looked through. */
export type Unread = 'too large' | 'unreadable' | 'encoded'

/** Whom a rule finds in an exchange. */
export class Persons {
  readonly #found = new Map<string, Person>()
  /** Values that are no identifier of their kind. */
  invalid = 0
  legalEntities = 0
  unread: Unread | undefined

  /** Whether the exchange is known to be about legal entities alone. */
  get isOfLegalEntities (): boolean {
    return this.#found.size === 0 && this.legalEntities > 0 && this.invalid === 0 && this.unread === undefined
  }

  get all (): readonly Person[] {
    return [...this.#found.values()]
  }

  add ({ type, role, transform }: Named, value: string, inAnswer: boolean): void {
    const text = transformed(value.trim(), transform)
    if (text === '') return
    // Where a register takes codes of persons and of legal entities alike, eight digits are ЄДРПОУ: nobody's.
    if (type === 'RNOKPP' && /^\d{8}$/.test(text)) {
      this.legalEntities += 1
      return
    }
    let id: string
    try {
      id = normaliseSubjectId(type, text)
    } catch (thrown) {
      if (!(thrown instanceof InvalidSubjectId)) throw thrown
      this.invalid += 1
      return
    }
    const known = this.#found.get(id)
    if (known === undefined) {
      this.#found.set(id, { type, id, role, inAnswer: inAnswer ? 1 : 0 })
      return
    }
    if (inAnswer) known.inAnswer += 1
    if (role === 'main') known.role = role
  }
}

function transformed (value: string, steps: readonly string[]): string {
  return steps.reduce((text, step) => {
    const [name, count] = step.split(':')
    switch (name) {
      case 'digits': return text.replace(/\D/g, '')
      case 'upper': return text.toUpperCase()
      case 'first': return text.slice(0, Number(count))
      default: return text.slice(-Number(count))
    }
  }, value)
}

/** Looks for persons in a request: in its parts and its body. */
export async function findInRequest (rule: CompiledRule, request: ReceivedRequest, persons: Persons, reader: BodyReader): Promise<void> {
  if (request.message.kind === 'rest') for (const part of rule.parts) for (const value of partValues(part, rule, request.message.rest)) persons.add(part, value, false)
  const headers = request.message.kind === 'rest' ? request.message.rest.headers : undefined
  await findInBody(rule.bodies.request, request, headers, persons, false, reader)
}

/** Looks for persons in an answer. */
export async function findInAnswer (rule: CompiledRule, answer: ServiceAnswer, persons: Persons, reader: BodyReader): Promise<void> {
  const headers = answer.protocol === 'rest' ? parseRestResponse(answer.head.bytes).headers : undefined
  await findInBody(rule.bodies.response, answer, headers, persons, true, reader)
}

function partValues ({ kind, name }: PartSelector, rule: CompiledRule, rest: RestRequest): readonly string[] {
  switch (kind) {
    case 'header': return rest.headers.filter(([other]) => other.toLowerCase() === name).flatMap(([, value]) => value.split(','))
    case 'query': return new URLSearchParams(rest.query ?? '').getAll(name)
    case 'path': {
      const value = rule.pathValues(restPathForMatching(rest.servicePath)).get(name)
      return value === undefined ? [] : [value]
    }
  }
}

async function findInBody (
  paths: CompiledRule['bodies']['request'], message: Pick<ReceivedRequest, 'head' | 'attachments'>, restHeaders: HeaderList | undefined, persons: Persons, inAnswer: boolean, reader: BodyReader
): Promise<void> {
  if (paths.json === undefined && paths.xml === undefined) return
  try {
    const body = restHeaders === undefined ? soapBody(message.head) : await restBody(restHeaders, message.attachments[0]?.body)
    if (body === undefined) return
    const own = paths[body.kind === 'json' ? 'json' : 'xml']
    if (own === undefined) throw new Unreadable('it is of another kind than the rule', 'encoded')
    for (const [path, value] of await reader.read(body, own.graph)) persons.add(own.named[path]!, value, inAnswer)
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown
    persons.unread = thrown.reason
  }
}

function soapBody ({ bytes, contentType }: ReceivedRequest['head']): Body {
  if (bytes.length > BODY_BYTES_MAX) throw new Unreadable('it is too large', 'too large')
  return { bytes, kind: 'soap', charset: contentTypeOf(contentType).parameters.get('charset') }
}

/** What a body is, it shows itself: what its type calls it is the sender's word, and services often do not ask. */
async function restBody (headers: HeaderList, body: SpooledBody | undefined): Promise<Body | undefined> {
  if (body === undefined || body.size === 0) return undefined
  const valuesOf = (name: string): string[] => headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
  if (valuesOf('content-encoding').some((value) => !/^(identity)?$/i.test(value.trim()))) throw new Unreadable('it is compressed', 'encoded')
  if (body.size > BODY_BYTES_MAX) throw new Unreadable('it is too large', 'too large')
  const bytes = body.bytes ?? Buffer.concat(await Array.fromAsync(body.stream()))
  const kind = kindOf(bytes)
  if (kind === undefined) throw new Unreadable('it is neither JSON nor XML', 'encoded')
  return { bytes, kind, charset: contentTypeOf(valuesOf('content-type')[0]).parameters.get('charset') }
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** By the first byte that is no white space: `<` begins XML; JSON begins with a bracket, a quote, a digit, a sign, or a word. */
function kindOf (bytes: Uint8Array): 'json' | 'document' | undefined {
  let at = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1
  const first = String.fromCharCode(bytes[at] ?? 0)
  if (first === '<') return 'document'
  return /[[{"\d\-tfn]/.test(first) ? 'json' : undefined
}
