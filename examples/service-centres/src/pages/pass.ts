import type { Platform } from '../platform.ts'
import type { Visit } from '../visits/index.ts'
import type { Look, Redirect } from './frame.ts'

const DAYS_60_SECONDS = 60 * 24 * 3600

/** Cookie that shows a browser to be the one that booked; it goes to that booking's pages alone. */
export function passCookie ({ passes }: Platform, id: string): NonNullable<Redirect['cookie']> {
  return { name: `visit-${id}`, value: passes.of(id), path: `/visits/${id}`, maxAgeSeconds: DAYS_60_SECONDS }
}

/** The booking of the address, for whoever made it: by the cookie, or signed in. */
export async function ownVisit (look: Look, { visits, passes }: Platform): Promise<Visit | undefined> {
  const id = look.params.id ?? ''
  const visit = await visits.get(id)
  if (visit === undefined) return undefined
  const isOwner = visit.owner !== undefined && visit.owner === look.identity?.subject
  return isOwner || passes.check(id, look.cookie(`visit-${id}`) ?? '') ? visit : undefined
}
