import { maySeeAll, type Viewer } from './entry/index.ts'
import { Refusal } from './refusal.ts'

/** Somebody signed in, or a program with a key. */
export interface CatalogActor extends Viewer {
  /** As events name them: `user:…`, `apiKey:7`. */
  readonly id: string
  readonly name: string
  /** May apply and decide for their organisations; without it they only look. */
  readonly publisher: boolean
}

export const SYSTEM_ACTOR: CatalogActor = { id: 'system', name: 'system', admin: true, organisations: [], publisher: true }

/** May the actor act for the organisation? */
export function actsFor (actor: CatalogActor, organisationId: string): boolean {
  return actor.admin || (actor.publisher && maySeeAll(actor, organisationId))
}

/** @throws {Refusal} `forbidden` unless the actor may act for the organisation. */
export function checkActsFor (actor: CatalogActor, organisationId: string): void {
  if (actsFor(actor, organisationId)) return
  throw new Refusal('forbidden', 'not_your_organisation', { uk: 'Ви не представляєте цю організацію.', en: 'You do not act for this organisation.' })
}

/** @throws {Refusal} `forbidden` unless the actor is the catalog's administrator. */
export function checkAdmin (actor: CatalogActor): void {
  if (!actor.admin) throw new Refusal('forbidden', 'administrators_only', { uk: 'Це робить адміністратор каталогу.', en: 'This is for administrators of the catalog.' })
}
