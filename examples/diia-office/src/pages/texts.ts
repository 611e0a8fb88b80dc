import type { AccountProblem } from '@trembita/daemon/accounts'
import { texts } from '@trembita/web'
import type { EnrolmentStatus } from '../bodies/index.ts'
import type { RefusedReason } from '../desk/index.ts'

type NoAccess = Exclude<EnrolmentStatus, 'active'> | 'bodyInactive'

const REFUSED_UK: Record<RefusedReason, string> = {
  empty: 'Заповніть це поле',
  tooLong: 'Завеликий текст',
  tooManyFiles: 'До листа можна додати щонайбільше 5 файлів',
  fileTooLarge: 'Файл не може бути більшим за 2 МБ',
  filesTooLarge: 'Файли разом не можуть бути більшими за 5 МБ',
  unknown: 'Такого запису немає або він не для вас',
  notYours: 'Підсумки бачать лише автор і адміністратор органу',
  noAddressee: 'Виберіть, кому',
  closed: 'Час опитування вже вийшов',
  answered: 'Ви вже відповіли на це опитування',
  notInAudience: 'Це опитування не для вас',
  badDate: 'Перевірте дату і час',
  notOpenYet: 'Підсумки відкриються після завершення опитування',
  badAnswer: 'Перевірте значення',
  badState: 'Стан уже змінився: відкрийте сторінку ще раз',
  personnelDown: 'Кадрова система не відповідає: адресата зараз не перевірити. Введене збережено у формі, спробуйте за хвилину'
}

const REFUSED_EN: Record<RefusedReason, string> = {
  empty: 'Fill this in',
  tooLong: 'The text is too long',
  tooManyFiles: 'A letter takes 5 files at most',
  fileTooLarge: 'A file cannot be larger than 2 MB',
  filesTooLarge: 'All files together cannot be larger than 5 MB',
  unknown: 'There is no such record, or it is not for you',
  notYours: 'Only the author and the administrator of the body see the results',
  noAddressee: 'Choose to whom',
  closed: 'The time of the survey is over',
  answered: 'You have answered this survey already',
  notInAudience: 'This survey is not for you',
  badDate: 'Check date and time',
  notOpenYet: 'Results open when the survey is over',
  badAnswer: 'Check the value',
  badState: 'The state has changed: open the page again',
  personnelDown: 'The personnel system does not answer: the addressee cannot be checked now. What you entered stays in the form, try again in a minute'
}

const SAID_UK: Record<string, string> = {
  joined: 'Доступ надано: кадрова система підтвердила вашу посаду.',
  left: 'Ви вийшли з Дія.Офіс. Повернутися можна будь-коли.',
  takenIn: 'Лист прийнято з іншого каналу.',
  sent: 'Лист записано. Позначки доставки з’являться тут.',
  taskAdded: 'Додано до плану.',
  taskChanged: 'Стан змінено.',
  surveyCreated: 'Опитування розіслано.',
  answered: 'Відповідь прийнято.',
  requested: 'Заявку записано.',
  checked: 'Орган перевірено в кадровій системі.',
  refusedBody: 'Орган не підключено: дивіться причину.',
  appointed: 'Адміністратора органу призначено.',
  activated: 'Орган підключено.',
  disconnected: 'Орган відключено.',
  synced: 'Стани посадових осіб звірено.',
  syncedPartly: 'Кадрова система відповіла не про всіх: дивіться, кого ще не звірено.'
}

const SAID_EN: Record<string, string> = {
  joined: 'You have access: the personnel system confirmed your post.',
  left: 'You have left Diia.Office. You may come back at any time.',
  takenIn: 'The letter is taken in from another channel.',
  sent: 'The letter is recorded. Marks of delivery will appear here.',
  taskAdded: 'Added to the plan.',
  taskChanged: 'The state is changed.',
  surveyCreated: 'The survey has been sent out.',
  answered: 'Your answer is taken.',
  requested: 'The request is recorded.',
  checked: 'The body is checked in the personnel system.',
  refusedBody: 'The body is not connected: see the reason.',
  appointed: 'The organisation administrator is appointed.',
  activated: 'The body is connected.',
  disconnected: 'The body is disconnected.',
  synced: 'The statuses of officials are up to date.',
  syncedPartly: 'The personnel system did not answer about everybody: see who was not checked.'
}

const NO_ACCESS_UK: Record<NoAccess, readonly [string, string]> = {
  suspended: ['Кадрова система повідомляє: ваше перебування на посаді призупинено', 'Доступ повернеться сам, щойно служба поновиться. Листи й завдання зберігає ваш орган.'],
  dismissed: ['Кадрова система повідомляє: ви більше не працюєте в цьому органі', 'Доступ завершено. Ваші листи залишаються в органі; їх бачить адміністратор органу.'],
  unknown: ['Кадрова система не знає вас як посадову особу цього органу', 'Дія.Офіс доступний лише посадовим особам підключених органів. Якщо це помилка, зверніться до кадрової служби.'],
  bodyInactive: ['Цей орган не підключено до Дія.Офіс', 'Підключає органи технічний адміністратор Порталу Дія.']
}

