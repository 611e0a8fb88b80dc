import { statusBadge, texts, type Html, type Lang, type StatusKind } from '@trembita/web'
import type { Bilingual, HealthState, OrganisationStatus, ResourceStatus, VersionState } from '../entry/index.ts'
import type { RunState, Verdict } from '../verification/index.ts'

type Named<K extends string> = Readonly<Record<K, readonly [kind: StatusKind, uk: string, en: string]>>

function badge<K extends string> (names: Named<K>, key: K, lang: Lang): Html {
  const [kind, uk, en] = names[key]
  return statusBadge(kind, lang === 'uk' ? uk : en)
}

function nameIn<K extends string> (names: Named<K>, key: K, lang: Lang): string {
  const [, uk, en] = names[key]
  return lang === 'uk' ? uk : en
}

const VERSION: Named<VersionState> = {
  draft: ['idle', 'чернетка', 'draft'],
  verifying: ['wait', 'перевіряється', 'being verified'],
  verified: ['ok', 'перевірено', 'verified'],
  verificationFailed: ['bad', 'перевірку не пройдено', 'verification failed'],
  awaitingApproval: ['wait', 'очікує погодження', 'awaiting approval'],
  rejected: ['bad', 'відхилено', 'rejected'],
  published: ['ok', 'опубліковано', 'published'],
  drifted: ['warn', 'розходиться з описом', 'drifted'],
  suspended: ['bad', 'зупинено', 'suspended'],
  deprecated: ['warn', 'застаріла', 'deprecated'],
  withdrawn: ['idle', 'вилучено', 'withdrawn'],
  archived: ['idle', 'в архіві', 'archived']
}
const HEALTH: Named<HealthState> = {
  up: ['ok', 'працює', 'up'],
  degraded: ['warn', 'працює з перебоями', 'degraded'],
  down: ['bad', 'не працює', 'down'],
  unknown: ['idle', 'невідомо', 'unknown'],
  maintenance: ['info', 'роботи', 'maintenance'],
  suspended: ['bad', 'доступ зупинено', 'suspended']
}
const RESOURCE: Named<ResourceStatus> = {
  planned: ['idle', 'заплановано', 'planned'],
  establishing: ['wait', 'створюється', 'being established'],
  inUse: ['ok', 'у роботі', 'in use'],
  closing: ['warn', 'закривається', 'being closed'],
  closed: ['idle', 'закрито', 'closed']
}
const ORGANISATION: Named<OrganisationStatus> = {
  active: ['ok', 'учасник', 'participant'],
  suspended: ['bad', 'доступ зупинено', 'access suspended'],
  left: ['idle', 'більше не учасник', 'no longer a participant']
}
const RUN: Named<RunState> = {
  running: ['wait', 'триває', 'running'],
  passed: ['ok', 'пройдено', 'passed'],
  remarks: ['warn', 'пройдено із зауваженнями', 'passed with remarks'],
  failed: ['bad', 'не пройдено', 'failed'],
  cancelled: ['idle', 'скасовано', 'cancelled'],
  interrupted: ['idle', 'перервано', 'interrupted']
}
const VERDICT: Named<Verdict> = {
  pass: ['ok', 'гаразд', 'pass'],
  warn: ['warn', 'зауваження', 'warning'],
  fail: ['bad', 'не пройдено', 'fail'],
  notApplicable: ['idle', 'не стосується', 'not applicable']
}

export const versionBadge = (state: VersionState, lang: Lang): Html => badge(VERSION, state, lang)
export const versionState = (state: VersionState, lang: Lang): string => nameIn(VERSION, state, lang)
export const healthBadge = (state: HealthState, lang: Lang): Html => badge(HEALTH, state, lang)
export const resourceBadge = (state: ResourceStatus, lang: Lang): Html => badge(RESOURCE, state, lang)
export const organisationBadge = (state: OrganisationStatus, lang: Lang): Html => badge(ORGANISATION, state, lang)
export const runBadge = (state: RunState, lang: Lang): Html => badge(RUN, state, lang)
export const verdictBadge = (verdict: Verdict, lang: Lang): Html => badge(VERDICT, verdict, lang)

/** In the language of the page; Ukrainian where there is no other. */
export function say (text: Bilingual, lang: Lang): string {
  return lang === 'en' ? text.en ?? text.uk : text.uk
}

/** Grounds of a suspension, as item 15 of act 606 has them. */
export const groundWordsOf = texts({
  uk: {
    law: 'порушення закону', protection: 'порушення захисту інформації', personalData: 'порушення захисту персональних даних', interactionOrder: 'порушення порядку взаємодії', reglament: 'порушення регламенту'
  },
  en: {
    law: 'violation of the law', protection: 'violation of information protection', personalData: 'violation of personal data protection', interactionOrder: 'violation of the order of interaction', reglament: 'violation of the reglament'
  }
})

/** Path of an entry's page: identifiers keep their slashes. */
export function pathOf (id: string): string {
  return id.split('/').map(encodeURIComponent).join('/')
}
