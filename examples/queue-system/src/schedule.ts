/** One centre of the hromada, and what its windows do there. */
interface Place {
  readonly centre: string
  /** Administrative services received by appointment, by their five-digit ids, with how many visitors each half-hour takes. */
  readonly services: Readonly<Record<string, number>>
  /** Hours in Kyiv by weekday, Monday first; null: closed. */
  readonly hours: readonly (readonly [opens: number, closes: number] | null)[]
}

const FULL_WEEK = [[9, 17], [9, 17], [9, 19], [9, 17], [9, 16], [9, 14], null] as const
const SHORT_WEEK = [[10, 15], null, [10, 15], null, [10, 15], null, null] as const

/** Synthetic: two centres of one hromada. */
const PLACES: readonly Place[] = [
  { centre: 'vinnytsia-1', services: { '00025': 2, '00034': 1, '00108': 1, '01978': 2 }, hours: FULL_WEEK },
  { centre: 'vinnytsia-2', services: { '00025': 1, '01978': 1 }, hours: SHORT_WEEK }
]

/** A time that can be booked, whether or not somebody has. */
export interface PlannedSlot {
  /** `centre.service.20261201T0700Z` */
  readonly id: string
  readonly centre: string
  readonly service: string
  readonly start: Date
  readonly end: Date
  readonly capacity: number
}

const MINUTE_MS = 60_000
const SLOT_MINUTES = 30
/** The longest stretch of days that one question may be about. */
export const DAYS_MAX = 31
/** How far ahead people may book. */
const AHEAD_DAYS = 30

/** Times of a centre for a service, in their order. What begins before `now`, or too far ahead, is not bookable. */
export function slotsBetween (centre: string, service: string, from: Date, until: Date, now: Date): PlannedSlot[] {
  const place = PLACES.find((one) => one.centre === centre)
  const capacity = place?.services[service]
  if (place === undefined || capacity === undefined) return []
  const first = Math.max(from.getTime(), now.getTime())
  const last = Math.min(until.getTime(), now.getTime() + AHEAD_DAYS * 24 * 60 * MINUTE_MS)
  const slots: PlannedSlot[] = []
  const step = SLOT_MINUTES * MINUTE_MS
  for (let at = Math.ceil(first / step) * step; at < last; at += step) {
    const { weekday, hour } = kyivClock(at)
    const hours = place.hours[weekday]
    if (hours === null || hours === undefined || hour < hours[0] || hour >= hours[1]) continue
    slots.push({ id: `${centre}.${service}.${compact(at)}`, centre, service, start: new Date(at), end: new Date(at + step), capacity })
  }
  return slots
}

/** The time that an id names, if the schedule has it and it is still to come. */
export function slotOf (id: string, now: Date): PlannedSlot | undefined {
  const [centre = '', service = '', stamp = ''] = id.split('.')
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z$/.exec(stamp)
  if (parts === null) return undefined
  const [, year, month, day, hours, minutes] = parts
  const start = new Date(`${year}-${month}-${day}T${hours}:${minutes}:00Z`)
  if (Number.isNaN(start.getTime())) return undefined
  return slotsBetween(centre, service, start, new Date(start.getTime() + 1), now).find((slot) => slot.id === id)
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Kyiv', weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function kyivClock (at: number): { weekday: number, hour: number } {
  const parts = CLOCK.formatToParts(at)
  const value = (type: string): string => parts.find((part) => part.type === type)!.value
  return { weekday: WEEKDAYS.indexOf(value('weekday')), hour: Number(value('hour')) }
}

function compact (at: number): string {
  return new Date(at).toISOString().replace(/[-:]/g, '').replace(/00\.000Z$/, 'Z')
}
