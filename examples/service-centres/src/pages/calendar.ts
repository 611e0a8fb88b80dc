import { attributes, formatDate, fromKyivInput, html, texts, type Html, type Lang } from '@trembita/web'
import { kyivClock } from '../centres/index.ts'
import type { Slot } from '../exchange/index.ts'

/** A week as people see it: Monday to Sunday in Kyiv. */
export interface Week {
  /** Days, `YYYY-MM-DD`. */
  readonly days: readonly string[]
  readonly from: Date
  readonly until: Date
}

const DAY_MS = 86_400_000

export const calendarWordsOf = texts({
  uk: {
    week: (from: string, until: string) => `Тиждень ${from} – ${until}`,
    earlier: 'Попередній тиждень',
    later: 'Наступний тиждень',
    taken: 'зайнято',
    noTimes: 'прийому немає',
    free: (n: number) => `вільних місць: ${n}`,
    weekday: (i: number) => ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'нд'][i] ?? ''
  },
  en: {
    week: (from: string, until: string) => `Week ${from} – ${until}`,
    earlier: 'Earlier week',
    later: 'Later week',
    taken: 'taken',
    noTimes: 'no times',
    free: (n: number) => `places left: ${n}`,
    weekday: (i: number) => ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][i] ?? ''
  }
})

/** The week that holds a day; of anything that is no day, this one. Never an earlier one than this. */
export function weekOf (text: string | undefined, now: Date): Week {
  const today = kyivClock(now).day
  const asked = text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : today
  const day = asked < today ? today : asked
  const noon = Date.parse(`${day}T12:00:00Z`)
  const monday = noon - ((new Date(noon).getUTCDay() + 6) % 7) * DAY_MS
  const days = Array.from({ length: 7 }, (_, i) => dayText(monday + i * DAY_MS))
  return { days, from: fromKyivInput(`${days[0]!}T00:00`)!, until: fromKyivInput(`${dayText(monday + 7 * DAY_MS)}T00:00`)! }
}

/** Links to the weeks around, and the name of this one. */
export function weekNav (lang: Lang, week: Week, now: Date, href: (day: string) => string): Html {
  const words = calendarWordsOf(lang)
  const monday = Date.parse(`${week.days[0]!}T12:00:00Z`)
  const isFirst = week.days.includes(kyivClock(now).day)
  return html`<nav class="week-nav" aria-label="${words.week(formatDate(week.days[0]!, lang), formatDate(week.days[6]!, lang))}">${isFirst ? undefined : html`<a class="button button--secondary" href="${href(dayText(monday - 7 * DAY_MS))}">${words.earlier}</a>`}<p>${words.week(formatDate(week.days[0]!, lang), formatDate(week.days[6]!, lang))}</p><a class="button button--secondary" href="${href(dayText(monday + 7 * DAY_MS))}">${words.later}</a></nav>`
}

/** Times of a week to choose one from: a group for each day. Taken ones are shown as taken. */
export function weekTimes (lang: Lang, { days }: Week, slots: readonly Slot[], chosen: string | undefined): Html {
  const words = calendarWordsOf(lang)
  const byDay = new Map<string, { slot: Slot, time: string }[]>()
  for (const slot of slots) {
    const { day, time } = kyivClock(new Date(slot.start))
    byDay.set(day, [...byDay.get(day) ?? [], { slot, time }])
  }
  return html`<div class="week">${days.map((day, i) => {
    const times = byDay.get(day) ?? []
    const name = `${words.weekday(i)} ${formatDate(day, lang)}`
    if (times.length === 0) return html`<div class="week__day week__day--none"><p>${name}</p><p class="hint">${words.noTimes}</p></div>`
    return html`<fieldset class="week__day"><legend>${name}</legend><div ${attributes({ class: 'slots', ...times.some(({ slot }) => slot.free !== 0) ? {} : { role: 'group', 'aria-label': name, tabindex: 0 } })}>${times.map(({ slot, time }) => timeChoice(lang, slot, time, chosen))}</div></fieldset>`
  })}</div>`
}

function timeChoice (lang: Lang, { id, start, end, free = 0 }: Slot, time: string, chosen: string | undefined): Html {
  const words = calendarWordsOf(lang)
  if (free === 0) return html`<span class="slot slot--taken">${time}<span class="sr-only"> ${words.taken}</span></span>`
  return html`<label class="slot"><input type="radio" name="slot" value="${id}|${start}|${end}" required ?checked=${chosen?.startsWith(`${id}|`)}><span>${time}<span class="sr-only">, ${words.free(free)}</span></span></label>`
}

function dayText (at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** When a visit is, as people read it: day, time and length. */
export function timeText (lang: Lang, { start, end }: Slot): string {
  const [from, until] = [kyivClock(new Date(start)), kyivClock(new Date(end))]
  const weekday = calendarWordsOf(lang).weekday((new Date(`${from.day}T12:00:00Z`).getUTCDay() + 6) % 7)
  return `${weekday}, ${formatDate(from.day, lang)}, ${from.time}–${until.time}`
}
