import { actionForm, alert, card, columns, field, fieldGroup, form, html, statusBadge, formatDate, type FieldErrors, type Html } from '@trembita/web'
import { defaultSettings, isWallTime, isZone, type KnownSubscription, type NoticePerson, type NoticeSettings } from '../notice/index.ts'
import type { PortalDeps } from './deps.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'
import { citizenOf, type Answer, type Citizen, type Pages, type Visit } from './visit.ts'

const PHRASE_MIN = 3
const PHRASE_MAX = 60

/** What the person has set; before the first time, what they would get. */
export async function settingsOf ({ persons }: Pick<PortalDeps, 'persons'>, { tag }: Citizen, lang: 'uk' | 'en'): Promise<NoticePerson> {
  return await persons.find(tag) ?? { tag, enabled: false, settings: defaultSettings(lang) }
}

/** `/settings`: whether, when and how the person is told. */
export function settingsPages (pages: Pages, deps: PortalDeps): void {
  pages.get('/settings', 'signed-in', async (visit) => {
    const person = await settingsOf(deps, citizenOf(visit), visit.lang)
    // Shown once and kept: the phrase of the first look is the one of the first mail.
    if (await deps.persons.find(person.tag) === undefined) await deps.persons.save(person.tag, false, person.settings)
    await renew(deps, citizenOf(visit), person)
    return await settingsPage(visit, deps, person)
  })
  pages.post('/settings', 'signed-in', async (visit) => await save(visit, deps))
}

/** Each visit asks for the indexes of the months to come, so that the monthly job has little to do. */
async function renew ({ persons, keys, log }: PortalDeps, { identity }: Citizen, { tag, enabled }: NoticePerson): Promise<void> {
  if (!enabled || identity.rnokpp === undefined) return
  try {
    await persons.saveRoutes(tag, await keys.indexesOf({ idType: 'RNOKPP', id: identity.rnokpp }, persons.epochs()))
  } catch (error) {
    log.warn({ err: error }, 'the key service does not answer')
  }
}

async function save (visit: Visit, deps: PortalDeps): Promise<Answer> {
  const { form, lang } = visit
  const words = wordsOf(lang)
  const citizen = citizenOf(visit)
  const person = await settingsOf(deps, citizen, lang)
  const errors: Record<string, string> = {}
  const time = (name: string, label: string): string => {
    const text = form.text(name)
    if (!isWallTime(text)) errors[name] = `${label}: ${words.badTime}`
    return text
  }
  const zone = form.text('zone')
  if (!isZone(zone)) errors.zone = words.badZone
  const phrase = form.text('phrase')
  if (phrase.length < PHRASE_MIN || phrase.length > PHRASE_MAX) errors.phrase = words.badPhrase
  const settings: NoticeSettings = {
    ...person.settings,
    lang: form.text('lang') === 'en' ? 'en' : 'uk',
    zone,
    quietFrom: time('quietFrom', words.quietFrom),
    quietTo: time('quietTo', words.quietTo),
    digestAt: time('digestAt', words.digestAt),
    nightNotices: form.flag('night'),
    each: form.flag('each'),
    hideBodyName: form.flag('hide'),
    emailUse: form.text('emailUse') === 'always' ? 'always' : 'otherwise',
    phrase,
    appSubject: deps.appPush && form.flag('app') ? citizen.identity.subject : undefined
  }
  const changed = { tag: person.tag, enabled: form.flag('enabled'), settings }
  if (Object.keys(errors).length > 0) return await settingsPage(visit, deps, changed, errors)
  // Routes before the switch: whoever reads “on” is told from this moment on.
  await deps.persons.save(person.tag, person.enabled, settings)
  if (changed.enabled && citizen.identity.rnokpp !== undefined) {
    await deps.persons.saveRoutes(person.tag, await deps.keys.indexesOf({ idType: 'RNOKPP', id: citizen.identity.rnokpp }, deps.persons.epochs()))
  }
  await deps.persons.save(person.tag, changed.enabled, settings)
  return { to: '/settings', said: 'saved' }
}

/** The page as it stands, or with what is wrong in the form. */
export async function settingsPage (visit: Visit, deps: PortalDeps, person: NoticePerson, errors: FieldErrors = {}): Promise<Html> {
  const { lang } = visit
  const words = wordsOf(lang)
  const devices = await deps.persons.subscriptions(person.tag)
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`<div class="alerts">${state(visit, person, devices)}</div>${columns(
      general(visit, deps, person, errors),
      html`${push(visit, deps, devices)}${email(visit, deps, person, errors)}${muted(visit, person)}`
    )}`
  })
}

function state ({ lang }: Visit, { enabled, settings }: NoticePerson, devices: readonly KnownSubscription[]): Html {
  const words = wordsOf(lang)
  if (!enabled) return alert(lang, { kind: 'info', title: words.off, body: words.offBody })
  const reachable = devices.length > 0 || settings.email?.confirmed === true || settings.appSubject !== undefined
  return alert(lang, reachable ? { kind: 'ok', title: words.on, body: words.onBody } : { kind: 'warn', title: words.on, body: words.noChannel })
}

