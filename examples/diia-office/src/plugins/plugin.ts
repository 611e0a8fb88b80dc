import type { Exchanged } from '@trembita/example-consumer'
import type { Html, HtmlValue, Lang } from '@trembita/web'
import type { OfficialCard } from '../bodies/index.ts'
import type { Official } from '../desk/index.ts'

/** What a further service may use of the office, for the official who opened it. */
export interface PluginVisit {
  readonly lang: Lang
  readonly me: Official
  readonly bodyName: string
  /** The personnel system's record of this official, asked through the body's gateway. */
  readonly myCard: () => Promise<Exchanged<{ items: readonly OfficialCard[] }>>
  /** What the body owes to others. */
  readonly waiting: () => Promise<number>
  /** An exchange by its id, with the way to its proof. */
  readonly proof: (exchangeId: string) => Html
}

/** A further service of the office (order, item 5.5). It registers itself by standing in `PLUGINS`, with rights of its own. */
export interface Plugin {
  /** Its place in addresses. */
  readonly code: string
  title (lang: Lang): string
  about (lang: Lang): string
  /** Who sees and opens it; asked each time. */
  mayUse (official: Official): boolean
  open (visit: PluginVisit): Promise<HtmlValue>
}
