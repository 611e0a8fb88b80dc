import { MalformedAccessEvent, verifyReceipt, type VerifiedReceipt } from '@trembita/protocol/accessevent'
import { readZip } from '@trembita/protocol/asic'
import { parsePolicy, TlogError } from '@trembita/protocol/tlog'
import {
  alert, codeBlock, dateTime, descriptionList, field, form, formatDateTime, formatNumber, html, identifier, linkButton, section, steps, type Html, type Lang
} from '@trembita/web'
import type { Receipt } from '../events/index.ts'
import { notFound } from './access-page.ts'
import type { LogState, PortalDeps } from './deps.ts'
import { said } from './event-texts.ts'
import { findOwn } from './own-accesses.ts'
import { receiptWordsOf as wordsOf } from './receipt-texts.ts'
import { citizenOf, type Answer, type Pages, type Visit } from './visit.ts'

/** A receipt is a few kilobytes. */
const ZIP_LIMITS = { entriesMax: 10, bytesMax: 256 * 1024 }

/** Receipts of the person's own records, and their verification for anybody. */
export function receiptPages (pages: Pages, deps: PortalDeps): void {
  const own = async (visit: Visit): Promise<Receipt | undefined> => {
    const access = await findOwn(deps, citizenOf(visit), visit.params.id ?? '')
    return access === undefined ? undefined : await deps.receipts.of(access.event.eventId)
  }
  pages.get('/accesses/:id/receipt.zip', 'signed-in', async (visit) => {
    const receipt = await own(visit)
    return receipt === undefined ? notFound(visit) : { bytes: Buffer.from(receipt.zip), type: 'application/zip', fileName: `receipt-${visit.params.id ?? ''}.zip` }
  })
  pages.get('/accesses/:id/receipt.json', 'signed-in', async (visit) => {
    const receipt = await own(visit)
    if (receipt === undefined) return notFound(visit)
    const { proof, opening, policy } = receipt
    return { bytes: JSON.stringify({ proof, opening, policy }), type: 'application/json', fileName: 'receipt.json' }
  })
  pages.get('/accesses/:id/verification', 'signed-in', async (visit) => {
    const receipt = await own(visit)
    if (receipt === undefined) return notFound(visit)
    const words = wordsOf(visit.lang)
    return visit.page({
      title: words.title, breadcrumbs: [{ href: `/accesses/${visit.params.id ?? ''}`, label: words.back }], body: verdict(visit.lang, receipt)
    })
  })
  pages.get('/verification', 'public', async (visit) => await verificationPage(visit, deps))
  pages.post('/verification', 'public', async (visit) => {
    const words = wordsOf(visit.lang)
    const file = visit.form.file('receipt')
    if (file === undefined) return await verificationPage(visit, deps, undefined, words.missingFile)
    return await verificationPage(visit, deps, await zipVerdict(visit.lang, file.bytes, (await deps.logState())?.policy))
  })
}

async function verificationPage (visit: Visit, { logState }: PortalDeps, result?: Html, error?: string): Promise<Answer> {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${result}${section({
      title: words.upload,
      lead: words.uploadLead,
      body: form(lang, {
        action: '/verification',
        csrf: csrf === '' ? undefined : csrf,
        multipart: true,
        submit: words.submit,
        ...error === undefined ? {} : { errors: { receipt: error } },
        body: field(lang, { kind: 'file', name: 'receipt', label: words.file, accept: '.zip,application/zip', required: true, error })
      })
    })}${section({
      title: words.how,
      lead: words.howLead,
      body: html`${codeBlock(lang, { label: words.command, text: 'npx trembita-verify receipt.zip --policy policy.txt' })}<p>${words.others}</p>`
    })}${logSection(lang, await logState())}`
  })
}

/** The log as anybody may see it: what the front page shows too. */
export function logSection (lang: Lang, log: LogState | undefined): Html {
  const words = wordsOf(lang)
  if (log === undefined) return section({ title: words.logTitle, id: 'log', body: html`<p>${words.noLog}</p>` })
  return section({
    title: words.logTitle,
    id: 'log',
    body: html`${descriptionList(lang, [
      { term: words.origin, value: identifier(log.origin) },
      { term: words.size, value: formatNumber(log.size, lang) },
      { term: words.published, value: dateTime(log.publishedAt, lang) },
      { term: words.witnesses, value: log.witnesses.map(({ name, at }) => html`<div>${name}, ${dateTime(at, lang)}</div>`) },
      ...log.tilesUrl === undefined ? [] : [{ term: words.tiles, value: html`<a href="${log.tilesUrl}/checkpoint">${log.tilesUrl}</a>` }]
    ])}${codeBlock(lang, { label: words.checkpoint, text: log.checkpoint, wrap: true })}${codeBlock(lang, { label: words.policy, text: log.policy, wrap: true })}`
  })
}

/** @param policy our own. A stranger's ZIP says whom to trust too: by that anybody's log would be as good as ours. */
async function zipVerdict (lang: Lang, bytes: Uint8Array, policy: string | undefined): Promise<Html> {
  if (policy === undefined) return refused(lang, 'signature')
  try {
    const { entries } = await readZip(Buffer.from(bytes), ZIP_LIMITS)
    const text = (name: string): string => entries.get(name)?.toString('utf8') ?? ''
    return verdict(lang, { proof: text('receipt.tlog-proof'), opening: text('opening.json'), policy })
  } catch {
    // Whatever is wrong with a ZIP of a stranger's: it is no receipt.
    return refused(lang, 'malformed')
  }
}

function verdict (lang: Lang, { proof, opening, policy }: Pick<Receipt, 'proof' | 'opening' | 'policy'>): Html {
  try {
    const trusted = parsePolicy(policy)
    return accepted(lang, verifyReceipt(proof, opening, trusted))
  } catch (error) {
    if (error instanceof TlogError) return refused(lang, error.problem)
    if (error instanceof MalformedAccessEvent) return refused(lang, 'opening')
    throw error
  }
}

function refused (lang: Lang, problem: string): Html {
  const words = wordsOf(lang)
  return html`<div class="alerts">${alert(lang, { kind: 'bad', title: words.bad, body: words.problem(problem) })}</div>`
}

function accepted (lang: Lang, { event, checkpoint, leafIndex, cosignatures }: VerifiedReceipt): Html {
  const words = wordsOf(lang)
  const witnesses = cosignatures.length === 0 ? words.noWitness : cosignatures.map(({ witness, at }) => html`<div>${witness.name}, ${formatDateTime(at, lang)}</div>`)
  return html`<div class="alerts">${alert(lang, { kind: 'ok', title: words.good, body: words.goodBody })}</div>${steps(lang, [
    { label: words.leaf, state: 'done' },
    { label: words.log, state: 'done', detail: identifier(checkpoint.origin) },
    { label: words.witness, state: 'done', detail: witnesses },
    { label: words.inclusion, state: 'done', detail: words.leafOf(formatNumber(leafIndex, lang), formatNumber(checkpoint.size, lang)) }
  ])}${section({
    title: words.event,
    body: html`<p>${said(event.recipient.name, lang)}, ${formatDateTime(event.occurredAt, lang)}. ${said(event.purpose.text, lang)}. ${event.legalBasis.citation}.</p>`
  })}${linkButton({ label: words.title, href: '/verification', kind: 'quiet' })}`
}