function general ({ lang, csrf }: Visit, { appPush, mailer }: PortalDeps, { enabled, settings }: NoticePerson, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  const wall = (name: 'quietFrom' | 'quietTo' | 'digestAt'): Html => field(lang, {
    name, label: words[name], value: settings[name], width: 8, pattern: '([01][0-9]|2[0-3]):[0-5][0-9]', placeholder: words.time, required: true, error: errors[name]
  })
  const check = (name: string, label: string, checked: boolean): Html => field(lang, { kind: 'checkbox', name, label, checked })
  return card({
    title: words.general,
    body: form(lang, {
      action: '/settings',
      csrf,
      submit: words.save,
      errors,
      body: html`${field(lang, { kind: 'checkbox', name: 'enabled', label: words.enabled, hint: words.enabledHint, checked: enabled })}
<div class="in-a-row">${wall('quietFrom')}${wall('quietTo')}${wall('digestAt')}</div>
${check('night', words.night, settings.nightNotices)}${check('each', words.each, settings.each)}${check('hide', words.hide, settings.hideBodyName)}${appPush ? check('app', words.app, settings.appSubject !== undefined) : undefined}
${mailer === undefined ? undefined : field(lang, { kind: 'radios', name: 'emailUse', label: words.emailUse, value: settings.emailUse, options: [{ value: 'otherwise', label: words.emailOtherwise }, { value: 'always', label: words.emailAlways }] })}
${field(lang, { kind: 'radios', name: 'lang', label: words.lang, value: settings.lang, inline: true, options: [{ value: 'uk', label: words.uk }, { value: 'en', label: words.en }] })}
${field(lang, { name: 'zone', label: words.zone, value: settings.zone, width: 20, required: true, error: errors.zone })}
${field(lang, { name: 'phrase', label: words.phrase, hint: words.phraseHint, value: settings.phrase, width: 20, lengthMax: PHRASE_MAX, required: true, error: errors.phrase })}`
    })
  })
}

function push ({ lang, csrf }: Visit, { vapidPublicKey }: PortalDeps, devices: readonly KnownSubscription[]): Html {
  const words = wordsOf(lang)
  return card({
    title: words.push,
    lead: words.pushLead,
    body: html`<div class="js-only"><button class="button button--primary" type="button" data-subscribe data-key="${vapidPublicKey}" data-csrf="${csrf}" data-unsupported="${words.unsupported}" data-denied="${words.denied}" data-failed="${words.failed}" data-done="${words.done}">${words.subscribe}</button><p role="status" data-subscribe-status></p></div><noscript><p>${words.noScripts}</p></noscript>
${fieldGroup(words.devices, devices.length === 0
    ? html`<p class="hint">${words.noDevices}</p>`
    : html`<ul class="rows">${devices.map(({ tag, agent, createdAt }) => html`<li><span>${words.device(agent)} <span class="hint">${words.since} ${formatDate(createdAt, lang)}</span></span>${actionForm({ action: '/settings/push/remove', csrf, label: words.remove, kind: 'quiet', fields: { device: tag } })}</li>`)}</ul>`)}`
  })
}

function email ({ lang, csrf, form: sent }: Visit, { mailer }: PortalDeps, { settings }: NoticePerson, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  if (mailer === undefined) return card({ title: words.email, body: html`<p>${words.noMail}</p>` })
  const { email: known } = settings
  const ask = form(lang, {
    action: '/settings/email', csrf, submit: words.sendCode, submitKind: 'secondary', body: field(lang, { kind: 'email', name: 'address', label: words.address, value: sent.optional('address') ?? known?.address, autocomplete: 'email', required: true, error: errors.address })
  })
  return card({
    title: words.email,
    id: 'email',
    body: html`${known === undefined ? undefined : html`<ul class="rows"><li><span>${known.address} ${statusBadge(known.confirmed ? 'ok' : 'wait', known.confirmed ? words.confirmed : words.unconfirmed)}</span>${actionForm({ action: '/settings/email/remove', csrf, label: words.removeEmail, kind: 'quiet' })}</li></ul>`}${known !== undefined && !known.confirmed
      ? form(lang, { action: '/settings/email/confirm', csrf, submit: words.confirm, body: field(lang, { name: 'code', label: words.code, width: 8, autocomplete: 'one-time-code', pattern: '[0-9]{6}', required: true }) })
      : undefined}${ask}`
  })
}

function muted ({ lang, csrf }: Visit, { settings }: NoticePerson): Html {
  const words = wordsOf(lang)
  return card({
    title: words.muted,
    lead: words.mutedLead,
    body: settings.muted.length === 0
      ? html`<p class="hint">${words.noMuted}</p>`
      : html`<ul class="rows">${settings.muted.map(({ recipientCode, recipientName, purposeId, purposeText }) => html`<li><span>${recipientName}<br><span class="hint">${purposeText}</span></span>${actionForm({ action: '/settings/unmute', csrf, label: words.unmute, kind: 'quiet', fields: { recipient: recipientCode, purpose: purposeId } })}</li>`)}</ul>`
  })
}
