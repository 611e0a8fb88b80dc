/** What a sample must bring about. */
export const OUTCOMES = ['data', 'noData', 'partial', 'discrepancy', 'badRequest'] as const
export type Outcome = typeof OUTCOMES[number]

/** One request of a verification, of synthetic values only. */
export interface Sample {
  readonly name: string
  readonly expect: Outcome
  /** Path, query and header parameters by name. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** JSON body. */
  readonly body?: unknown
  /** Body element of a SOAP request, with its namespaces. */
  readonly xml?: string | undefined
}

export interface OperationProfile {
  /** `GET /subjects/{code}`, or the code of a SOAP service. */
  readonly operation: string
  /** Changes nothing at the provider. Unless told, GET and HEAD are, and nothing else. */
  readonly safe?: boolean | undefined
  readonly samples: readonly Sample[]
  /** Must not be called by a verification, and why. */
  readonly forbidden?: string | undefined
}

/** How the services of a version may be tried: goes with the application, and may stand in the description as `x-samples`. */
export interface Profile {
  readonly operations: readonly OperationProfile[]
}

export const EMPTY_PROFILE: Profile = { operations: [] }
const SAMPLES_MAX = 50

/** Reads a profile. @throws {TypeError} that says where it is wrong. */
export function toProfile (value: unknown): Profile {
  const operations = arrayAt((value as { operations?: unknown } | null)?.operations ?? [], '/operations')
  return { operations: operations.map((operation, index) => toOperation(operation, `/operations/${index}`)) }
}

function toOperation (value: unknown, place: string): OperationProfile {
  const { operation, safe, samples = [], forbidden } = objectAt(value, place)
  if (typeof operation !== 'string' || operation === '') throw new TypeError(`${place}/operation: expected a text`)
  if (safe !== undefined && typeof safe !== 'boolean') throw new TypeError(`${place}/safe: expected true or false`)
  if (forbidden !== undefined && typeof forbidden !== 'string') throw new TypeError(`${place}/forbidden: expected a text`)
  return { operation, safe, forbidden, samples: toSamples(samples, `${place}/samples`) }
}

/** @throws {TypeError} */
export function toSamples (value: unknown, place: string): Sample[] {
  const samples = arrayAt(value, place)
  if (samples.length > SAMPLES_MAX) throw new TypeError(`${place}: more than ${SAMPLES_MAX}`)
  return samples.map((sample, index) => {
    const { name = `${index + 1}`, expect = 'data', parameters, headers, body, xml } = objectAt(sample, `${place}/${index}`)
    const outcome = OUTCOMES.find((one) => one === expect)
    if (outcome === undefined) throw new TypeError(`${place}/${index}/expect: expected one of ${OUTCOMES.join(', ')}`)
    if (xml !== undefined && typeof xml !== 'string') throw new TypeError(`${place}/${index}/xml: expected a text`)
    return {
      name: String(name),
      expect: outcome,
      parameters: parameters === undefined ? undefined : objectAt(parameters, `${place}/${index}/parameters`) as Record<string, string>,
      headers: headers === undefined ? undefined : Object.fromEntries(Object.entries(objectAt(headers, `${place}/${index}/headers`)).map(([key, text]) => [key, String(text)])),
      body,
      xml
    }
  })
}

function arrayAt (value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${place}: expected a list`)
  return value
}

function objectAt (value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${place}: expected an object`)
  return value as Record<string, unknown>
}
