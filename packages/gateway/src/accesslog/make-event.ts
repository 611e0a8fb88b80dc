import { randomBytes } from 'node:crypto'
import { EVENT_SCHEMA, epochOf, type AccessEvent, type AccessOutcome, type Multilingual, type Visibility } from '@trembita/protocol/accessevent'
import { formatClientId, formatServiceId, memberOf, providerOf, type ClientId } from '@trembita/protocol/identifiers'
import { restPathForMatching } from '@trembita/protocol/message'
import { agreementsBehind, requestPurposes } from '../agreements/index.ts'
import type { ReceivedRequest } from '../exchange/index.ts'
import type { Snapshot } from '../globalconf/index.ts'
import type { CompiledRule, CompiledSettings } from './compile.ts'
import type { Persons } from './find-persons.ts'
import type { AccessLogKeys } from './keys.ts'
import { codeOf, idText, isPersonal, namesOneOf, words } from './sent-texts.ts'
import type { LegalBasis, PersonalDataSettings } from './settings.ts'

/**
 * An event as this gateway keeps it (layer L0): what is reported, still without number and index (and with an empty register, where the
 * service names none), and what never leaves.
 */
export interface KeptEvent {
  readonly event: Omit<AccessEvent, 'source' | 'subject'> & {
    readonly source: Omit<AccessEvent['source'], 'seq' | 'component'>
    /** Absent where nobody is named, and in a mass event. */
    readonly subject?: Omit<NonNullable<AccessEvent['subject']>, 'index'> | undefined
  }
  /** Normalised identifier; absent where nobody is named, and in a mass event. */
  readonly person?: string | undefined
  /** Everybody in a mass event. */
  readonly persons?: readonly string[] | undefined
  /** Who looked, as the requester named them. */
  readonly officer?: string | undefined
}

/** What an exchange was, apart from whom it concerns. */
export interface Occasion {
  readonly request: ReceivedRequest
  readonly snapshot: Snapshot
  readonly compiled: CompiledSettings
  readonly rule: CompiledRule
  readonly outcome: AccessOutcome
  readonly at: Date
  readonly keys: AccessLogKeys
}

const DAY_MS = 86_400_000
const NOT_STATED: Multilingual = { uk: 'Мету не зазначено', en: 'Purpose not stated' }
const NO_BASIS = 'Правову підставу не зазначено'

/**
 * Makes the events of an exchange: one a person, or one for all when they are many, or one without a person when nobody was found.
 *
 * @param found by the rule; nobody: the rule says what that is, unless a message could not be looked through.
 */
export function makeEvents (occasion: Occasion, { all: persons, unread }: Pick<Persons, 'all' | 'unread'>): KeptEvent[] {
  const { compiled: { settings }, rule: { rule } } = occasion
  const common = commonOf(occasion, persons.map(({ id }) => id))
  const keyEpoch = epochOf(common.event.occurredAt)
  const eventOf = (more: Partial<KeptEvent['event']>): KeptEvent['event'] => ({ ...common.event, eventId: uuid7(occasion.at), ...more })
  if (persons.length === 0) {
    return rule.onNoSubject === 'unknown-subject' || unread !== undefined ? [{ ...common, event: eventOf({}) }] : []
  }
  if (persons.length > (rule.massThreshold ?? settings.massThreshold)) {
    const mass = { flag: true, batchId: uuid7(occasion.at), subjectCount: persons.length } as const
    return [{ ...common, event: eventOf({ mass }), persons: persons.map(({ id }) => id).sort() }]
  }
  return persons.map(({ type, id, role, inAnswer }) => ({
    ...common,
    event: eventOf({ subject: { idType: type, keyEpoch, role }, ...occasion.outcome === 'ok' && inAnswer > 0 ? { itemCount: inAnswer } : {} }),
    person: id
  }))
}

