import { jsonToken } from '../selector.ts'
import { AnnotationError, subjectOf, type AnnotatedSubject } from './annotations.ts'

export type Json = Readonly<Record<string, unknown>>

/** A schema that is being read, for what refers back to it. */
interface Frame {
  readonly ref: string
  /** Levels above it. */
  readonly depth: number
  recurs: boolean
}

interface Found {
  readonly tokens: readonly string[]
  readonly frames: readonly Frame[]
  readonly subject: AnnotatedSubject
}

/** Schemas that refer to one another in many ways unfold without bound. */
const SCHEMAS_MAX = 50_000
const DEPTH_MAX = 60

/** Collects where the schemas of one message name persons, and which categories of data they hold. */
export class SchemaWalk {
  readonly categories = new Set<string>()
  readonly #root: Json
  readonly #place: string
  readonly #found: Found[] = []
  readonly #frames: Frame[] = []
  readonly #tokens: string[] = []
  #schemas = 0

  /** @param place for what is wrong. */
  constructor (root: Json, place: string) {
    this.#root = root
    this.#place = place
  }

  /** What a local reference points at; undefined for others, and for what is not there. */
  static at (root: Json, ref: string): unknown {
    if (!ref.startsWith('#/')) return undefined
    let value: unknown = root
    for (const token of ref.slice(2).split('/')) {
      const name = decodeURIComponent(token).replace(/~1/g, '/').replace(/~0/g, '~')
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
      value = (value as Json)[name]
    }
    return value
  }

  read (schema: unknown): void {
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return
    if (++this.#schemas > SCHEMAS_MAX) throw new AnnotationError(`${this.#place}: its schemas are too many`)
    if (this.#tokens.length > DEPTH_MAX) throw new AnnotationError(`${this.#place}: its schemas are nested too deeply`)
    const own = schema as Json
    if (typeof own.$ref === 'string') this.#refer(own.$ref)
    this.#annotated(own)
    for (const name of ['allOf', 'oneOf', 'anyOf', 'prefixItems'] as const) {
      if (!Array.isArray(own[name])) continue
      for (const part of own[name]) name === 'prefixItems' ? this.#below('*', part) : this.read(part)
    }
    for (const name of ['if', 'then', 'else'] as const) this.read(own[name])
    for (const [name, property] of Object.entries(objectOf(own.properties))) this.#below(jsonToken(name) ?? '*', property)
    for (const property of Object.values(objectOf(own.patternProperties))) this.#below('*', property)
    for (const property of Object.values(objectOf(own.dependentSchemas))) this.read(property)
    for (const name of ['additionalProperties', 'unevaluatedProperties', 'items', 'contains'] as const) this.#below('*', own[name])
  }

  /** Selectors of what was found. A schema that refers back to itself may be nested as deep as it likes: `**` stands for that. */
  subjects (): { readonly select: string, readonly subject: AnnotatedSubject }[] {
    return this.#found.flatMap(({ tokens, frames, subject }) => {
      const deep = new Set(frames.filter(({ recurs }) => recurs).map(({ depth }) => depth))
      const path = tokens.flatMap((token, i) => deep.has(i) ? ['**', token] : [token])
      // What names a person and is nested in itself ends where `**` would.
      const paths = deep.has(tokens.length) ? [path, [...path, '**', '*']] : [path]
      return paths.map((one) => ({ select: `json:${one.map((token) => `/${token}`).join('')}`, subject }))
    })
  }

  #annotated (schema: Json): void {
    const annotation = schema['x-personal-subject']
    const category = schema['x-personal-category']
    for (const code of Array.isArray(category) ? category : [category]) if (typeof code === 'string' && /^[!-~]{1,200}$/.test(code)) this.categories.add(code)
    if (annotation === undefined) return
    const { type, role } = objectOf(annotation)
    const place = `${this.#place}, /${this.#tokens.join('/')}`
    const tokens = schema.type === 'array' || schema.items !== undefined ? [...this.#tokens, '*'] : [...this.#tokens]
    this.#found.push({ tokens, frames: [...this.#frames], subject: subjectOf(type, role, place) })
  }

  #refer (ref: string): void {
    const above = this.#frames.find((frame) => frame.ref === ref)
    if (above !== undefined) {
      above.recurs = true
      return
    }
    const target = SchemaWalk.at(this.#root, ref)
    if (target === undefined) throw new AnnotationError(`${this.#place}: ${ref.slice(0, 200)} is not in the description`)
    this.#frames.push({ ref, depth: this.#tokens.length, recurs: false })
    this.read(target)
    this.#frames.pop()
  }

  #below (token: string, schema: unknown): void {
    this.#tokens.push(token)
    this.read(schema)
    this.#tokens.pop()
  }
}

function objectOf (value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {}
}
