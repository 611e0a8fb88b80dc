import { Fault } from '../fault/index.ts'

/** An endpoint of a service that rights are given to: method or `*`, path pattern. `*` `**` is the whole service. */
export interface Endpoint {
  readonly method: string
  readonly path: string
}

function decodeOnce (path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'))
}

const LEADS_UP = /(?:^|[/\\])\.\.(?:$|[/\\])/

function withoutDots (path: string): string {
  if (!path.includes('/.') && !path.startsWith('.')) return path
  const out: string[] = []
  const segments = path.split('/')
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1
    if (segment === '..' && out.length > 1 && out.at(-1) !== '..') {
      out.pop()
      if (last) out.push('')
    } else if (segment === '.') {
      if (last) out.push('')
    } else {
      out.push(segment)
    }
  })
  return out.join('/')
}

/**
 * The path that access rights are matched against: percent-decoded twice, as X-Road's two passes do, dot segments resolved. Only
 * for matching; what is forwarded stays raw. Characters that a URI may not hold are matched as they are, where X-Road
 * gives up with `InternalError`.
 *
 * @param servicePath raw, '' or starting with `/`.
 * @throws {Fault} `AccessDenied` when `..` still leads out of the service.
 * @see xroad-messages §7.4
 */
export function restPathForMatching (servicePath: string): string {
  const decoded = decodeOnce(decodeOnce(servicePath))
  // A service on Windows takes `\` for a slash; X-Road lets no backslash pass at all.
  const path = decoded.includes('\\') && LEADS_UP.test(decoded) ? decoded : withoutDots(decoded)
  if (path.includes('..') && LEADS_UP.test(path)) throw new Fault('AccessDenied', 'Request is not allowed: path leads out of the service')
  return path
}

/** Literal text, a run without slash (`*`), or any run (`**`). */
type Glob = readonly (string | 1 | 2)[]

const globs = new Map<string, Glob>()
/** Patterns come from the registry of services; the bound only keeps a strange one from growing the cache. */
const GLOBS_MAX = 10_000

function globOf (pattern: string): Glob {
  const known = globs.get(pattern)
  if (known !== undefined) return known
  const glob: (string | 1 | 2)[] = []
  let literal = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '\\' && (pattern[i + 1] === '*' || pattern[i + 1] === '\\')) {
      literal += pattern[++i]
    } else if (c === '*') {
      let stars = 1
      while (pattern[i + 1] === '*') { stars++; i++ }
      if (literal !== '') glob.push(literal)
      literal = ''
      glob.push(stars === 1 ? 1 : 2)
    } else {
      literal += c
    }
  }
  if (literal !== '') glob.push(literal)
  if (globs.size >= GLOBS_MAX) globs.clear()
  globs.set(pattern, glob)
  return glob
}

/** Set of positions instead of backtracking: time is pattern × path, whatever the two say. */
function globMatches (glob: Glob, path: string): boolean {
  let positions = new Set([0])
  for (const part of glob) {
    const next = new Set<number>()
    if (typeof part === 'string') {
      for (const at of positions) if (path.startsWith(part, at)) next.add(at + part.length)
    } else if (part === 2) {
      for (let at = Math.min(...positions); at <= path.length; at++) next.add(at)
    } else {
      for (const at of positions) {
        for (let to = at; to <= path.length && !next.has(to); to++) {
          next.add(to)
          if (path[to] === '/') break
        }
      }
    }
    if (next.size === 0) return false
    positions = next
  }
  return positions.has(path.length)
}

/**
 * Whether an endpoint covers a request. SOAP requests give neither method nor path: only the whole service covers them.
 *
 * @param path as {@link restPathForMatching} gives it.
 */
export function matchesEndpoint (endpoint: Endpoint, method: string | undefined, path: string | undefined): boolean {
  const anyMethod = endpoint.method === '*'
  if (!anyMethod && (method === undefined || endpoint.method.toUpperCase() !== method.toUpperCase())) return false
  if (endpoint.path === '**') return true
  if (path === undefined) return false
  if (endpoint.path === path && !endpoint.path.includes('\\')) return true
  return globMatches(globOf(endpoint.path), path)
}
