import { Fault } from '../fault/index.ts'

/** A Content-Type taken apart: base type in lower case ('' when there is none), parameter names in lower case. */
export interface MediaType {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

const NONE: ReadonlyMap<string, string> = new Map()
const PARAMETER = /[;\s]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))\s*(?=;|$)/y
/** Longer values serve no purpose but to make the pattern work. */
const CONTENT_TYPE_MAX = 4096

/**
 * Takes a Content-Type header apart.
 *
 * @throws {Fault} `InvalidContentType` for parameters that cannot be read, or one given twice: two readers would choose
 *   different boundaries.
 * @see RFC 9110 §8.3, RFC 2045 §5.1
 */
export function contentTypeOf (header: string | undefined): MediaType {
  if (header === undefined) return { type: '', parameters: NONE }
  if (header.length > CONTENT_TYPE_MAX) throw new Fault('InvalidContentType', `content type longer than ${CONTENT_TYPE_MAX} characters`)
  const semicolon = header.indexOf(';')
  const type = (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase()
  if (semicolon < 0) return { type, parameters: NONE }
  const rest = header.slice(semicolon)
  if (/^[;\s]*$/.test(rest)) return { type, parameters: NONE }
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = 0
  let end = 0
  for (let match = PARAMETER.exec(rest); match !== null; match = PARAMETER.exec(rest)) {
    const name = match[1]!.toLowerCase()
    if (parameters.has(name)) throw new Fault('InvalidContentType', `content type parameter ${name} given twice`)
    parameters.set(name, match[2] === undefined ? match[3]! : match[2].replace(/\\(.)/g, '$1'))
    end = PARAMETER.lastIndex
  }
  if (!/^[;\s]*$/.test(rest.slice(end))) throw new Fault('InvalidContentType', `malformed content type parameters after ${type}`)
  return { type, parameters }
}

/** Longest boundary accepted; RFC 2046 says 70, some stacks write more. */
const BOUNDARY_MAX = 200

/**
 * The `boundary` of a multipart Content-Type.
 *
 * @throws {Fault} `InvalidContentType` when missing, empty, too long or with characters that cannot stand in a line.
 */
export function boundaryOf (media: MediaType): string {
  const boundary = media.parameters.get('boundary')
  if (boundary === undefined || boundary === '') throw new Fault('InvalidContentType', `content type ${media.type} without boundary`)
  if (boundary.length > BOUNDARY_MAX || !/^[\x20-\x7e]*[\x21-\x7e]$/.test(boundary)) throw new Fault('InvalidContentType', 'malformed multipart boundary')
  return boundary
}
