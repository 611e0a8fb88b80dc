import type { AccessEvent } from '@trembita/protocol/accessevent'
import type { NoticeSettings } from './settings.ts'

/** How soon a person is told. `none`: the list alone. */
export type NoticeClass = 'immediate' | 'digest' | 'lifted' | 'none'

const REQUESTED = 'RequestedServiceProvision'

/** The person asked for the service that needed the data: `ваш запит`. */
export function isOwnRequest (event: AccessEvent): boolean {
  return (event.purpose.dpv ?? '').endsWith(REQUESTED)
}

/** Told at once whatever was muted: access in an emergency, sensitive data, changes and erasures. */
export function isGrave (event: AccessEvent): boolean {
  return event.emergency?.flag === true || event.data.special || event.operation === 'modify' || event.operation === 'erase'
}

/**
 * @param firstTime this recipient has not been seen with this person and registry before.
 * @see facts/monitor.md §13.3
 */
export function classOf (event: AccessEvent, { lifted, firstTime, settings }: { readonly lifted: boolean, readonly firstTime: boolean, readonly settings: NoticeSettings }): NoticeClass {
  if (lifted) return 'lifted'
  if (isGrave(event)) return 'immediate'
  const purposeId = event.purpose.declarationId
  if (settings.muted.some((mute) => mute.recipientCode === event.recipient.code && mute.purposeId === purposeId)) return 'none'
  if (event.notifyClass === 'none') return 'none'
  if (event.notifyClass === 'immediate' || settings.each) return 'immediate'
  if (isOwnRequest(event)) return 'digest'
  return firstTime ? 'immediate' : 'digest'
}
