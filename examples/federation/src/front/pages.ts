import { actionForm, alert, dateTime, emptyState, html, icon, linkButton, section, statusBadge, tag, type Html, type Lang, type Page } from '@trembita/web'
import type { Account, Demonstration, Stage, Step } from '../demonstrations/index.ts'
import { localhost, PORTS } from '../plan/index.ts'
import type { NodeState } from './live-state.ts'
import { federationMap } from './map.ts'
import { wordsOf } from './texts.ts'

/** How soon a page that shows a run asks again. */
const WHILE_RUNNING_SECONDS = 2
const OTHERWISE_SECONDS = 15

export function frontPage (lang: Lang, stage: Stage, states: ReadonlyMap<string, NodeState>): Page {
  const words = wordsOf(lang)
  const isRunning = stage.demonstrations.some(({ id }) => stage.isRunning(id))
  return {
    title: words.title,
    lead: words.lead,
    refreshSeconds: isRunning ? WHILE_RUNNING_SECONDS : OTHERWISE_SECONDS,
    body: html`${section({ title: words.demonstrations, id: 'demonstrations', lead: words.demonstrationsLead, actions: actionForm({ action: '/demonstrations', csrf: undefined, label: words.runAll, kind: 'primary' }), body: demonstrationList(lang, stage) })}
${section({ title: words.map, lead: words.mapLead, body: html`${federationMap(lang, states)}<p class="hint">${words.stopHint}</p>` })}
${section({ title: words.persons, lead: words.personsLead, body: persons(lang) })}`
  }
}

function demonstrationList (lang: Lang, stage: Stage): Html {
  const words = wordsOf(lang)
  return html`<ul class="demonstrations">${stage.demonstrations.map((one) => html`<li><article class="demonstration"><h3>${tag(one.id)} ${one.title[lang]}</h3><p>${one.about[lang]}</p>
<div class="demonstration__foot">${actionForm({ action: `/demonstrations/${one.id}`, csrf: undefined, label: stage.account(one.id) === undefined ? words.run : words.again, kind: 'secondary', disabled: stage.isRunning(one.id) })}
${verdict(lang, stage.account(one.id))}${stage.account(one.id) === undefined ? undefined : html`<a href="/demonstrations/${one.id}">${words.account}</a>`}</div></article></li>`)}</ul>`
}

function verdict (lang: Lang, account: Account | undefined): Html {
  const words = wordsOf(lang)
  if (account === undefined) return statusBadge('idle', words.never)
  if (account.held === undefined) return statusBadge('wait', words.running)
  return account.held ? statusBadge('ok', words.held) : statusBadge('bad', words.failed)
}

/** The account of a run, step by step. */
export function accountPage (lang: Lang, demonstration: Demonstration, account: Account | undefined): Page {
  const words = wordsOf(lang)
  const isRunning = account !== undefined && account.held === undefined
  return {
    title: demonstration.title[lang],
    eyebrow: demonstration.id,
    status: verdict(lang, account),
    breadcrumbs: [{ href: '/', label: words.home }],
    lead: demonstration.about[lang],
    actions: actionForm({ action: `/demonstrations/${demonstration.id}`, csrf: undefined, label: account === undefined ? words.run : words.again, kind: 'primary', disabled: isRunning }),
    ...isRunning ? { refreshSeconds: WHILE_RUNNING_SECONDS } : {},
    body: html`${account?.failure === undefined ? undefined : alert(lang, { kind: 'bad', title: words.brokeOff, body: account.failure })}
${section({ title: words.account, lead: account === undefined ? words.never : html`${words.lastRun}: ${dateTime(account.startedAt, lang)} · ${words.stepCount(account.steps.length)}`, body: account === undefined || account.steps.length === 0 ? emptyState({ title: words.noSteps }) : html`<ol class="account">${account.steps.map((step) => stepItem(lang, step))}</ol>` })}
${section({ title: words.clauses, body: html`<p>${demonstration.clauses.map((clause) => html`${tag(clause)} `)}</p>` })}`
  }
}

function stepItem (lang: Lang, { title, said, ok, links = [], tookMs }: Step): Html {
  const words = wordsOf(lang)
  return html`<li class="${ok ? 'account__step' : 'account__step account__step--failed'}"><p>${statusBadge(ok ? 'ok' : 'bad', ok ? words.stepOk : words.stepFailed)} <strong>${title[lang]}</strong>${tookMs === undefined ? undefined : html` <span class="hint">${words.took(tookMs)}</span>`}</p>
${said === undefined ? undefined : html`<p class="account__said">${said[lang]}</p>`}${links.length === 0 ? undefined : html`<p class="account__links">${links.map(({ label, href }) => html`<a href="${href}">${icon('right')}${label[lang]}</a>`)}</p>`}</li>`
}

function persons (lang: Lang): Html {
  const rows = [
    { uk: 'Підприємець: Дем’ян Ґонта', en: 'Entrepreneur: Demian Gonta (Ґонта)', href: localhost(PORTS.cabinet.pages), to: { uk: 'до кабінету', en: 'to the cabinet' } },
    { uk: 'Громадянка: Єлизавета Їжак', en: 'Citizen: Yelyzaveta Yizhak (Їжак)', href: localhost(PORTS.monitor.portal), to: { uk: 'до монітора', en: 'to the monitor' } },
    { uk: 'Посадовець: Соломія Гайдук, Мін’юст', en: 'Official: Solomiia Haiduk (Гайдук), justice ministry', href: localhost(PORTS.office.pages), to: { uk: 'до Дія.Офісу', en: 'to Diia.Office' } },
    { uk: 'Адміністратор усього: Тарас Гнатюк', en: 'Administrator of everything: Taras Hnatiuk (Гнатюк)', href: localhost(PORTS.core.admin), to: { uk: 'до ядра', en: 'to the core' } }
  ]
  return html`<ul>${rows.map((row) => html`<li>${row[lang]} — ${linkButton({ label: row.to[lang], href: row.href, kind: 'quiet' })}</li>`)}</ul>`
}
