import { countEn, countUk, formatDate, formatDateTime, texts } from '@trembita/web'
import type { ItemContent } from './items.ts'
import type { NoticeSettings } from './settings.ts'

/** Grows with each change of the words, so that the evidence of a notice says which ones were sent. */
export const TEMPLATE_VERSION = 'notice/1'
/** Lines of a digest; the rest is a number. */
const LINES_MAX = 20

/** A notice in words, before a channel gives it its form. */
export interface NoticeText {
  readonly title: string
  /** One line for a lock screen: at most the name of a body; no data, no ground, no case. */
  readonly short: string
  /** Lines for a mail. */
  readonly lines: readonly string[]
}

const wordsOf = texts({
  uk: {
    title: 'Доступ до ваших персональних даних',
    digestTitle: (date: string) => `Доступ до ваших даних за ${date}`,
    liftedTitle: 'Відкладене повідомлення про доступ до ваших даних',
    seen: (body: string, count: number) => count === 1 ? `${body}: новий запис про доступ` : `${body}: ${countUk(count, 'новий запис', 'нові записи', 'нових записів')} про доступ`,
    seenUnnamed: (count: number) => count === 1 ? 'Новий запис про доступ' : `${countUk(count, 'новий запис', 'нові записи', 'нових записів')} про доступ`,
    lifted: (body: string) => `${body}: запис про доступ, який закон дозволяв відкласти`,
    liftedUnnamed: 'Запис про доступ, який закон дозволяв відкласти',
    digest: (count: number, bodies: number) => `${countUk(count, 'запис', 'записи', 'записів')} про доступ, ${countUk(bodies, 'орган або установа', 'органи або установи', 'органів або установ')}`,
    line: (body: string, from: string, to: string, count: number) => count === 1 ? `${body}: ${from}` : `${body}: ${countUk(count, 'раз', 'рази', 'разів')}, ${from} – ${to}`,
    own: (line: string) => `${line} (ваш запит)`,
    more: (count: number) => `і ще ${countUk(count, 'рядок', 'рядки', 'рядків')} у переліку`,
    overflow: (count: number) => `${countUk(count, 'запис', 'записи', 'записів')} того дня перенесено сюди, щоб не турбувати вас частіше.`
  },
  en: {
    title: 'Access to your personal data',
    digestTitle: (date: string) => `Access to your data on ${date}`,
    liftedTitle: 'A delayed notice of access to your data',
    seen: (body: string, count: number) => count === 1 ? `${body}: a new record of access` : `${body}: ${countEn(count, 'new record')} of access`,
    seenUnnamed: (count: number) => count === 1 ? 'A new record of access' : `${countEn(count, 'new record')} of access`,
    lifted: (body: string) => `${body}: a record of access that the law allowed to delay`,
    liftedUnnamed: 'A record of access that the law allowed to delay',
    digest: (count: number, bodies: number) => `${countEn(count, 'record')} of access, ${countEn(bodies, 'body', 'bodies')}`,
    line: (body: string, from: string, to: string, count: number) => count === 1 ? `${body}: ${from}` : `${body}: ${countEn(count, 'time')}, ${from} – ${to}`,
    own: (line: string) => `${line} (your request)`,
    more: (count: number) => `and ${countEn(count, 'more line')} in the list`,
    overflow: (count: number) => `${countEn(count, 'record')} of that day came here, so that you are not disturbed more often.`
  }
})

type Kind = 'immediate' | 'digest' | 'lifted'

/** @param localDate `YYYY-MM-DD`, day of a digest. */
export function noticeText (kind: Kind, items: readonly ItemContent[], settings: Pick<NoticeSettings, 'lang' | 'hideBodyName'>, localDate: string): NoticeText {
  const { lang, hideBodyName } = settings
  const words = wordsOf(lang)
  const groups = groupsOf(items, lang)
  const lines = groups.slice(0, LINES_MAX).map(({ body, own, times }) => {
    const line = words.line(body, formatDateTime(times[0]!, lang), formatDateTime(times.at(-1)!, lang), times.length)
    return own ? words.own(line) : line
  })
  if (groups.length > LINES_MAX) lines.push(words.more(groups.length - LINES_MAX))
  const overflow = items.filter((item) => item.overflow === true).length
  if (overflow > 0) lines.push(words.overflow(overflow))
  const body = groups[0]?.body ?? ''
  if (kind === 'digest') return { title: words.digestTitle(formatDate(localDate, lang)), short: words.digest(items.length, groups.length), lines }
  if (kind === 'lifted') return { title: words.liftedTitle, short: hideBodyName ? words.liftedUnnamed : words.lifted(body), lines }
  return { title: words.title, short: hideBodyName ? words.seenUnnamed(items.length) : words.seen(body, items.length), lines }
}

function groupsOf (items: readonly ItemContent[], lang: 'uk' | 'en'): { readonly body: string, readonly own: boolean, readonly times: string[] }[] {
  const groups = new Map<string, { body: string, own: boolean, times: string[] }>()
  for (const { recipient, ownRequest, occurredAt } of [...items].sort((left, right) => left.occurredAt < right.occurredAt ? -1 : 1)) {
    const key = `${recipient.code} ${ownRequest}`
    const group = groups.get(key) ?? { body: recipient[lang], own: ownRequest, times: [] }
    group.times.push(occurredAt)
    groups.set(key, group)
  }
  return [...groups.values()]
}
