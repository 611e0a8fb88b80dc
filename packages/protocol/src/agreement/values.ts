import type { ClientId } from '../identifiers/index.ts'
import { parseElementPath, parseJsonPointer } from './field-paths.ts'
import { malformed } from './malformed.ts'
import type { AgreedOperation, AgreedService, Agreement, Purpose, Term } from './types.ts'

/** What an agreement may hold: bounds of one country's fullest agreement, far below what would hold up a reader. */
export const LIMITS = { purposes: 100, services: 200, operations: 500, fields: 2000, media: 50, textCharacters: 2000, codeCharacters: 255 } as const

/** A text of people: one line, without spaces around it, of characters that XML can hold. */
export function checkText (where: string, text: string, max: number = LIMITS.textCharacters): string {
  if (text === '' || text.trim() !== text) throw malformed(`${where}: empty, or with spaces around it`)
  return checkCharacters(where, text, max)
}

function checkCharacters (where: string, text: string, max: number): string {
  if (text.length > max) throw malformed(`${where}: longer than ${max} characters`)
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd-\uffff]/.test(text) || !text.isWellFormed()) throw malformed(`${where}: character that may not stand there`)
  return text
}

function checkPattern (where: string, text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw malformed(`${where}: form is not as expected`)
}

function checkList<T> (where: string, items: readonly T[], min: number, max: number, key: (item: T) => string): void {
  if (items.length < min || items.length > max) throw malformed(`${where}: ${min} to ${max} expected, found ${items.length}`)
  if (new Set(items.map(key)).size < items.length) throw malformed(`${where}: one stands twice`)
}

export const checkId = (id: string): void => { checkPattern('id', id, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/) }

export function checkVersion (version: number): void {
  if (!Number.isInteger(version) || version < 1 || version > 9999) throw malformed('version: a number from 1 to 9999 is expected')
}

export function checkClient (where: string, { instance, memberClass, memberCode, subsystemCode }: ClientId): void {
  if (subsystemCode === undefined) throw malformed(`${where}: a subsystem is expected`)
  for (const part of [instance, memberClass, memberCode, subsystemCode]) checkText(where, part, LIMITS.codeCharacters)
}

export function checkTerm ({ from, until }: Term): void {
  for (const date of [from, until]) {
    const year = date.getUTCFullYear()
    if (Number.isNaN(year) || year < 1991 || year > 9999 || date.getUTCMilliseconds() !== 0) throw malformed('term: an instant to the second is expected')
  }
  if (from >= until) throw malformed('term: ends before it begins')
}

function isDate (text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

export const checkPurposeCode = (code: string): void => { checkPattern('purpose code', code, /^(?!""$)[!-+\--~]{1,64}$/) }

export function checkPurpose ({ code, name, ground }: Purpose): void {
  checkPurposeCode(code)
  checkText('name of a purpose', name)
  checkText('ground of a purpose', ground)
}

function checkOperation ({ method, path, media, json, xml }: AgreedOperation): void {
  checkPattern('method', method, /^(\*|[A-Z]{1,16})$/)
  if (path !== '**' && !path.startsWith('/')) throw malformed('path: ** or a path that begins with a slash is expected')
  checkText('path', path, 1024)
  checkList('media types of an operation', media, 0, LIMITS.media, String)
  for (const type of media) checkPattern('media type', type, /^[a-z0-9!#$&^_.+-]{1,63}\/[a-z0-9!#$&^_.+-]{1,63}$/)
  for (const [where, fields] of [['pointers of an operation', json], ['element paths of an operation', xml]] as const) {
    checkList(where, fields, 0, LIMITS.fields, String)
    for (const field of fields) checkCharacters(where, field, 1024)
  }
  for (const pointer of json) parseJsonPointer(pointer)
  for (const path of xml) parseElementPath(path)
}

export function checkServices (services: readonly AgreedService[]): void {
  checkList('services', services, 1, LIMITS.services, ({ code, version }) => JSON.stringify([code, version]))
  for (const { code, version, operations } of services) {
    checkText('service code', code, LIMITS.codeCharacters)
    if (version !== undefined) checkText('service version', version, LIMITS.codeCharacters)
    checkList('operations', operations, 1, LIMITS.operations, ({ method, path }) => `${method} ${path}`)
    for (const operation of operations) checkOperation(operation)
  }
}

/** @throws {Fault} `MalformedAgreement` for what no document may say. */
export function checkAgreement (agreement: Agreement): void {
  checkId(agreement.id)
  checkVersion(agreement.version)
  checkText('number', agreement.number, 100)
  if (!isDate(agreement.date)) throw malformed('date: a date such as 2026-01-31 is expected')
  checkClient('consumer', agreement.consumer)
  checkClient('provider', agreement.provider)
  checkTerm(agreement.term)
  checkPattern('price', agreement.price.amount, /^(0|[1-9]\d{0,11})\.\d\d$/)
  checkPattern('currency', agreement.price.currency, /^[A-Z]{3}$/)
  checkList('purposes', agreement.purposes, 1, LIMITS.purposes, ({ code }) => code)
  for (const purpose of agreement.purposes) checkPurpose(purpose)
  checkServices(agreement.services)
}
