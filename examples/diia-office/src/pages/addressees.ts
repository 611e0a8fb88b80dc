import { alert, field, html, type Html, type Lang } from '@trembita/web'
import { PersonnelUnavailable, type OfficialCard } from '../bodies/index.ts'
import { fullName, Refused } from '../desk/index.ts'
import type { Office } from '../office.ts'
import { wordsOf } from './texts.ts'
import type { OfficialVisit } from './visit.ts'

/**
 * An official of a connected body, looked up through the asker's own gateway.
 *
 * @throws {Refused} `noAddressee` when there is none, `personnelDown` when that cannot be found out now: the form is shown again.
 */
export async function findOfficial (office: Office, asker: string, body: string, id: string): Promise<OfficialCard> {
  if (id === '' || !await office.isActive(body)) throw new Refused('noAddressee', 'official')
  try {
    const card = (await office.personnelOf(asker).officials({ body, id })).answer.data?.items[0]
    if (card === undefined) throw new Refused('noAddressee', 'official')
    return card
  } catch (error) {
    throw error instanceof PersonnelUnavailable ? new Refused('personnelDown', 'official') : error
  }
}

export interface OfficialField {
  readonly label: string
  readonly body: string
  /** Chosen before. */
  readonly value: string
  readonly error: string | undefined
  /** Choices before and after the officials. */
  readonly first?: readonly { readonly value: string, readonly label: string }[]
  readonly last?: readonly { readonly value: string, readonly label: string }[]
}

/** A choice of the body's officials. While the personnel system is silent, what was chosen before stays, and the page says why. */
export async function officialField (office: Office, { lang, me }: OfficialVisit, { label, body, value, error, first = [], last = [] }: OfficialField): Promise<Html> {
  const officials = await optionsOf(office, me.body, body, lang)
  const kept = value === '' || [...first, ...last].some((one) => one.value === value) ? [] : [{ value, label: '…' }]
  const options = [...first, ...(officials ?? kept).filter((one) => one.value !== me.id), ...last]
  return html`${officials === undefined ? alert(lang, { kind: 'warn', title: wordsOf(lang).personnelDown, body: wordsOf(lang).personnelDownAbout }) : undefined}${field(lang, { kind: 'select', name: 'official', label, value, options, empty: '—', required: true, error })}`
}

async function optionsOf (office: Office, asker: string, body: string, lang: Lang): Promise<{ value: string, label: string }[] | undefined> {
  try {
    const { answer } = await office.personnelOf(asker).officials({ body })
    return (answer.data?.items ?? []).map((card) => ({ value: card.id, label: `${fullName(card)}, ${lang === 'uk' ? card.post : card.postEn}` }))
  } catch (error) {
    if (error instanceof PersonnelUnavailable) return undefined
    throw error
  }
}
