import { createHash } from 'node:crypto'
import { escapeAttribute, escapeText } from '@trembita/protocol/xml'
import { PUBLIC_STATES } from '../entry/index.ts'
import type { PublicEntries } from './dcat.ts'
import type { Identifiers } from './identifiers.ts'

/** Newest changes that a feed holds. */
const CHANGES_MAX = 100

/** Changes of what everybody may see, newest first, as an Atom feed (RFC 4287). */
export function atomFeed ({ instance, interfaces }: PublicEntries, ids: Identifiers, updated: string): string {
  const changes = interfaces.flatMap((one) => one.versions.filter(({ state }) => PUBLIC_STATES.includes(state)).map((version) => ({ one, version })))
    .sort((a, b) => b.version.updatedAt.localeCompare(a.version.updatedAt)).slice(0, CHANGES_MAX)
  const entries = changes.map(({ one, version: { version, state, card, updatedAt } }) => {
    const iri = ids.version(one.id, version)
    // A change of the same version is another entry for whoever reads the feed.
    const change = createHash('sha256').update(`${iri} ${state} ${updatedAt}`).digest('hex').slice(0, 16)
    return `<entry><id>${escapeText(`${iri}#${change}`)}</id><title>${escapeText(`${card.name.uk} ${version}`)}</title><updated>${updatedAt}</updated>` +
      `<link href="${escapeAttribute(ids.page('interfaces', one.id))}"/><category term="${state}"/><summary>${escapeText(card.purpose.uk)}</summary></entry>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><id>${escapeText(`${ids.base}/changes.atom`)}</id><title>${escapeText(`Каталог сервісів «Трембіта», ${instance}`)}</title><updated>${updated}</updated>` +
    `<author><name>${escapeText(`Адміністратор системи, ${instance}`)}</name></author><link rel="self" href="${escapeAttribute(`${ids.base}/changes.atom`)}"/>
${entries.join('\n')}
</feed>
`
}
