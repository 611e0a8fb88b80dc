/** An operation as the API takes and gives it. */
export interface OperationLine {
  readonly method: string
  readonly path: string
  readonly media: readonly string[]
  readonly json: readonly string[]
  readonly xml: readonly string[]
}

export interface ServiceLines {
  readonly code: string
  readonly version?: string
  readonly operations: readonly OperationLine[]
}

export interface PurposeLine {
  readonly code: string
  readonly name: string
  readonly ground: string
}

/** A line that is not understood, counted from 1. */
export class LineProblem extends Error {
  readonly line: number

  constructor (line: number) {
    super(`line ${line}`)
    this.line = line
  }
}

function linesOf (text: string): [line: string, number: number][] {
  return text.split(/\r?\n/).map((line, index): [string, number] => [line.trim(), index + 1]).filter(([line]) => line !== '')
}

/** `code; name; ground` in each line. @throws {LineProblem} */
export function parsePurposes (text: string): PurposeLine[] {
  return linesOf(text).map(([line, number]) => {
    const match = /^([^;]+);([^;]+);(.+)$/.exec(line)
    if (match === null) throw new LineProblem(number)
    const [, code = '', name = '', ground = ''] = match
    return { code: code.trim(), name: name.trim(), ground: ground.trim() }
  })
}

export function formatPurposes (purposes: readonly PurposeLine[]): string {
  return purposes.map(({ code, name, ground }) => `${code}; ${name}; ${ground}`).join('\n')
}

const OPERATION = /^(\S+?)(?:\/([^\s/]+))?(?:\s+([A-Z]+|\*))?(?:\s+(\/\S*|\*\*))?\s*=\s*(.*)$/

/** `service[/version] [METHOD] [/path] = fields` in each line; lines of one service make one service. @throws {LineProblem} */
export function parseServices (text: string): ServiceLines[] {
  const services = new Map<string, { code: string, version?: string, operations: OperationLine[] }>()
  for (const [line, number] of linesOf(text)) {
    const match = OPERATION.exec(line)
    if (match === null) throw new LineProblem(number)
    const [, code = '', version, method = '*', path = '**', fields = ''] = match
    const tokens = fields.split(/\s+/).filter((token) => token !== '')
    const media = tokens.filter((token) => token.startsWith('media:')).map((token) => token.slice('media:'.length))
    const xml = tokens.filter((token) => token.startsWith('xml:') || token.startsWith('/{')).map((token) => token.replace(/^xml:/, ''))
    const json = tokens.filter((token) => !/^(media:|xml:|\/\{)/.test(token)).map((token) => token.replace(/^json:/, ''))
    const key = `${code}/${version ?? ''}`
    const service = services.get(key) ?? { code, ...version === undefined ? {} : { version }, operations: [] }
    service.operations.push({ method, path, media, json, xml })
    services.set(key, service)
  }
  return [...services.values()]
}

export function formatServices (services: readonly ServiceLines[]): string {
  return services.flatMap(({ code, version, operations }) => operations.map(({ method, path, media, json, xml }) => {
    const where = method === '*' && path === '**' ? '' : ` ${method} ${path}`
    const fields = [
      ...json.map((field) => field === '' || field.startsWith('/{') ? `json:${field}` : field),
      ...xml.map((field) => field.startsWith('/{') ? field : `xml:${field}`),
      ...media.map((type) => `media:${type}`)
    ]
    return `${code}${version === undefined ? '' : `/${version}`}${where} = ${fields.join(' ')}`
  })).join('\n')
}
