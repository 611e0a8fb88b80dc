import { randomInt, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { actions, alert, button, csrfInput, html } from '@trembita/web'
import { HourlyQuota } from '../index-keys/index.ts'
import { agentFamily, BadSubscription, isEmailAddress, parsePushSubscription, type NoticeSettings } from '../notice/index.ts'
import type { PortalDeps } from './deps.ts'
import { findOwn } from './own-accesses.ts'
import { settingsOf, settingsPage } from './settings-page.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'
import { notFound } from './access-page.ts'
import { citizenOf, type Answer, type Pages, type Visit } from './visit.ts'
import { said } from './event-texts.ts'

const CODE_MS = 3_600_000
const CODE_TRIES_MAX = 5
/** To whatever address: nobody is flooded from here, and a code is not guessed by asking for new ones. */
const CODES_PER_HOUR_MAX = 3
const MUTES_MAX = 200

/** What the parts of the settings page do one by one: devices, address, muting. */
export function channelActions (pages: Pages, deps: PortalDeps): void {
  pages.post('/settings/push/remove', 'signed-in', async (visit) => {
    await deps.persons.removeSubscription(visit.form.text('device'), citizenOf(visit).tag)
    return { to: '/settings', said: 'deviceRemoved' }
  })
  const codes = new HourlyQuota(deps.clock, CODES_PER_HOUR_MAX)
  pages.post('/settings/email', 'signed-in', async (visit) => await enterAddress(visit, deps, codes))
  pages.post('/settings/email/confirm', 'signed-in', async (visit) => await confirmAddress(visit, deps))
  pages.post('/settings/email/remove', 'signed-in', async (visit) => {
    await change(visit, deps, (settings) => ({ ...settings, email: undefined }))
    return { to: '/settings', said: 'emailRemoved' }
  })
  pages.post('/settings/mute', 'signed-in', async (visit) => await mute(visit, deps))
  pages.post('/settings/unmute', 'signed-in', async (visit) => await unmute(visit, deps))
  pages.get('/unsubscribe/:secret', 'public', async (visit) => {
    const words = wordsOf(visit.lang)
    // A question first: programs that look at links in mails press no buttons.
    return visit.page({
      title: words.unsubscribeTitle,
      lead: words.unsubscribeBody,
      body: html`<form method="post" action="/unsubscribe/${visit.params.secret ?? ''}">${csrfInput(visit.csrf === '' ? undefined : visit.csrf)}${actions(button({ label: words.unsubscribeSubmit, kind: 'primary' }))}</form>`
    })
  })
  pages.post('/unsubscribe/:secret', 'public', async (visit) => {
    const words = wordsOf(visit.lang)
    const done = await deps.persons.unsubscribe(visit.params.secret ?? '')
    if (!done) return { status: 404, title: words.unsubscribeUnknown }
    return visit.page({ title: words.unsubscribed, body: alert(visit.lang, { kind: 'ok', title: words.unsubscribed, body: words.unsubscribedBody }) })
  })
}

/** `POST /settings/push`: the subscription of a browser, from our own script. */
export function pushRoute (app: FastifyInstance, { persons, endpoints }: PortalDeps): void {
  app.post<{ Body: { subscription: unknown } }>('/settings/push', {
    config: { access: 'signed-in' },
    bodyLimit: 10_000,
    schema: { body: { type: 'object', required: ['subscription'], properties: { subscription: { type: 'object', additionalProperties: true } } } }
  }, async (request, reply) => {
    const { identity, body, headers, lang } = request
    if (identity === undefined) return await reply.code(403).send()
    const tag = persons.tagOf(identity.subject)
    try {
      const subscription = parsePushSubscription(body.subscription, agentFamily(headers['user-agent']))
      endpoints.check(subscription.endpoint)
      const { enabled, settings } = await settingsOf({ persons }, { identity, tag }, lang)
      await persons.save(tag, enabled, settings)
      await persons.addSubscription(tag, subscription)
      return await reply.code(204).send()
    } catch (error) {
      if (!(error instanceof BadSubscription)) throw error
      return await reply.code(400).send({ error: { code: 'bad_subscription', message: error.message } })
    }
  })
}

async function change (visit: Visit, deps: PortalDeps, edit: (settings: NoticeSettings) => NoticeSettings): Promise<void> {
  const { tag, enabled, settings } = await settingsOf(deps, citizenOf(visit), visit.lang)
  await deps.persons.save(tag, enabled, edit(settings))
}

async function enterAddress (visit: Visit, deps: PortalDeps, codes: HourlyQuota): Promise<Answer> {
  const { mailer, clock, persons } = deps
  const address = visit.form.text('address')
  const person = await settingsOf(deps, citizenOf(visit), visit.lang)
  if (mailer === undefined || !isEmailAddress(address)) return await settingsPage(visit, deps, person, { address: wordsOf(visit.lang).badAddress })
  if (!codes.take(person.tag, 1)) return { to: '/settings', said: 'codesTooMany' }
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const email = { address, confirmed: false, code, codeUntil: new Date(clock.now().getTime() + CODE_MS).toISOString(), codeTries: 0 }
  await persons.save(person.tag, person.enabled, { ...person.settings, email })
  const outcome = await mailer.sendCode(address, person.settings.lang, code)
  return { to: '/settings', said: outcome.kind === 'accepted' ? 'codeSent' : 'codeFailed' }
}

async function confirmAddress (visit: Visit, deps: PortalDeps): Promise<Answer> {
  const { tag, enabled, settings } = await settingsOf(deps, citizenOf(visit), visit.lang)
  const { email } = settings
  const given = Buffer.from(visit.form.text('code').padEnd(6).slice(0, 6))
  if (email?.code === undefined) return { to: '/settings', said: 'codeWrong' }
  const tries = (email.codeTries ?? 0) + 1
  const right = timingSafeEqual(Buffer.from(email.code), given.length === 6 ? given : Buffer.alloc(6)) && (email.codeUntil ?? '') > deps.clock.now().toISOString()
  if (right) await deps.persons.save(tag, enabled, { ...settings, email: { address: email.address, confirmed: true } })
  // After a few guesses the code is worth nothing: a new one has to be sent.
  else await deps.persons.save(tag, enabled, { ...settings, email: tries >= CODE_TRIES_MAX ? { address: email.address, confirmed: false } : { ...email, codeTries: tries } })
  return { to: '/settings', said: right ? 'confirmed' : 'codeWrong' }
}

async function mute (visit: Visit, deps: PortalDeps): Promise<Answer> {
  const access = await findOwn(deps, citizenOf(visit), visit.form.text('event'))
  if (access === undefined) return notFound(visit)
  const { recipient, purpose, eventId } = access.event
  await change(visit, deps, (settings) => ({
    ...settings,
    muted: [
      ...settings.muted.filter((one) => one.recipientCode !== recipient.code || one.purposeId !== purpose.declarationId),
      { recipientCode: recipient.code, recipientName: said(recipient.name, visit.lang), purposeId: purpose.declarationId, purposeText: said(purpose.text, visit.lang) }
    ].slice(-MUTES_MAX)
  }))
  return { to: `/accesses/${eventId}`, said: 'muted' }
}

async function unmute (visit: Visit, deps: PortalDeps): Promise<Answer> {
  const eventId = visit.form.optional('event')
  const access = eventId === undefined ? undefined : await findOwn(deps, citizenOf(visit), eventId)
  const recipient = access?.event.recipient.code ?? visit.form.text('recipient')
  const purpose = access?.event.purpose.declarationId ?? visit.form.text('purpose')
  await change(visit, deps, (settings) => ({ ...settings, muted: settings.muted.filter((one) => one.recipientCode !== recipient || one.purposeId !== purpose) }))
  return { to: access === undefined ? '/settings' : `/accesses/${access.event.eventId}`, said: 'unmuted' }
}
