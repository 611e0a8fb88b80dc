/** A field of a description with what it holds: of a JSON Schema and of an XML Schema alike. */
export interface FieldNode {
  readonly name: string
  /** `string`, `array of object`, `edr:Subject`. */
  readonly type: string
  readonly required: boolean
  /** One of several, of which one comes. */
  readonly alternative?: boolean
  /** May come more than once. */
  readonly many: boolean
  readonly about?: string | undefined
  /** Patterns, lengths, permitted values: as text. */
  readonly limits: readonly string[]
  /** Whose it is or what it tells of a person. */
  readonly personal?: string | undefined
  /** IRIs of what the field means. */
  readonly terms: readonly string[]
  readonly children: readonly FieldNode[]
  /** Holds what it stands in; not unfolded again. */
  readonly recursive?: boolean
}

/** Deeper nesting and longer lists are cut: a reference is read by people. */
export const FIELD_DEPTH_MAX = 8
export const FIELDS_MAX = 1500
