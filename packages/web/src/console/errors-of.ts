import type { FieldErrors } from '../components/index.ts'
import type { ApiProblem } from './api-client.ts'

/** What the API refused, beside the fields it names; in words of the page where there are any. */
export function errorsOf ({ code, message, fields }: ApiProblem, problem: (code: string) => string): FieldErrors {
  const known = problem(code)
  const names = Object.keys(fields)
  return names.length === 0 ? { '': known || message } : Object.fromEntries(names.map((name) => [name, known || fields[name]!]))
}
