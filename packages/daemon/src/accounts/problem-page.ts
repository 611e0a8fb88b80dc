import type { FastifyReply, FastifyRequest } from 'fastify'

/** Why a person in a browser does not get what they asked for. */
export interface AccountProblem {
  readonly kind: 'sessionEnded' | 'signedOut' | 'noRole' | 'forbidden' | 'forged' | 'locked' | 'tooMany' | 'signInFailed' | 'signInExpired' | 'providerUnavailable'
  readonly status: number
  /** Where to sign in (again), or where the sign-out goes on. */
  readonly link?: string
  readonly retryAfterSeconds?: number
}

/** Draws the page of a problem: the application's own layout and texts. */
export type ProblemPage = (request: FastifyRequest, problem: AccountProblem) => string | Promise<string>

export async function sendProblem (request: FastifyRequest, reply: FastifyReply, problem: AccountProblem, page: ProblemPage): Promise<FastifyReply> {
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
  const text = await page(request, problem)
  return reply.code(problem.status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(text)
}

/** Does a person in a browser ask, who is better served by a page than by JSON? */
export function wantsPage (request: FastifyRequest): boolean {
  return request.headers.authorization === undefined && (request.headers.accept ?? '').includes('text/html')
}

const TEXTS: Record<AccountProblem['kind'], readonly [uk: string, en: string]> = {
  sessionEnded: ['Сеанс завершено. Увійдіть ще раз.', 'Your session has ended. Sign in again.'],
  signedOut: ['Ви вийшли із системи.', 'You have signed out.'],
  noRole: ['Ваш обліковий запис не має жодної ролі в цій системі. Зверніться до адміністратора.', 'Your account has no role in this system. Ask its administrator.'],
  forbidden: ['Ваші ролі не дають права на цю дію.', 'Your roles do not allow this.'],
  forged: ['Форма застаріла або надійшла з іншого сайту. Відкрийте її знову.', 'The form is out of date or came from another site. Open it again.'],
  locked: ['Забагато невдалих спроб. Спробуйте пізніше.', 'Too many failed attempts. Try again later.'],
  tooMany: ['Забагато запитів. Спробуйте трохи згодом.', 'Too many requests. Try again in a moment.'],
  signInFailed: ['Не вдалося увійти.', 'Sign-in failed.'],
  signInExpired: ['Спроба входу застаріла або її вже використано. Почніть знову.', 'This attempt to sign in is out of date or was used already. Start again.'],
  providerUnavailable: ['Постачальник ідентифікації не відповідає. Спробуйте пізніше.', 'The identity provider does not answer. Try again later.']
}

/** A page in both languages, without styles: for applications that give none of their own. */
export const plainProblemPage: ProblemPage = (_request, { kind, link }) => {
  const [uk, en] = TEXTS[kind]
  const on = (text: string): string => link === undefined ? '' : `<p><a href="${attribute(link)}">${text}</a></p>`
  return `<!DOCTYPE html>
<html lang="uk"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${uk}</title></head>
<body><main><h1>${uk}</h1>${on('Продовжити')}<section lang="en"><h2>${en}</h2>${on('Continue')}</section></main></body></html>
`
}

function attribute (text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
