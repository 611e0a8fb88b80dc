/** A description of a whole register is some hundred KiB; what is larger holds up everybody who reads it. */
export const DESCRIPTION_BYTES_MAX = 2 * 1024 * 1024
/** Deeper nesting is nothing that a person wrote: it exhausts the stack of whoever walks it. */
export const DESCRIPTION_DEPTH_MAX = 60
/** YAML is read some fifty times slower than JSON, and everybody waits meanwhile; larger descriptions are given as JSON. */
export const YAML_BYTES_MAX = 512 * 1024
/** YAML that refers to itself grows without bound when it is unfolded. */
export const ALIASES_MAX = 100
export const OPERATIONS_MAX = 500
/** `$ref` to `$ref` to … */
export const REFERENCES_MAX = 20
/** Of one check of a description or an answer against it: a pattern can make a validator run for years. */
export const CHECK_TIMEOUT_MS = 10_000
