import { html, type Html, type Lang } from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import { cabinetWordsOf as wordsOf } from './cabinet-texts.ts'
import { ROLES, type Pages } from './frame.ts'

/** Proofs of a person's own exchanges, for download: containers that anybody can verify, by tools that are not ours (UP-12). */
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
  return participation !== undefined && (await analysis.history(participation.ref)).some((answer) => answer.exchangeId === exchangeId)
}

/** Under the id of an exchange: its proof for the person, and the gateway's own page of it where there is one. */
export function proofLinks (lang: Lang, exchangeId: string, gatewayHref: string | undefined): Html {
  const words = wordsOf(lang)
  return html`<a href="/cabinet/proofs/${exchangeId}" download>${words.download}</a>${gatewayHref === undefined ? undefined : html` · <a href="${gatewayHref}">${words.proof}</a>`}`
}