/** @param persons normalised identifiers: what the requester wrote of them stays here. */
function commonOf ({ request, snapshot, compiled, rule: { rule }, outcome, at, keys }: Occasion, persons: readonly string[]): Omit<KeptEvent, 'event'> & { readonly event: Omit<KeptEvent['event'], 'subject' | 'eventId'> } {
  const { settings, version } = compiled
  const fields = request.message.kind === 'rest' ? request.message.rest : request.message.soap
  const officer = fields.userId?.trim() === '' ? undefined : fields.userId
  const provider = providerOf(request.service)
  const sentCode = (text: string | undefined): string | undefined => {
    const code = codeOf(text)
    return code === undefined || namesOneOf(persons, code) ? undefined : code
  }
  const purposes = requestPurposes(request).filter((sent) => !namesOneOf(persons, sent))
  const { purpose, ground, agreed } = purposeOf(request, purposes, snapshot, settings, rule.purpose, at)
  const instant = at.toISOString()
  const represented = sentCode(fields.representedParty?.partyCode)
  const caseRef = sentCode(fields.issue)
  const requestId = sentCode(request.requestId)
  return {
    officer,
    event: {
      schema: EVENT_SCHEMA,
      source: { capture: 'filter', ruleId: rule.id, ruleVersion: version },
      occurredAt: instant,
      recordedAt: instant,
      exchange: {
        protocol: protocolOf(request),
        messageId: sentCode(request.queryId) ?? requestId ?? uuid7(at),
        ...requestId === undefined ? {} : { requestId },
        requestHash: request.requestHash,
        service: idText(formatServiceId(request.service)),
        direction: 'out'
      },
      holder: { code: idText(provider.memberCode), name: { uk: words(snapshot.memberName(memberOf(provider)) ?? provider.memberCode) }, registry: settings.registry?.code ?? '' },
      recipient: { code: idText(request.client.memberCode), name: { uk: words(snapshot.memberName(memberOf(request.client)) ?? request.client.memberCode) }, system: idText(formatClientId(request.client)) },
      // A sole entrepreneur's code is their personal one.
      ...represented === undefined || isPersonal(represented) ? {} : { onBehalfOf: { code: represented } },
      actor: officer === undefined ? { kind: 'system' } : { kind: 'person', handle: keys.officerHandle(memberOf(request.client), officer) },
      operation: rule.operation,
      outcome,
      data: { categories: rule.categories, special: rule.special },
      purpose,
      legalBasis: rule.legalBasis ?? (ground === undefined ? settings.legalBasis : { citation: words(ground) }) ?? { citation: words(agreed ?? NO_BASIS) },
      ...caseRef === undefined ? {} : { caseRef },
      visibility: visibilityOf(settings, request.client, at),
      notifyClass: rule.notify ?? (rule.special || rule.operation === 'modify' || rule.operation === 'erase' ? 'immediate' : settings.notify),
      retainUntil: new Date(at.getTime() + settings.retainDays * DAY_MS).toISOString().slice(0, 10)
    }
  }
}

/**
 * The purpose that a request names, as the settings of the service call it, else the agreement in force, else as it was sent; and its
 * ground. `agreed`: the agreement that lets the client ask.
 */
function purposeOf (request: ReceivedRequest, sent: readonly string[], snapshot: Snapshot, settings: PersonalDataSettings, assumed: string | undefined, at: Date): { readonly purpose: AccessEvent['purpose'], readonly ground?: LegalBasis['citation'] | undefined, readonly agreed: string | undefined } {
  const rest = request.message.kind === 'rest' ? { method: request.message.rest.method, servicePath: restPathOf(request.message.rest.servicePath) } : undefined
  const agreement = agreementsBehind({ client: request.client, service: request.service, rest, purposes: sent, at }, snapshot)[0]
  const code = codeOf(sent[0]) ?? codeOf(assumed) ?? (agreement?.purposes.length === 1 ? agreement.purposes[0] : undefined)
  const agreed = agreement === undefined ? undefined : `угода про інформаційну взаємодію ${agreement.id}, редакція ${agreement.version}`
  if (code === undefined) return { purpose: { declarationId: 'not-stated', text: NOT_STATED }, agreed }
  const known = settings.purposes.find(({ declarationId }) => declarationId === code)
  const told = agreement?.purposeTexts?.find((purpose) => purpose.code === code)
  if (known === undefined && told !== undefined) return { purpose: { declarationId: code, text: textOf(told.name) }, ground: told.ground, agreed }
  if (known === undefined) return { purpose: { declarationId: code, text: textOf(sent.length > 0 ? sent.join(', ') : code) }, agreed }
  return { purpose: { declarationId: code, text: known.text, ...known.dpv === undefined ? {} : { dpv: known.dpv } }, ground: known.ground ?? told?.ground, agreed }
}

/** Descriptions write `українською · English`. */
function textOf (text: string): Multilingual {
  const [uk = '', en, ...more] = text.split(' · ')
  return en === undefined || more.length > 0 ? { uk: words(text) } : { uk: words(uk), en: words(en) }
}

/** A path that leads out of the service is refused elsewhere; here it covers nothing. */
function restPathOf (servicePath: string): string {
  try {
    restPathForMatching(servicePath)
    return servicePath
  } catch {
    return ''
  }
}

function protocolOf ({ message }: ReceivedRequest): AccessEvent['exchange']['protocol'] {
  if (message.kind === 'soap') return 'xroad-soap'
  return message.rest.headers.some(([name]) => name.toLowerCase().startsWith('uxp-')) ? 'uxp-rest' : 'xroad-rest'
}

function visibilityOf ({ visibility }: PersonalDataSettings, client: ClientId, at: Date): Visibility {
  const names = [`${client.memberClass}/${client.memberCode}`, `${client.memberClass}/${client.memberCode}/${client.subsystemCode ?? ''}`]
  const rule = visibility.find(({ recipients }) => recipients.some((one) => names.includes(one)))
  return rule === undefined ? { state: 'open' } : { state: rule.state, reason: rule.reason, until: new Date(at.getTime() + rule.reviewDays * DAY_MS).toISOString() }
}

/** UUID of version 7 (RFC 9562): in the order of time, and unique. */
function uuid7 (at: Date): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
