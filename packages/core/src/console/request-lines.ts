import { statusBadge, type Html, type StatusKind } from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import { problemText, type Visit } from './console.ts'
import { requestWordsOf as wordsOf } from './request-texts.ts'

/** A request as lists have it. */
export interface RequestItem {
  readonly id: number
  readonly type: string
  readonly origin: string
  readonly status: string
  readonly security_server_id: string
  readonly security_server_owner?: string
  readonly client_id?: string
  readonly requested_by: string
  readonly created_at: string
}

const STATUS: Readonly<Record<string, StatusKind>> = { WAITING: 'wait', SUBMITTED_FOR_APPROVAL: 'wait', APPROVED: 'ok', DECLINED: 'bad', REVOKED: 'idle' }

export const OFFICER = 'XROAD_REGISTRATION_OFFICER'

/** Why not, in the language of the page. */
export function requestProblem ({ lang }: Visit, problem: Pick<ApiProblem, 'code' | 'message'>): string {
  return wordsOf(lang).problem(problem.code) || problemText(lang, problem as ApiProblem)
}

export function requestStatus ({ lang }: Visit, status: string): Html {
  return statusBadge(STATUS[status] ?? 'idle', wordsOf(lang).statusName(status))
}
