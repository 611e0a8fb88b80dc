/** A text in both languages of the pages. */
export interface Bilingual {
  readonly uk: string
  readonly en: string
}

export const CENTRE_KINDS = ['cnap', 'diia-centre', 'remote-point', 'mobile'] as const
export type CentreKind = typeof CENTRE_KINDS[number]

/** Monday first; a pair of `HH:MM`, or null when closed. */
export type WeekHours = readonly (readonly [opens: string, closes: string] | null)[]

export const FEATURES = ['ramp', 'lift', 'toilet', 'parking', 'tactile', 'sign-language', 'hearing-loop', 'child-corner'] as const
/** What makes a centre accessible. */
export type Feature = typeof FEATURES[number]

/** Card of a centre (regulation on the Centres platform, item 7(1)). What is not known is left out, never made up. */
export interface Centre {
  readonly id: string
  readonly name: Bilingual
  readonly kind: CentreKind
  /** ЄДРПОУ and name of the body that founded it. */
  readonly founder: { readonly code: string, readonly name: Bilingual }
  /** Code of the settlement in the classifier КАТОТТГ. */
  readonly katottg: string
  readonly settlement: Bilingual
  readonly address: Bilingual
  readonly coordinates?: { readonly lat: number, readonly lon: number }
  readonly hours: WeekHours
  /** Days that differ from the week: `YYYY-MM-DD`. */
  readonly exceptions: readonly { readonly day: string, readonly hours: readonly [string, string] | null, readonly reason: Bilingual }[]
  readonly phones: readonly string[]
  readonly email?: string
  readonly site?: string
  /** Five-digit ids of administrative services. */
  readonly services: readonly string[]
  readonly accessibility: readonly Feature[]
  /** Subsystem of its electronic queue, `CLASS/MEMBER/SUBSYSTEM`; a centre without one takes no bookings by electronic means. */
  readonly queue?: string
  /** Day the card was last confirmed. */
  readonly asOf: string
}

/** Hours of one day in Kyiv (`YYYY-MM-DD`), exceptions counted. */
export function hoursOn (centre: Centre, day: string): { readonly hours: readonly [string, string] | null, readonly reason?: Bilingual } {
  const exception = centre.exceptions.find((one) => one.day === day)
  if (exception !== undefined) return { hours: exception.hours, reason: exception.reason }
  const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7
  return { hours: centre.hours[weekday] ?? null }
}

const KYIV = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv', dateStyle: 'short', timeStyle: 'short' })

/** Day and time of an instant in Kyiv: `2026-11-30`, `14:05`. */
export function kyivClock (at: Date): { readonly day: string, readonly time: string } {
  const [day = '', time = ''] = KYIV.format(at).split(' ')
  return { day, time }
}

export function isOpenAt (centre: Centre, at: Date): boolean {
  const { day, time } = kyivClock(at)
  const { hours } = hoursOn(centre, day)
  return hours !== null && time >= hours[0] && time < hours[1]
}
