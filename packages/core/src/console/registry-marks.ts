import { statusBadge, type Html, type Lang } from '@trembita/web'
import { registryWordsOf as wordsOf } from './registry-texts.ts'

/** An identifier as the API has it. */
export interface ClientId {
  readonly instance_id: string
  readonly member_class: string
  readonly member_code: string
  readonly subsystem_code?: string
  readonly encoded_id: string
}

/** How somebody's access stands: said in lists and beside the title. */
export function stateBadge (lang: Lang, suspension: number | undefined, maintenance = false): Html {
  const words = wordsOf(lang)
  if (suspension !== undefined) return statusBadge('bad', words.suspended)
  return maintenance ? statusBadge('warn', words.maintenance) : statusBadge('ok', words.active)
}

/** Encoded identifier of the member that a client belongs to. */
export function memberIdOf ({ instance_id: instance, member_class: memberClass, member_code: code }: Pick<ClientId, 'instance_id' | 'member_class' | 'member_code'>): string {
  return [instance, memberClass, code].join(':')
}
