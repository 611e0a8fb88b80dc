import { randomInt } from 'node:crypto'

/** A clock on a wall: `HH:MM`. */
export type WallTime = string

export interface EmailAddress {
  readonly address: string
  /** By the identity provider or by the code that was sent there. Nothing else is sent to an address before. */
  readonly confirmed: boolean
  readonly code?: string | undefined
  /** RFC 3339; the code is good until then. */
  readonly codeUntil?: string | undefined
  readonly codeTries?: number | undefined
}

/** No notice about these; the accesses stay in the list. */
export interface Mute {
  readonly recipientCode: string
  readonly recipientName: string
  readonly purposeId: string
  readonly purposeText: string
}

/** How a person wants to be told. Sealed in the store as a whole. */
export interface NoticeSettings {
  readonly lang: 'uk' | 'en'
  /** IANA time zone. */
  readonly zone: string
  readonly email?: EmailAddress | undefined
  /** `always`: each immediate notice by e-mail too; `otherwise`: when no push was accepted. */
  readonly emailUse: 'always' | 'otherwise'
  /** Subject at the identity provider, when the person wants notices in the Diia app as well. */
  readonly appSubject?: string | undefined
  readonly quietFrom: WallTime
  readonly quietTo: WallTime
  /** Immediate notices do not wait for the end of the quiet hours. */
  readonly nightNotices: boolean
  readonly digestAt: WallTime
  /** Tell each open access at once. */
  readonly each: boolean
  /** Lock screens show no name of a body. */
  readonly hideBodyName: boolean
  /** Stands in each e-mail, so that the person knows it from a forged one. */
  readonly phrase: string
  readonly muted: readonly Mute[]
}

const WORDS = {
  uk: ['калина', 'ластівка', 'смерека', 'джерело', 'вишиванка', 'світанок', 'полонина', 'волошка'],
  en: ['guelder', 'swallow', 'spruce', 'spring', 'orchard', 'daybreak', 'meadow', 'cornflower']
} as const

export function defaultSettings (lang: 'uk' | 'en' = 'uk'): NoticeSettings {
  const words = WORDS[lang]
  return {
    lang,
    zone: 'Europe/Kyiv',
    emailUse: 'otherwise',
    quietFrom: '22:00',
    quietTo: '08:00',
    nightNotices: false,
    digestAt: '09:00',
    each: false,
    hideBodyName: false,
    phrase: `${words[randomInt(words.length)]!}-${randomInt(10, 100)}`,
    muted: []
  }
}

export function isWallTime (text: string): text is WallTime {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text)
}

/** An address that mail can be sent to; display names, comments and lists are not taken. */
export function isEmailAddress (text: string): boolean {
  return text.length <= 254 && /^[^\s"<>(),:;@[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)
}

export function isZone (text: string): boolean {
  return zones.has(text)
}

const zones = new Set(Intl.supportedValuesOf('timeZone')).add('Europe/Kyiv').add('UTC')
