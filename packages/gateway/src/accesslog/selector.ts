/** Where to look for a value: in a JSON or XML body by a path, or in a part of the request by its name. */
export type Selector =
  | { readonly kind: 'json' | 'xml', readonly path: readonly string[] }
  | { readonly kind: 'header' | 'query' | 'path', readonly name: string }

/** Longer paths are deeper than what is looked through. */
const TOKENS_MAX = 64
const TEXT_MAX = 2000

/** What a selector cannot be: a sentence for who wrote it. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
}

/**
 * Reads a selector: `json:` and an RFC 6901 pointer in which `*` stands for any member or element and `**` for any number of levels;
 * `xml:` and element names `{namespace}local`, likewise, at the end perhaps `@{namespace}local` for an attribute; `header:`, `query:`,
 * `path:` and a name.
 *
 * @throws {SelectorError}
 */
export function parseSelector (text: string): Selector {
  if (text.length > TEXT_MAX) throw new SelectorError('is too long')
  const cut = text.indexOf(':')
  const kind = text.slice(0, cut)
  const rest = text.slice(cut + 1)
  switch (kind) {
    case 'json': return { kind, path: checked(jsonTokens(rest)) }
    case 'xml': return { kind, path: checked(xmlTokens(rest)) }
    case 'header':
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(rest)) throw new SelectorError('needs the name of a header')
      return { kind, name: rest.toLowerCase() }
    case 'query': case 'path':
      if (!/^[^\s{}/?#&=]{1,100}$/.test(rest)) throw new SelectorError(`needs the name of a ${kind} parameter`)
      return { kind, name: rest }
    default: throw new SelectorError('must begin with json:, xml:, header:, query: or path:')
  }
}

function checked (path: string[]): string[] {
  if (path.length > TOKENS_MAX) throw new SelectorError(`has more than ${TOKENS_MAX} levels`)
  if (path.at(-1) === '**') throw new SelectorError('ends in **: it must say what is looked for')
  if (path.some((token, i) => token === '**' && path[i + 1] === '**')) throw new SelectorError('has ** twice in a row')
  return path
}

function jsonTokens (pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new SelectorError('json: needs a pointer that begins with /')
  return pointer.slice(1).split('/').map((token) => {
    if (/~(?![01])/.test(token)) throw new SelectorError('has ~ that is neither ~0 nor ~1')
    return token.replace(/~1/g, '/').replace(/~0/g, '~')
  })
}

const STEP = /\/(\*\*|\*|@?(?:\{[^{}]*\})?[\p{L}_][\p{L}\p{N}\p{M}_.-]*)/yu

function xmlTokens (path: string): string[] {
  const tokens: string[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const [, token] = STEP.exec(path) ?? []
    if (token === undefined) throw new SelectorError('xml: needs element names, such as /{urn:x}person/{urn:x}id')
    if (tokens.at(-1)?.startsWith('@') === true) throw new SelectorError('has something behind an attribute')
    // `{}name` and `name` are the same: in no namespace.
    tokens.push(token.replace(/^(@?)\{\}/, '$1'))
  }
  if (tokens.length === 0) throw new SelectorError('xml: needs a path')
  return tokens
}

/** Writes a member's name as a token of a `json:` selector. @returns undefined for a name that would be read as a wildcard. */
export function jsonToken (name: string): string | undefined {
  return name === '*' || name === '**' ? undefined : name.replace(/~/g, '~0').replace(/\//g, '~1')
}

/**
 * One place of a document, as many paths together see it. Places that the same paths have reached the same way are one node, so a list
 * of many thousands costs one; names that no path has are not remembered: they may be data.
 */
export class PathNode {
  /** Numbers of the paths that end here. */
  readonly ends: readonly number[]
  /** Whether nothing below can be selected. */
  readonly isDead: boolean
  readonly #graph: PathGraph
  readonly #states: ReadonlySet<number>
  readonly #named = new Map<string, PathNode>()
  #other: PathNode | undefined

  constructor (graph: PathGraph, states: ReadonlySet<number>) {
    this.#graph = graph
    this.#states = states
    this.ends = graph.endsOf(states)
    this.isDead = states.size === this.ends.length
  }

  /** The place of a member or element below. */
  step (name: string): PathNode {
    if (this.isDead) return this.#graph.nothing
    if (!this.#graph.names.has(name)) {
      this.#other ??= this.#graph.nodeOf(this.#graph.next(this.#states, undefined))
      return this.#other
    }
    let node = this.#named.get(name)
    if (node === undefined) this.#named.set(name, node = this.#graph.nodeOf(this.#graph.next(this.#states, name)))
    return node
  }
}

const STRIDE = TOKENS_MAX + 1

/** Paths, read as one automaton. */
export class PathGraph {
  readonly names: ReadonlySet<string>
  readonly root: PathNode
  /** Where nothing is, nor below. */
  readonly nothing: PathNode
  readonly paths: readonly (readonly string[])[]
  readonly #nodes = new Map<string, PathNode>()

  constructor (paths: readonly (readonly string[])[]) {
    this.paths = paths
    this.names = new Set(paths.flat())
    const start = new Set<number>()
    paths.forEach((_, path) => { this.#add(start, path, 0) })
    this.root = this.nodeOf(start)
    this.nothing = this.nodeOf(new Set())
  }

  nodeOf (states: ReadonlySet<number>): PathNode {
    const key = [...states].sort((a, b) => a - b).join()
    let node = this.#nodes.get(key)
    if (node === undefined) this.#nodes.set(key, node = new PathNode(this, states))
    return node
  }

  endsOf (states: ReadonlySet<number>): number[] {
    return [...states].filter((state) => state % STRIDE === this.paths[Math.trunc(state / STRIDE)]!.length).map((state) => Math.trunc(state / STRIDE))
  }

  /** @param name undefined: one that no path names. */
  next (states: ReadonlySet<number>, name: string | undefined): Set<number> {
    const next = new Set<number>()
    for (const state of states) {
      const path = Math.trunc(state / STRIDE)
      const at = state % STRIDE
      const token = this.paths[path]![at]
      if (token === undefined) continue
      if (token === '**') this.#add(next, path, at)
      // Attributes are asked for by name alone.
      else if (token === name || (token === '*' && name?.startsWith('@') !== true)) this.#add(next, path, at + 1)
    }
    return next
  }

  /** `**` may stand for no level at all. */
  #add (states: Set<number>, path: number, at: number): void {
    states.add(path * STRIDE + at)
    if (this.paths[path]![at] === '**') states.add(path * STRIDE + at + 1)
  }
}
