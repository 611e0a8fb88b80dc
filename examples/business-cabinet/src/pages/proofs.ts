import { html, type Html, type Lang } from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import { cabinetWordsOf as wordsOf } from './cabinet-texts.ts'
import { ROLES, type Pages } from './frame.ts'

/**
 * Proofs of a person's own exchanges, for download: containers that anybody can verify, by tools that are not ours (UP-12). A container
 * is whole or nothing, so one that speaks of other people too stays with the gateway.
 */
export function proofPages ({ cabinet, fetchProof, file }: Pages): void {
  file('/cabinet/proofs/:id', [ROLES.entrepreneur], async ({ params, signedIn }) => {
    const id = params.id ?? ''
    if (!await isOwn(cabinet, signedIn!.id, id)) return undefined
    const bytes = await fetchProof(id)
    return bytes === undefined ? undefined : { bytes, type: 'application/zip', fileName: `exchange-${id}.zip` }
  })
}

async function isOwn ({ participations, analysis, checks }: Cabinet, person: string, exchangeId: string): Promise<boolean> {
  if ((await checks.latest(person))?.exchangeId === exchangeId) return true
  const participation = await participations.of(person)
  return participation !== undefined && (await analysis.ownExchanges(participation.ref)).has(exchangeId)
}

/** Under the id of an exchange: its proof for the person, and the gateway's own page of it where there is one. @param own about nobody else. */
export function proofLinks (lang: Lang, exchangeId: string, gatewayHref: string | undefined, own: boolean): Html {
  const words = wordsOf(lang)
  return html`${own ? html`<a href="/cabinet/proofs/${exchangeId}" download>${words.download}</a>` : words.sharedProof}${gatewayHref === undefined ? undefined : html` · <a href="${gatewayHref}">${words.proof}</a>`}`
}
