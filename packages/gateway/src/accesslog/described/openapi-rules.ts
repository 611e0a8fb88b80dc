import { openApiDocument, type OpenApiFormat } from '@trembita/protocol/metadata'
import type { AccessRule, SubjectRule } from '../settings.ts'
import { AnnotationError, processingOf, subjectOf } from './annotations.ts'
import { SchemaWalk, type Json } from './schema-walk.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
/** More selectors make every message slow, and no description of ours has a tenth of it. */
const SUBJECTS_MAX = 256

/**
 * Rules from the annotations of an OpenAPI document: `x-personal-subject` on properties and parameters, `x-personal-category` on
 * properties, `x-processing` on operations (docs/access-events.md). An operation without any gives no rule.
 *
 * @throws {AnnotationError}; {Fault} `InternalError` as `readOpenApi`.
 */
export function openApiRules (bytes: Uint8Array, format?: OpenApiFormat): AccessRule[] {
  const root = openApiDocument(bytes, format)
  const rules: AccessRule[] = []
  const ids = new Set<string>()
  for (const [template, item] of Object.entries(objectOf(root.paths))) {
    if (!template.startsWith('/')) continue
    const path = resolved(root, item)
    for (const method of METHODS) {
      if (path[method] === undefined) continue
      const rule = ruleOf(root, template, method, path, objectOf(path[method]))
      if (rule === undefined) continue
      const id = ids.has(rule.id) ? placeId(method, template) : rule.id
      ids.add(id)
      rules.push({ ...rule, id })
    }
  }
  return rules
}

function ruleOf (root: Json, template: string, method: string, path: Json, operation: Json): AccessRule | undefined {
  const place = `${method.toUpperCase()} ${template}`
  const subjects: SubjectRule[] = []
  const add = (phase: SubjectRule['phase'], select: string, subject: { readonly type: SubjectRule['type'], readonly role: SubjectRule['role'] }): void => {
    if (subjects.some((known) => known.phase === phase && known.select === select)) return
    if (subjects.length >= SUBJECTS_MAX) throw new AnnotationError(`${place}: names persons in more than ${SUBJECTS_MAX} places`)
    subjects.push({ phase, select, ...subject, transform: [] })
  }
  for (const given of [...listOf(path.parameters), ...listOf(operation.parameters)]) {
    const parameter = resolved(root, given)
    const annotation = parameter['x-personal-subject'] ?? resolved(root, parameter.schema)['x-personal-subject']
    if (annotation === undefined || typeof parameter.name !== 'string') continue
    const { type, role } = objectOf(annotation)
    if (parameter.in === 'path' || parameter.in === 'query' || parameter.in === 'header') add('request', `${parameter.in}:${parameter.name}`, subjectOf(type, role, place))
  }
  const request = new SchemaWalk(root, place)
  for (const schema of schemasOf(resolved(root, operation.requestBody))) request.read(schema)
  const response = new SchemaWalk(root, place)
  for (const [status, answer] of Object.entries(objectOf(operation.responses))) {
    if (/^2|^default$/.test(status)) for (const schema of schemasOf(resolved(root, answer))) response.read(schema)
  }
  for (const { select, subject } of request.subjects()) add('request', select, subject)
  for (const { select, subject } of response.subjects()) add('response', select, subject)
  const processing = operation['x-processing']
  if (subjects.length === 0 && processing === undefined) return undefined
  const categories = response.categories.size > 0 ? response.categories : request.categories
  const { operationId } = operation
  return {
    id: typeof operationId === 'string' && /^[!-~]{1,100}$/.test(operationId) ? operationId : placeId(method, template),
    match: { method: method.toUpperCase(), path: template },
    subjects,
    categories: [...categories].slice(0, 50),
    ...processingOf(objectOf(processing), place)
  }
}

function placeId (method: string, template: string): string {
  return `${method.toUpperCase()}:${template.replace(/[^!-~]/g, '_')}`.slice(0, 100)
}

/** Schemas of the JSON bodies of a request or an answer. */
function schemasOf ({ content }: Json): unknown[] {
  return Object.entries(objectOf(content)).filter(([type]) => /^(application\/([^/]+\+)?json|\*\/\*)\b/i.test(type)).map(([, media]) => objectOf(media).schema)
}

function resolved (root: Json, value: unknown): Json {
  let current = objectOf(value)
  // A reference to a reference is rare; a ring of them is no description.
  for (let hops = 0; typeof current.$ref === 'string' && hops < 10; hops++) current = objectOf(SchemaWalk.at(root, current.$ref))
  return current
}

function objectOf (value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {}
}

function listOf (value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
