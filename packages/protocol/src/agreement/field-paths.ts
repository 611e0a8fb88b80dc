import { malformed } from './malformed.ts'

const PATH_CHARACTERS_MAX = 1024
const STEPS_MAX = 64

/**
 * Takes an RFC 6901 pointer apart.
 *
 * @returns its reference tokens, unescaped; `*` stands for any. None for the whole document.
 * @throws {Fault} `MalformedAgreement`
 */
export function parseJsonPointer (text: string): string[] {
  if (text === '') return []
  if (!text.startsWith('/')) throw malformed('pointer: does not begin with a slash')
  if (text.length > PATH_CHARACTERS_MAX) throw malformed(`pointer: longer than ${PATH_CHARACTERS_MAX} characters`)
  if (/~(?![01])/.test(text)) throw malformed('pointer: ~ stands only in ~0 and ~1')
  const tokens = text.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (tokens.length > STEPS_MAX) throw malformed(`pointer: more than ${STEPS_MAX} tokens`)
  return tokens
}

/** Writes a reference token into a pointer. */
export function escapePointerToken (token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** One step of an element path: an element, any element, or an attribute of the element before. */
export type ElementStep =
  | { readonly kind: 'any' }
  | { readonly kind: 'element' | 'attribute', readonly ns: string, readonly local: string }

/** Enough of an XML name for a path: the reader of the answer decides what is one. */
const STEP = /(?:\*|(@?)(?:\{([^{}\s]+)\})?([\p{L}_][\p{L}\p{N}\p{M}_.-]*))/uy

/**
 * Takes an element path apart: `/{urn:x}person/{urn:x}name`, `/list/entry/@code`; `*` in place of a step is any element.
 *
 * @throws {Fault} `MalformedAgreement`
 */
export function parseElementPath (text: string): ElementStep[] {
  if (text.length > PATH_CHARACTERS_MAX) throw malformed(`element path: longer than ${PATH_CHARACTERS_MAX} characters`)
  const steps: ElementStep[] = []
  for (let at = 0; at < text.length || steps.length === 0; at = STEP.lastIndex) {
    if (text[at] !== '/') throw malformed('element path: a slash is expected before each step')
    STEP.lastIndex = at + 1
    const match = STEP.exec(text)
    if (match === null) throw malformed('element path: step is not understood')
    const [whole, attribute, ns = '', local = ''] = match
    steps.push(whole === '*' ? { kind: 'any' } : { kind: attribute === '@' ? 'attribute' : 'element', ns, local })
  }
  if (steps.length > STEPS_MAX) throw malformed(`element path: more than ${STEPS_MAX} steps`)
  if (steps.slice(0, -1).some(({ kind }) => kind === 'attribute') || steps[0]!.kind === 'attribute') throw malformed('element path: an attribute stands only at its end, after an element')
  return steps
}
