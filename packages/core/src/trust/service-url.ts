import { Refusal } from '../refusal.ts'

/** The address of a service as it is published. @throws {Refusal} `invalid_url` */
export function serviceUrl (text: string, field: string): string {
  const url = URL.parse(text.trim())
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '' || url.hash !== '') {
    const problem = 'expected an http:// or https:// address'
    throw new Refusal('invalid', 'invalid_url', `${field}: ${problem}`, { fields: { [field]: problem } })
  }
  return url.href
}
