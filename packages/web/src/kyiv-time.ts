const PARTS = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Kyiv', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })

/** An instant as the value of a date-and-time field: `2026-11-22T16:05`, the clock on a wall in Kyiv. */
export function toKyivInput (at: Date): string {
  return kyivClock(at).slice(0, 16)
}

/**
 * What a person put into a date-and-time field.
 *
 * @param text `2026-11-22T16:05[:09]`, Kyiv time. Of the hour that comes twice in October the first is meant, of the one
 *   that is left out in March the same moment on the old clock.
 * @returns `undefined` for anything else.
 */
export function fromKyivInput (text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return undefined
  const asUtc = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`)
  if (Number.isNaN(asUtc)) return undefined
  // Kyiv is two or three hours ahead: the instant whose clock shows the text is one of two.
  const wanted = new Date(asUtc).toISOString().slice(0, 19)
  const candidates = [3, 2].map((hours) => new Date(asUtc - hours * 3_600_000))
  return candidates.find((at) => kyivClock(at) === wanted) ?? candidates[1]
}

function kyivClock (at: Date): string {
  const part = Object.fromEntries(PARTS.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`
}