const NO_ACCESS_EN: Record<NoAccess, readonly [string, string]> = {
  suspended: ['The personnel system says that your service is suspended', 'Access returns by itself when your service goes on. Your letters and tasks are kept by your body.'],
  dismissed: ['The personnel system says that you no longer work in this body', 'Your access has ended. Your letters stay with the body; its administrator sees them.'],
  unknown: ['The personnel system does not know you as an official of this body', 'Diia.Office is for officials of connected bodies only. If this is a mistake, turn to your personnel service.'],
  bodyInactive: ['This body is not connected to Diia.Office', 'Bodies are connected by the technical administrator of Portal Diia.']
}

const ACCOUNT_UK: Record<AccountProblem['kind'], readonly [string, string]> = {
  sessionEnded: ['Сеанс завершено', 'Увійдіть ще раз.'],
  signedOut: ['Ви вийшли', 'До зустрічі.'],
  noRole: ['Немає доступу', 'Постачальник ідентифікації не підтвердив вашу особу.'],
  forbidden: ['Немає доступу', 'Ця сторінка для інших.'],
  forged: ['Форма застаріла', 'Відкрийте сторінку ще раз.'],
  locked: ['Забагато спроб', 'Спробуйте пізніше.'],
  tooMany: ['Забагато запитів', 'Зачекайте хвилину.'],
  signInFailed: ['Не вдалося увійти', 'Особу не підтверджено. Спробуйте ще раз.'],
  signInExpired: ['Вхід застарів', 'Почніть знову.'],
  providerUnavailable: ['Ідентифікація не відповідає', 'Спробуйте ще раз за кілька хвилин.']
}

const ACCOUNT_EN: Record<AccountProblem['kind'], readonly [string, string]> = {
  sessionEnded: ['Your session has ended', 'Sign in again.'],
  signedOut: ['You have signed out', 'See you.'],
  noRole: ['No access', 'The identity provider did not confirm who you are.'],
  forbidden: ['No access', 'This page is for others.'],
  forged: ['The form is out of date', 'Open the page again.'],
  locked: ['Too many attempts', 'Try again later.'],
  tooMany: ['Too many requests', 'Wait a minute.'],
  signInFailed: ['Sign-in failed', 'Who you are was not confirmed. Try again.'],
  signInExpired: ['This sign-in is out of date', 'Start again.'],
  providerUnavailable: ['The identity provider does not answer', 'Try again in a few minutes.']
}

/** Words of the frame and of access; the areas have their own. */
export const wordsOf = texts({
  uk: {
    account: (kind: AccountProblem['kind']) => ACCOUNT_UK[kind][0],
    accountAbout: (kind: AccountProblem['kind']) => ACCOUNT_UK[kind][1],
    administration: 'Технічне адміністрування',
    bodyCode: 'Код органу',
    connectedBodies: 'Підключення органів',
    directory: 'Органи',
    home: 'На головну',
    letters: 'Листи',
    myAccess: 'Мій доступ',
    noAccess: 'Немає доступу до Дія.Офіс',
    noAccessBecause: (reason: NoAccess) => NO_ACCESS_UK[reason][0],
    noAccessHelp: (reason: NoAccess) => NO_ACCESS_UK[reason][1],
    officials: 'Посадові особи',
    organisationAdministrator: 'адміністратор органу',
    person: 'особу підтверджено',
    personnelDown: 'Кадрова система не відповідає',
    personnelDownAbout: 'Зараз неможливо перевірити посаду або показати довідник. Це збій, а не відмова: спробуйте за кілька хвилин.',
    personnelDownCode: (code: string, exchange: string) => `Код: ${code}. Обмін: ${exchange}`,
    plan: 'День і завдання',
    product: 'Дія.Офіс',
    refused: (reason: RefusedReason) => REFUSED_UK[reason],
    said: (key: string) => SAID_UK[key] ?? '',
    services: 'Сервіси',
    signInAgain: 'Увійти',
    surveys: 'Опитування',
    synthetic: 'Синтетичні дані: жодна особа тут не існує · synthetic data',
    technicalAdministrator: 'технічний адміністратор',
    today: 'Сьогодні'
  },
  en: {
    account: (kind: AccountProblem['kind']) => ACCOUNT_EN[kind][0],
    accountAbout: (kind: AccountProblem['kind']) => ACCOUNT_EN[kind][1],
    administration: 'Technical administration',
    bodyCode: 'Code of the body',
    connectedBodies: 'Connection of bodies',
    directory: 'Bodies',
    home: 'To the start page',
    letters: 'Letters',
    myAccess: 'My access',
    noAccess: 'No access to Diia.Office',
    noAccessBecause: (reason: NoAccess) => NO_ACCESS_EN[reason][0],
    noAccessHelp: (reason: NoAccess) => NO_ACCESS_EN[reason][1],
    officials: 'Officials',
    organisationAdministrator: 'organisation administrator',
    person: 'identified',
    personnelDown: 'The personnel system does not answer',
    personnelDownAbout: 'Your post cannot be checked and the directory cannot be shown now. This is an outage, not a refusal: try again in a few minutes.',
    personnelDownCode: (code: string, exchange: string) => `Code: ${code}. Exchange: ${exchange}`,
    plan: 'Day and tasks',
    product: 'Diia.Office',
    refused: (reason: RefusedReason) => REFUSED_EN[reason],
    said: (key: string) => SAID_EN[key] ?? '',
    services: 'Services',
    signInAgain: 'Sign in',
    surveys: 'Surveys',
    synthetic: 'Synthetic data: nobody here exists · синтетичні дані',
    technicalAdministrator: 'technical administrator',
    today: 'Today'
  }
})
