import { identifier } from './components/index.ts'
import { html, type Html, type HtmlValue } from './html.ts'
import { document, type PageContext } from './page.ts'
import { texts } from './texts.ts'

export interface ErrorPage {
  /** HTTP status. */
  readonly status: number
  /** Unless told, what the status means in plain words. */
  readonly title?: string
  readonly message?: HtmlValue
  /** Number under which the log tells more. */
  readonly reference?: string | undefined
  /** The way on. */
  readonly actions?: HtmlValue
}

const wordsOf = texts({
  uk: {
    400: 'Запит не зрозумілий',
    401: 'Потрібно увійти',
    403: 'Немає доступу',
    404: 'Сторінку не знайдено',
    405: 'Така дія тут неможлива',
    409: 'Стан уже змінився',
    413: 'Завеликий обсяг даних',
    429: 'Забагато запитів',
    500: 'Помилка на нашому боці',
    503: 'Тимчасово недоступно',
    about400: 'Перевірте адресу або введені дані та спробуйте ще раз.',
    about401: 'Увійдіть і повторіть дію.',
    about403: 'Ваші ролі не дають права на цю сторінку чи дію.',
    about404: 'Можливо, адресу введено з помилкою або об’єкт уже вилучено.',
    about405: 'Відкрийте сторінку ще раз і повторіть дію.',
    about409: 'Хтось змінив дані раніше за вас. Відкрийте сторінку ще раз, щоб побачити поточний стан.',
    about413: 'Зменште файл або розділіть його на частини.',
    about429: 'Зачекайте хвилину і спробуйте ще раз.',
    about500: 'Ваші дані не змінено. Спробуйте ще раз; якщо помилка повторюється, повідомте адміністратору номер нижче.',
    about503: 'Спробуйте ще раз за кілька хвилин.',
    home: 'На головну',
    reference: 'Номер звернення'
  },
  en: {
    400: 'The request makes no sense',
    401: 'Sign in first',
    403: 'No access',
    404: 'Page not found',
    405: 'This cannot be done here',
    409: 'The state has changed',
    413: 'Too much data',
    429: 'Too many requests',
    500: 'Something failed on our side',
    503: 'Unavailable for the moment',
    about400: 'Check the address or what you entered, and try again.',
    about401: 'Sign in and do it again.',
    about403: 'Your roles do not allow this page or action.',
    about404: 'The address may be mistyped, or the thing was deleted.',
    about405: 'Open the page again and repeat what you did.',
    about409: 'Somebody changed the data before you. Open the page again to see how it stands.',
    about413: 'Make the file smaller, or send it in parts.',
    about429: 'Wait a minute and try again.',
    about500: 'Your data were not changed. Try again; if it happens again, tell the administrator the number below.',
    about503: 'Try again in a few minutes.',
    home: 'To the start page',
    reference: 'Reference'
  }
})

type Known = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 429 | 500 | 503

function known (status: number): Known {
  const all: readonly number[] = [400, 401, 403, 404, 405, 409, 413, 429, 500, 503]
  return (all.includes(status) ? status : status < 500 ? 400 : 500) as Known
}

/** A page that says what went wrong, in words, and how to go on. */
export function errorPage (context: PageContext, { status, title, message, reference, actions }: ErrorPage): Html {
  const words = wordsOf(context.lang)
  const kind = known(status)
  return document(context, {
    title: title ?? words[kind],
    eyebrow: String(status),
    lead: message ?? words[`about${kind}`],
    body: html`${reference === undefined ? undefined : html`<p class="hint">${words.reference}: ${identifier(reference)}</p>`}
<div class="actions">${actions ?? html`<a class="button button--secondary" href="${context.home ?? '/'}">${words.home}</a>`}</div>`
  })
}
