import { OPERATIONS, SUBJECT_ID_TYPES, VISIBILITY_REASONS } from '@trembita/protocol/accessevent'
import { parseSelector, SelectorError, type Selector } from './selector.ts'
import {
  CAPTURE_POLICIES, NOTIFY_CLASSES, SUBJECT_ROLES, type AccessRule, type MonitoringSettings, type PersonalDataInput, type PersonalDataSettings, type RuleInput, type SubjectRule
} from './settings.ts'

export const MASS_THRESHOLD_DEFAULT = 100
const RETAIN_DAYS_DEFAULT = 1095
export const RULES_MAX = 200
const SUBJECTS_MAX = 64
const REVIEW_DAYS_MAX = 365
const IRI = /^https?:\/\/[^\s<>"{}|\\^`]{1,500}$/
const CODE = /^[!-~]{1,200}$/

/** What is wrong with settings, by the place in them. They were not taken over. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: Readonly<Record<string, string>>

  constructor (problems: Readonly<Record<string, string>>) {
    super(Object.entries(problems).map(([place, problem]) => `${place}: ${problem}`).join('; '))
    this.problems = problems
  }
}

class Problems {
  readonly found: Record<string, string> = {}

  check (holds: boolean, place: string, problem: string): void {
    if (!holds) this.found[place] ??= problem
  }

  end (): void {
    if (Object.keys(this.found).length > 0) throw new SettingsError(this.found)
  }
}

/**
 * Fills settings up with what is left out, and holds them to what can be done: a selector that cannot be read, or that could find
 * nothing where it looks, would leave accesses out without a word.
 *
 * @param kind of the service: a SOAP service has no paths.
 * @throws {SettingsError} with all that is wrong.
 */
export function checkSettings (input: PersonalDataInput, kind: 'REST' | 'SOAP'): PersonalDataSettings {
  const problems = new Problems()
  const settings: PersonalDataSettings = {
    ...input,
    policy: input.policy ?? 'strict',
    purposes: input.purposes ?? [],
    visibility: input.visibility ?? [],
    notify: input.notify ?? 'digest',
    massThreshold: input.massThreshold ?? MASS_THRESHOLD_DEFAULT,
    retainDays: input.retainDays ?? RETAIN_DAYS_DEFAULT,
    rules: input.rules?.map(filledRule)
  }
  problems.check(CAPTURE_POLICIES.includes(settings.policy), 'policy', `expected one of ${CAPTURE_POLICIES.join(', ')}`)
  problems.check(NOTIFY_CLASSES.includes(settings.notify), 'notify', `expected one of ${NOTIFY_CLASSES.join(', ')}`)
  problems.check(isCount(settings.massThreshold), 'massThreshold', 'expected a number from 1')
  problems.check(isCount(settings.retainDays) && settings.retainDays <= 36_500, 'retainDays', 'expected a number of days from 1 to 36500')
  if (settings.registry !== undefined) problems.check(CODE.test(settings.registry.code), 'registry.code', 'expected visible ASCII characters')
  settings.purposes.forEach(({ declarationId, dpv }, i) => {
    problems.check(CODE.test(declarationId), `purposes/${i}/declarationId`, 'expected visible ASCII characters')
    problems.check(dpv === undefined || IRI.test(dpv), `purposes/${i}/dpv`, 'expected an IRI')
  })
  settings.visibility.forEach(({ reason, reviewDays, recipients }, i) => {
    problems.check(VISIBILITY_REASONS.includes(reason), `visibility/${i}/reason`, `expected one of ${VISIBILITY_REASONS.join(', ')}`)
    problems.check(isCount(reviewDays) && reviewDays <= REVIEW_DAYS_MAX, `visibility/${i}/reviewDays`, `expected a number of days from 1 to ${REVIEW_DAYS_MAX}`)
    problems.check(recipients.length > 0 && recipients.every((one) => /^[^/]+\/[^/]+(\/[^/]+)?$/.test(one)), `visibility/${i}/recipients`, 'expected CLASS/CODE or CLASS/CODE/SUBSYSTEM of those whose accesses are shown later')
  })
  const rules = settings.rules ?? []
  problems.check(rules.length <= RULES_MAX, 'rules', `more than ${RULES_MAX}`)
  rules.forEach((rule, i) => { checkRule(rule, `rules/${i}`, kind, problems) })
  for (const [i, { id }] of rules.entries()) problems.check(!rules.slice(0, i).some((other) => other.id === id), `rules/${i}/id`, 'stands there twice')
  problems.end()
  return settings
}

function filledRule (rule: RuleInput): AccessRule {
  return {
    ...rule,
    match: { method: rule.match?.method ?? '*', path: rule.match?.path ?? '**' },
    subjects: (rule.subjects ?? []).map((subject): SubjectRule => ({
      ...subject,
      phase: /^(header|query|path):/.test(subject.select) ? 'request' : subject.phase ?? 'response',
      role: subject.role ?? 'main',
      transform: subject.transform ?? []
    })),
    operation: rule.operation ?? 'consult',
    categories: rule.categories ?? [],
    special: rule.special ?? false,
    onNoSubject: rule.onNoSubject ?? 'unknown-subject'
  }
}

function checkRule (rule: AccessRule, place: string, kind: 'REST' | 'SOAP', problems: Problems): void {
  const { match, subjects, onNoSubject } = rule
  problems.check(CODE.test(rule.id) && rule.id.length <= 100, `${place}/id`, 'expected at most 100 visible ASCII characters')
  problems.check(OPERATIONS.includes(rule.operation), `${place}/operation`, `expected one of ${OPERATIONS.join(', ')}`)
  problems.check(rule.notify === undefined || NOTIFY_CLASSES.includes(rule.notify), `${place}/notify`, `expected one of ${NOTIFY_CLASSES.join(', ')}`)
  problems.check(rule.massThreshold === undefined || isCount(rule.massThreshold), `${place}/massThreshold`, 'expected a number from 1')
  problems.check(rule.categories.length <= 50 && rule.categories.every((code) => CODE.test(code)), `${place}/categories`, 'expected at most 50 codes')
  problems.check(kind === 'REST' || (match.method === '*' && match.path === '**'), `${place}/match`, 'a SOAP service has neither methods nor paths')
  problems.check(match.path === '**' || match.path.startsWith('/'), `${place}/match/path`, 'expected ** or a path that begins with /')
  problems.check(onNoSubject === 'unknown-subject' || onNoSubject.ignore.trim().length >= 10, `${place}/onNoSubject`, 'to ignore exchanges that name nobody needs a justification')
  problems.check(subjects.length <= SUBJECTS_MAX, `${place}/subjects`, `more than ${SUBJECTS_MAX}`)
  problems.check(subjects.length > 0 || onNoSubject !== 'unknown-subject', `${place}/subjects`, 'a rule that names nobody would only make events without a person')
  subjects.forEach((subject, j) => { checkSubject(subject, rule, `${place}/subjects/${j}`, kind, problems) })
}

function checkSubject ({ select, type, role, transform }: SubjectRule, { match }: AccessRule, place: string, kind: 'REST' | 'SOAP', problems: Problems): void {
  let selector: Selector | undefined
  try {
    selector = parseSelector(select)
  } catch (thrown) {
    if (!(thrown instanceof SelectorError)) throw thrown
    problems.check(false, `${place}/select`, thrown.message)
  }
  if (kind === 'SOAP') problems.check(selector === undefined || selector.kind === 'xml', `${place}/select`, 'a SOAP service has XML bodies alone')
  if (selector?.kind === 'path') problems.check(match.path.includes(`{${selector.name}}`), `${place}/select`, 'the path of the rule has no such parameter')
  problems.check(SUBJECT_ID_TYPES.includes(type), `${place}/type`, `expected one of ${SUBJECT_ID_TYPES.join(', ')}`)
  problems.check(SUBJECT_ROLES.includes(role), `${place}/role`, `expected one of ${SUBJECT_ROLES.join(', ')}`)
  problems.check(transform.every((one) => /^(digits|upper|(first|last):[1-9]\d{0,2})$/.test(one)), `${place}/transform`, 'expected digits, upper, first:N or last:N')
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1

/** @throws {SettingsError} */
export function checkMonitoring (settings: MonitoringSettings): MonitoringSettings {
  const problems = new Problems()
  problems.check(/^[A-Za-z0-9_.-]{1,100}$/.test(settings.component), 'component', 'expected letters, digits, _, . and -')
  problems.check(/^[^/]+(\/[^/]+){2}$/.test(settings.client), 'client', 'expected CLASS/CODE/SUBSYSTEM')
  for (const name of ['service', 'keyService'] as const) problems.check(/^[^/]+(\/[^/]+){3}$/.test(settings[name]), name, 'expected CLASS/CODE/SUBSYSTEM/SERVICE')
  problems.check(CODE.test(settings.domain), 'domain', 'expected the code of a register')
  problems.end()
  return settings
}
