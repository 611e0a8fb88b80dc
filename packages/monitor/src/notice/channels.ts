import type { AppPush } from './app-push.ts'
import type { Mailer } from './mail.ts'
import type { NoticePerson, NoticePersons } from './persons.ts'
import type { NoticeText } from './texts.ts'
import type { SendOutcome, WebPushSender } from './web-push-sender.ts'

export type Channel = 'push' | 'app-push' | 'email'
export type NoticeKind = 'immediate' | 'digest' | 'lifted'

/** Where one message goes. */
export interface Target {
  readonly channel: Channel
  /** Tag of the subscription, for a push. */
  readonly subscription?: string | undefined
}

export interface Channels {
  readonly persons: NoticePersons
  readonly push: WebPushSender
  /** Without a mail server nobody gets e-mail. */
  readonly mailer?: Mailer | undefined
  /** Without an address of the portal nobody gets notices in the app. */
  readonly appPush?: AppPush | undefined
}

const TTL_SECONDS = { immediate: 259_200, lifted: 259_200, digest: 43_200 } as const
const URGENCY = { immediate: 'high', lifted: 'normal', digest: 'low' } as const

/** What a person can be reached by now, first choice first. */
export async function reachableBy ({ persons, mailer, appPush }: Channels, { tag, settings }: NoticePerson): Promise<Record<Channel, readonly Target[]>> {
  return {
    push: (await persons.subscriptions(tag)).map(({ tag: subscription }) => ({ channel: 'push', subscription })),
    'app-push': appPush !== undefined && settings.appSubject !== undefined ? [{ channel: 'app-push' }] : [],
    email: mailer !== undefined && settings.email?.confirmed === true ? [{ channel: 'email' }] : []
  }
}

/** By which of them a notice goes first. A digest is something to read: by e-mail where there is one. */
export function firstTargets (kind: NoticeKind, reachable: Record<Channel, readonly Target[]>, emailUse: 'always' | 'otherwise'): readonly Target[] {
  const quick = [...reachable.push, ...reachable['app-push']]
  if (kind === 'digest') return reachable.email.length > 0 ? reachable.email : quick
  return quick.length === 0 || emailUse === 'always' ? [...quick, ...reachable.email] : quick
}

const LADDER: readonly Channel[] = ['push', 'app-push', 'email']

/** What is left when none of those tried took it. */
export function nextTargets (tried: ReadonlySet<string>, reachable: Record<Channel, readonly Target[]>): readonly Target[] {
  const next = LADDER.find((channel) => !tried.has(channel) && reachable[channel].length > 0)
  return next === undefined ? [] : reachable[next]
}

/** One attempt by one channel. @param key the same for the same message, whatever happens in between. */
export async function deliver (channels: Channels, person: NoticePerson, target: Target, kind: NoticeKind, text: NoticeText, key: string): Promise<SendOutcome> {
  const { persons, push, mailer, appPush } = channels
  const { settings } = person
  if (target.channel === 'email') {
    const secret = await persons.unsubscribeSecret(person.tag)
    if (mailer === undefined || settings.email?.confirmed !== true || secret === undefined) return { kind: 'refused', result: 'no-address' }
    return await mailer.sendNotice(settings.email.address, settings, text, key, secret)
  }
  if (target.channel === 'app-push') {
    if (appPush === undefined || settings.appSubject === undefined) return { kind: 'refused', result: 'no-app' }
    return await appPush.send(settings.appSubject, text, key)
  }
  const subscription = await persons.subscription(target.subscription ?? '')
  if (subscription === undefined) return { kind: 'gone', result: 'removed' }
  // The worker shows the same tag once, however often it arrives.
  const payload = { v: 1, title: text.title, body: text.short, tag: key.slice(0, 22), lang: settings.lang }
  const outcome = await push.send(subscription, { payload, ttlSeconds: TTL_SECONDS[kind], urgency: URGENCY[kind], topic: kind === 'digest' ? 'digest' : key.slice(0, 32) })
  if (outcome.kind === 'gone') await persons.removeSubscription(target.subscription ?? '')
  if (outcome.kind === 'tooLarge') return await push.send(subscription, { payload: { ...payload, body: '' }, ttlSeconds: TTL_SECONDS[kind], urgency: URGENCY[kind], topic: key.slice(0, 32) })
  return outcome
}
