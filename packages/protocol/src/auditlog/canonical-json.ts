/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined }

/**
 * One text for one value: members in the order of their names by UTF-16 code units, no white space, absent members left out.
 *
 * @throws {TypeError} for a number that JSON cannot write.
 * @see RFC 8785 §3.2
 */
export function canonicalJson (value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`
  const members = Object.entries(value as { readonly [name: string]: Json | undefined }).filter(([, member]) => member !== undefined)
  return `{${members.sort(([left], [right]) => left < right ? -1 : 1).map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member!)}`).join(',')}}`
}
