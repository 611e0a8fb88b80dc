import { askByRest, Refusal, type Gateway } from '@trembita/example-consumer'
import { isRnokpp, type Outcome } from '@trembita/example-information-system'
import type { FormBody } from '@trembita/web'

export interface CheckDeps {
  readonly gateway: Gateway
  readonly service: string
  readonly purpose: string
}

export interface Question {
  readonly rnokpp: string
  readonly familyName: string
  readonly givenName: string
  /** Number of the loan application: the ground of this very question. */
  readonly application: string
}

export type FieldError = 'missing' | 'rnokpp' | 'application' | 'long'

/** What is wrong with a form, and what was typed: the number is not shown again. */
export interface WrongQuestion {
  readonly errors: Readonly<Partial<Record<keyof Question, FieldError>>>
  readonly values: Readonly<Partial<Question>>
}

/** Who answered, and what. */
export type CheckResult =
  | { readonly kind: 'answer', readonly exchangeId: string, readonly outcome: Outcome, readonly register: string, readonly asOf: string }
  | { readonly kind: 'refused', readonly exchangeId: string, readonly by: 'gateway' | 'register', readonly code: string }
  | { readonly kind: 'outage', readonly exchangeId: string }

const TEXT_MAX = 200
/** Travels in a header of HTTP, which has room for these letters alone. */
const APPLICATION = /^[A-Za-z0-9/-]{1,64}$/
const TIMEOUT_MS = 10_000
/** The register, a gateway or the way between them does not work now. */
const OUTAGES = /source-unavailable|ServiceFailed|NetworkError|Timeout|ServiceDisabled|InternalError|OutdatedGlobalConf/

export function readQuestion (form: FormBody): Question | WrongQuestion {
  const values = { rnokpp: form.text('rnokpp'), familyName: form.text('familyName'), givenName: form.text('givenName'), application: form.text('application') }
  const errors: Partial<Record<keyof Question, FieldError>> = {}
  for (const name of ['rnokpp', 'familyName', 'givenName', 'application'] as const) {
    if (values[name] === '') errors[name] = 'missing'
    else if (values[name].length > TEXT_MAX) errors[name] = 'long'
  }
  if (errors.application === undefined && !APPLICATION.test(values.application)) errors.application = 'application'
  if (errors.rnokpp === undefined && !isRnokpp(values.rnokpp)) errors.rnokpp = 'rnokpp'
  return Object.keys(errors).length === 0 ? values : { errors, values: { familyName: values.familyName, givenName: values.givenName, application: values.application } }
}

/** Asks the register through the bureau's gateway. An outage is told apart from an answer that nothing is known. */
export async function checkPerson ({ gateway, service, purpose }: CheckDeps, { rnokpp, familyName, givenName, application }: Question): Promise<CheckResult> {
  const exchangeId = `bureau-${crypto.randomUUID()}`
  try {
    const { answer, source } = await askByRest({ ...gateway, timeoutMs: TIMEOUT_MS }, { service, path: '/', body: { rnokpp, familyName, givenName } }, { id: exchangeId, userId: 'loan-officer-3', issue: application, purpose })
    return { kind: 'answer', exchangeId, outcome: answer.outcome, register: source.register, asOf: source.asOf }
  } catch (error) {
    if (!(error instanceof Refusal)) return { kind: 'outage', exchangeId }
    return OUTAGES.test(error.code) ? { kind: 'outage', exchangeId } : { kind: 'refused', exchangeId, by: error.by, code: error.code }
  }
}
