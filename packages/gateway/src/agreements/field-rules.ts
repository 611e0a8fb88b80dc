import { parseElementPath, parseJsonPointer, type AgreedOperation } from '@trembita/protocol/agreement'

/** What is permitted at and below one place of a JSON answer. */
export interface MemberRule {
  /** Permitted with all that is below. */
  whole: boolean
  readonly members: Map<string, MemberRule>
  any: MemberRule | undefined
}

/** What is permitted at and below one element of an XML answer. */
export interface ElementRule {
  whole: boolean
  /** By `{namespace}local`. */
  readonly elements: Map<string, ElementRule>
  any: ElementRule | undefined
  /** `{namespace}local` of the attributes. */
  readonly attributes: Set<string>
}

/** What operations of agreements permit, ready to be asked. Several rules stand side by side: what one permits is permitted. */
export interface FieldRules {
  readonly media: ReadonlySet<string>
  readonly json: readonly MemberRule[]
  readonly xml: readonly ElementRule[]
}

const compiled = new WeakMap<AgreedOperation, FieldRules>()

/** Operations live as long as the configuration that brought them, and so do their rules. */
export function rulesOf (operations: readonly AgreedOperation[]): FieldRules {
  const all = operations.map((operation) => {
    let rules = compiled.get(operation)
    if (rules === undefined) compiled.set(operation, rules = compile(operation))
    return rules
  })
  return { media: new Set(all.flatMap(({ media }) => [...media])), json: all.flatMap(({ json }) => json), xml: all.flatMap(({ xml }) => xml) }
}

function compile ({ media, json, xml }: AgreedOperation): FieldRules {
  return { media: new Set(media), json: [memberRule(json)], xml: [elementRule(xml)] }
}

const newMemberRule = (): MemberRule => ({ whole: false, members: new Map(), any: undefined })
const newElementRule = (): ElementRule => ({ whole: false, elements: new Map(), any: undefined, attributes: new Set() })

/** @param pointers RFC 6901, `*` for any member or element. */
export function memberRule (pointers: readonly string[]): MemberRule {
  const root = newMemberRule()
  for (const pointer of pointers) {
    let rule = root
    for (const token of parseJsonPointer(pointer)) rule = token === '*' ? rule.any ??= newMemberRule() : below(rule.members, token, newMemberRule)
    rule.whole = true
  }
  return root
}

/** @param paths of elements and attributes; the first step is the root element, or in SOAP an element of Body or Header. */
export function elementRule (paths: readonly string[]): ElementRule {
  const root = newElementRule()
  for (const path of paths) {
    let rule = root
    const steps = parseElementPath(path)
    for (const step of steps) {
      if (step.kind === 'any') rule = rule.any ??= newElementRule()
      else if (step.kind === 'element') rule = below(rule.elements, nameOf(step), newElementRule)
      else rule.attributes.add(nameOf(step))
    }
    if (steps.at(-1)!.kind !== 'attribute') rule.whole = true
  }
  return root
}

function below<Rule> (rules: Map<string, Rule>, name: string, make: () => Rule): Rule {
  let rule = rules.get(name)
  if (rule === undefined) rules.set(name, rule = make())
  return rule
}

/** How rules spell the name of an element or attribute. */
export function nameOf ({ ns, local }: { readonly ns: string, readonly local: string }): string {
  return `{${ns}}${local}`
}
