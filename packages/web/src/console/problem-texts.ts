import { texts } from '../texts.ts'

/** Why somebody is not let in, in words. */
export const problemWordsOf = texts({
  uk: {
    signIn: 'Увійти',
    again: 'Спробувати ще раз',
    sessionEnded: 'Сеанс завершено',
    signedOut: 'Ви вийшли',
    noRole: 'Немає ролі в цій системі',
    forbidden: 'Немає доступу',
    forged: 'Форма застаріла',
    locked: 'Забагато невдалих спроб',
    tooMany: 'Забагато запитів',
    signInFailed: 'Не вдалося увійти',
    signInExpired: 'Спроба входу застаріла',
    providerUnavailable: 'Постачальник ідентифікації не відповідає',
    message: (kind: string): string => (({
      sessionEnded: 'Увійдіть, щоб продовжити. Те, що ви ввели у форму, не збережено.',
      signedOut: 'До зустрічі.',
      noRole: 'Ваш обліковий запис не має жодної ролі в цій системі. Зверніться до її адміністратора.',
      forbidden: 'Ваші ролі не дають права на цю сторінку чи дію.',
      forged: 'Форма застаріла або надійшла з іншого сайту. Відкрийте сторінку знову й повторіть.',
      locked: 'З вашої адреси було забагато невдалих спроб. Спробуйте пізніше.',
      tooMany: 'З вашої адреси надходить забагато запитів. Зачекайте й спробуйте знову.',
      signInFailed: 'Почніть вхід ще раз. Якщо це повторюється, зверніться до адміністратора.',
      signInExpired: 'Спроба входу застаріла або її вже використано. Почніть знову.',
      providerUnavailable: 'Спробуйте за кілька хвилин.'
    }) as Record<string, string>)[kind] ?? ''
  },
  en: {
    signIn: 'Sign in',
    again: 'Try again',
    sessionEnded: 'Your session has ended',
    signedOut: 'You have signed out',
    noRole: 'No role in this system',
    forbidden: 'No access',
    forged: 'The form is out of date',
    locked: 'Too many failed attempts',
    tooMany: 'Too many requests',
    signInFailed: 'Sign-in failed',
    signInExpired: 'The attempt to sign in is out of date',
    providerUnavailable: 'The identity provider does not answer',
    message: (kind: string): string => (({
      sessionEnded: 'Sign in to go on. What you entered in a form was not kept.',
      signedOut: 'See you.',
      noRole: 'Your account has no role in this system. Ask its administrator.',
      forbidden: 'Your roles do not allow this page or action.',
      forged: 'The form is out of date or came from another site. Open the page again and repeat.',
      locked: 'There were too many failed attempts from your address. Try again later.',
      tooMany: 'Too many requests come from your address. Wait a little and try again.',
      signInFailed: 'Start again. If it keeps failing, ask the administrator.',
      signInExpired: 'The attempt is out of date or was used already. Start again.',
      providerUnavailable: 'Try again in a few minutes.'
    }) as Record<string, string>)[kind] ?? ''
  }
})
