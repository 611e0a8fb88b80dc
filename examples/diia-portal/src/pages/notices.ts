import { actionForm, actions, dataTable, dateTime, descriptionList, emptyState, html, type Html, linkButton, statusBadge } from '@trembita/web'
import type { Notice, Notices } from '../notices/index.ts'
import { isAllowedLink } from '../services/index.ts'
import { noticeWordsOf } from './notice-texts.ts'
import type { Pages, Visit } from './pages.ts'

export interface NoticePagesDeps {
  readonly notices: Notices
  readonly linkOrigins: readonly string[]
  /** Where notices of access lead. */
  readonly monitorOrigin: string
}

const PAGE_SIZE = 20

/** The inbox. */
export const noticePages = ({ notices, linkOrigins, monitorOrigin }: NoticePagesDeps) => (pages: Pages): void => {
  pages.sentences((lang) => ({ read: noticeWordsOf(lang).saidRead }))

  pages.get('/notices', async (visit) => {
    const asked = Number(visit.query.offset)
    const offset = Number.isSafeInteger(asked) && asked > 0 ? asked : 0
    return inboxPage(visit, await notices.list(visit.identity.subject, offset, PAGE_SIZE), offset)
  })

  pages.post('/notices/read', async ({ identity }) => {
    await notices.readAll(identity.subject)
    return { to: '/notices?said=read' }
  })

  pages.get('/notices/:id', async (visit) => {
    const notice = await notices.read(visit.identity.subject, visit.params.id ?? '')
    return notice === undefined ? undefined : noticePage(visit, notice, linkOrigins, monitorOrigin)
  })
}

function inboxPage ({ lang, csrf, page }: Visit, { notices, total }: { readonly notices: readonly Notice[], readonly total: number }, offset: number): Html {
  const words = noticeWordsOf(lang)
  return page({
    title: words.title,
    lead: words.lead,
    ...notices.some(({ readAt }) => readAt === undefined) ? { actions: actionForm({ action: '/notices/read', csrf, label: words.readAll, sign: 'check' }) } : {},
    body: html`${dataTable(lang, {
      caption: words.title,
      rows: notices,
      empty: emptyState({ title: words.none, sign: 'bell' }),
      columns: [
        { key: 'what', label: words.what, heading: true, render: ({ id, title, readAt }) => readAt === undefined ? html`<a href="/notices/${id}"><strong>${title[lang]}</strong></a>` : html`<a href="/notices/${id}">${title[lang]}</a>` },
        { key: 'from', label: words.from, render: ({ from }) => words.fromName(from) },
        { key: 'when', label: words.when, render: ({ createdAt }) => dateTime(createdAt, lang) },
        { key: 'state', label: words.state, narrow: true, render: ({ readAt }) => readAt === undefined ? statusBadge('info', words.unread) : statusBadge('idle', words.read) }
      ]
    })}${total <= PAGE_SIZE
      ? undefined
      : actions(
        offset === 0 ? undefined : linkButton({ label: words.previous, href: `/notices?offset=${Math.max(0, offset - PAGE_SIZE)}`, kind: 'quiet' }),
        offset + PAGE_SIZE >= total ? undefined : linkButton({ label: words.next, href: `/notices?offset=${offset + PAGE_SIZE}`, kind: 'quiet' })
      )}`
  })
}

function noticePage ({ lang, page }: Visit, notice: Notice, linkOrigins: readonly string[], monitorOrigin: string): Html {
  const words = noticeWordsOf(lang)
  const { link } = notice
  return page({
    title: notice.title[lang],
    breadcrumbs: [{ href: '/notices', label: words.title }],
    lead: notice.body[lang],
    body: html`${descriptionList(lang, [
      { term: words.from, value: words.fromName(notice.from) }, { term: words.when, value: dateTime(notice.createdAt, lang) }
    ])}${link === undefined || !isAllowedLink(link, linkOrigins)
      ? undefined
      : actions(linkButton({ label: new URL(link).origin === monitorOrigin ? words.openMonitor : words.open, href: link, kind: 'primary', sign: 'external' }))}`
  })
}
