import type { ApiOperation, ApiParameter, Profile, Sample } from '../description/index.ts'
import type { RestCall } from '../exchange/index.ts'

export interface PlannedSample {
  readonly operation: ApiOperation
  readonly sample: Sample
}

/** Which requests try an operation: those of the application, else those of the description, else one made of its examples. */
export function samplesOf (operation: ApiOperation, profile: Profile): { readonly samples: readonly Sample[], readonly forbidden?: string | undefined, readonly safe: boolean } {
  const own = profile.operations.find((one) => one.operation === operation.key || one.operation === operation.operationId)
  const safe = own?.safe ?? operation.safe
  if (own?.forbidden !== undefined) return { samples: [], forbidden: own.forbidden, safe }
  if (own !== undefined && own.samples.length > 0) return { samples: own.samples, safe }
  if (operation.samples.length > 0) return { samples: operation.samples, safe }
  const made = safe ? fromExamples(operation) : undefined
  return { samples: made === undefined ? [] : [made], safe }
}

function fromExamples (operation: ApiOperation): Sample | undefined {
  const parameters: Record<string, string> = {}
  for (const { name, required, example } of operation.parameters) {
    if (example !== undefined) parameters[name] = String(example)
    else if (required) return undefined
  }
  const json = operation.body?.content.find(({ mediaType }) => mediaType.includes('json'))
  if (operation.body?.required === true && json?.examples[0] === undefined) return undefined
  return { name: 'examples', expect: 'data', parameters, body: json?.examples[0]?.value }
}

/** The request of a sample. @throws {TypeError} when a path parameter has no value. */
export function restCallOf (service: RestCall['service'], operation: ApiOperation, sample: Sample): RestCall {
  const values = sample.parameters ?? {}
  const path = operation.path.replace(/\{\+?([^{}]+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new TypeError(`parameter ${name} has no value`)
    return encodeURIComponent(String(value))
  })
  const query = new URLSearchParams()
  const headers: Record<string, string> = { accept: acceptOf(operation), ...sample.headers }
  for (const parameter of operation.parameters) {
    const value = values[parameter.name]
    if (value === undefined) continue
    if (parameter.in === 'query') query.set(parameter.name, String(value))
    else if (parameter.in === 'header') headers[parameter.name.toLowerCase()] = String(value)
  }
  const body = sample.body === undefined ? undefined : Buffer.from(JSON.stringify(sample.body))
  if (body !== undefined) headers['content-type'] ??= operation.body?.content.find(({ mediaType }) => mediaType.includes('json'))?.mediaType ?? 'application/json'
  return { service, method: operation.method, path: `${path}${query.size === 0 ? '' : `?${query.toString()}`}`, headers, body }
}

function acceptOf (operation: ApiOperation): string {
  const types = [...new Set(operation.responses.flatMap(({ content }) => content.map(({ mediaType }) => mediaType)))]
  return types.length === 0 ? '*/*' : types.join(', ')
}

/** Parameters that a request may be wrong in. */
export function variableParameters (operation: ApiOperation): readonly ApiParameter[] {
  return operation.parameters.filter((parameter) => parameter.in === 'path' || parameter.in === 'query')
}
