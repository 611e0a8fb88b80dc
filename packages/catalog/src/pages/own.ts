import type { CatalogActor } from '../catalog-actor.ts'
import { maySeeAll, type Entries, type Organisation } from '../entry/index.ts'

/** Organisations that somebody acts for. */
export async function ownOrganisations (entries: Entries, actor: CatalogActor): Promise<Organisation[]> {
  return (await entries.organisations()).filter(({ id, status }) => status !== 'left' && maySeeAll(actor, id))
}
