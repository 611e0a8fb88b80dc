import type { NoticeSettings, WallTime } from './settings.ts'

/** What a clock and a calendar on the wall show. */
export interface LocalTime {
  /** `YYYY-MM-DD` */
  readonly date: string
  /** Since midnight by the wall clock. */
  readonly minutes: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * The local time of a zone, by its rules at that instant. Hours are compared as they are shown: a time that spring leaves out is
 * reached at the next minute that exists, one that autumn repeats is reached the first time.
 */
export function localTime (at: Date, zone: string): LocalTime {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    formats.set(zone, format)
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return { date: `${part.year}-${part.month}-${part.day}`, minutes: Number(part.hour) * 60 + Number(part.minute) }
}

export function minutesOf (time: WallTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** Whether the person wants quiet now. A span from a time to itself is empty. */
export function isQuiet (at: Date, { zone, quietFrom, quietTo }: Pick<NoticeSettings, 'zone' | 'quietFrom' | 'quietTo'>): boolean {
  const { minutes } = localTime(at, zone)
  const [from, to] = [minutesOf(quietFrom), minutesOf(quietTo)]
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to
}

/** Months from that of `at` on, by UTC as events name them: `2026-11`, `2026-12`. */
export function epochsFrom (at: Date, count: number): string[] {
  return Array.from({ length: count }, (_, month) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + month, 1)).toISOString().slice(0, 7))
}
