import { createHash } from 'node:crypto'
import type { SubjectIdType, SubjectRole } from '@trembita/protocol/accessevent'
import { matchesEndpoint } from '@trembita/protocol/message'
import { parseSelector, PathGraph } from './selector.ts'
import type { AccessRule, PersonalDataSettings, SubjectRule } from './settings.ts'

/** Who stands where a path leads. */
export interface Named {
  readonly type: SubjectIdType
  readonly role: SubjectRole
  readonly transform: readonly string[]
}

/** Paths into bodies of one kind, with whom each names. */
export interface BodyPaths {
  readonly graph: PathGraph
  readonly named: readonly Named[]
}

/** Named parts of a request: header, query, path. */
export interface PartSelector extends Named {
  readonly kind: 'header' | 'query' | 'path'
  readonly name: string
}

/** A rule made ready for messages. */
export interface CompiledRule {
  readonly rule: AccessRule
  readonly parts: readonly PartSelector[]
  readonly bodies: Readonly<Record<'request' | 'response', Readonly<Record<'json' | 'xml', BodyPaths | undefined>>>>
  /** Whether an answer could name somebody. */
  readonly answersName: boolean
  matches (method: string | undefined, path: string | undefined): boolean
  /** Values of the `{names}` of the rule's path. */
  pathValues (servicePath: string): ReadonlyMap<string, string>
}

/** Settings of a service made ready for messages. */
export interface CompiledSettings {
  readonly settings: PersonalDataSettings
  readonly rules: readonly CompiledRule[]
  /** Changes when a rule does; events tell it. */
  readonly version: string
}

/** @param generated rules that the description gives; used where the settings have none. */
export function compileSettings (settings: PersonalDataSettings, generated: readonly AccessRule[]): CompiledSettings {
  const rules = settings.rules ?? generated
  const version = createHash('sha256').update(JSON.stringify({ ...settings, rules })).digest('hex').slice(0, 16)
  return { settings, rules: rules.map(compileRule), version }
}

function compileRule (rule: AccessRule): CompiledRule {
  const selected = rule.subjects.map((subject) => ({ subject, selector: parseSelector(subject.select) }))
  const paths = (phase: SubjectRule['phase'], kind: 'json' | 'xml'): BodyPaths | undefined => {
    const own = selected.filter(({ subject, selector }) => subject.phase === phase && selector.kind === kind)
    if (own.length === 0) return undefined
    return { graph: new PathGraph(own.map(({ selector }) => (selector as { path: readonly string[] }).path)), named: own.map(({ subject }) => subject) }
  }
  const phase = (name: SubjectRule['phase']): CompiledRule['bodies']['request'] => ({ json: paths(name, 'json'), xml: paths(name, 'xml') })
  const bodies = { request: phase('request'), response: phase('response') }
  const pattern = patternOf(rule.match.path)
  const lenientPattern = pattern.toLowerCase()
  const valuesIn = pathReader(rule.match.path)
  return {
    rule,
    parts: selected.flatMap(({ subject, selector }): PartSelector[] => 'name' in selector
      ? [{ kind: selector.kind, name: selector.name, type: subject.type, role: subject.role, transform: subject.transform }]
      : []),
    bodies,
    answersName: bodies.response.json !== undefined || bodies.response.xml !== undefined,
    matches: (method, path) => {
      const written = path === '' ? '/' : path?.replace(/(?<=[^/])\/+$/, '')
      const asked = method?.toUpperCase() === 'HEAD' && rule.match.method.toUpperCase() === 'GET' ? 'GET' : method
      return matchesEndpoint({ method: rule.match.method, path: pattern }, asked, written) ||
        (written !== undefined && matchesEndpoint({ method: rule.match.method, path: lenientPattern }, asked, asServicesRead(written).toLowerCase()))
    },
    pathValues: (servicePath) => valuesIn(asServicesRead(servicePath))
  }
}

/** Most frameworks let pass a slash at the end, many a slash too many, parameters of segments (`;v=1`) and other letters: what leads to the data is captured. */
function asServicesRead (path: string): string {
  return path.replace(/;[^/]*/g, '').replace(/\/{2,}/g, '/').replace(/(?<=[^/])\/+$/, '')
}

/** `{name}` is one segment or a part of it, as in descriptions. */
function patternOf (path: string): string {
  return path === '**' ? path : path.replace(/[\\*]/g, (found) => found === '*' ? '*' : '\\\\').replace(/\{[^{}]*\}/g, '*')
}

function pathReader (path: string): CompiledRule['pathValues'] {
  const names: string[] = []
  const source = path.replace(/\{([^{}]*)\}|\*\*|\*|[^*{}]+/g, (token, name: string | undefined) => {
    if (name !== undefined) {
      names.push(name)
      return '([^/]+)'
    }
    return token === '**' ? '.*' : token === '*' ? '[^/]*' : token.replace(/[\\^$.|?+()[\]]/g, '\\$&')
  })
  const pattern = new RegExp(`^${source}/*$`, 'i')
  return (servicePath) => {
    const values = pattern.exec(servicePath === '' ? '/' : servicePath)?.slice(1) ?? []
    return new Map(values.map((value, i) => [names[i]!, value]))
  }
}
