import type { ConfigurationElement } from './configuration-elements.ts'

/** What became of one field: of a list, what was added and removed; of anything else, what it was and is. */
export interface FieldChange {
  readonly name: string
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly added?: readonly string[] | undefined
  readonly removed?: readonly string[] | undefined
}

export interface ElementChange {
  readonly kind: string
  readonly id: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly fields: readonly FieldChange[]
}

type Value = ConfigurationElement['fields'][string]

/** What differs between two states, in the order of the newer one, with what is gone at the end. */
export function compareElements (before: readonly ConfigurationElement[], after: readonly ConfigurationElement[]): ElementChange[] {
  const key = ({ kind, id }: ConfigurationElement): string => `${kind} ${id}`
  const old = new Map(before.map((element) => [key(element), element]))
  const changes: ElementChange[] = []
  for (const element of after) {
    const previous = old.get(key(element))
    old.delete(key(element))
    const fields = fieldChanges(previous?.fields ?? {}, element.fields)
    if (previous === undefined) changes.push({ kind: element.kind, id: element.id, change: 'added', fields })
    else if (fields.length > 0) changes.push({ kind: element.kind, id: element.id, change: 'changed', fields })
  }
  for (const { kind, id, fields } of old.values()) changes.push({ kind, id, change: 'removed', fields: fieldChanges(fields, {}) })
  return changes
}

function fieldChanges (before: ConfigurationElement['fields'], after: ConfigurationElement['fields']): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => fieldChange(name, before[name], after[name]))
}

function fieldChange (name: string, before: Value, after: Value): FieldChange[] {
  if (typeof before === 'object' || typeof after === 'object') {
    const [old, now] = [new Set(listOf(before)), new Set(listOf(after))]
    const [added, removed] = [[...now.difference(old)], [...old.difference(now)]]
    return added.length + removed.length === 0 ? [] : [{ name, added, removed }]
  }
  return before === after ? [] : [{ name, before: textOf(before), after: textOf(after) }]
}

function listOf (value: Value): readonly string[] {
  return typeof value === 'object' ? value : []
}

function textOf (value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}
