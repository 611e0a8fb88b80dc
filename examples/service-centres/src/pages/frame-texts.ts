import { texts } from '@trembita/web'

/** Words of what stands around every page. */
export const frameWordsOf = texts({
  uk: {
    product: 'Платформа Центрів',
    centres: 'Центри',
    map: 'Карта',
    visits: 'Мій запис',
    my: 'Мої візити',
    state: 'Якість',
    lowVision: 'Людям із порушенням зору',
    usualVision: 'Звичайний вигляд',
    synthetic: 'синтетичні дані · synthetic data',
    free: 'Користування безоплатне, цілодобово',
    openData: 'Відкриті дані',
    signIn: 'Увійти',
    toCentres: 'До переліку центрів',
    visitor: 'відвідувач',
    said: (key: string): string => ({
      booked: 'Вас записано. Збережіть номер і PIN.',
      sending: 'Запит на запис збережено: черга ще не відповіла.',
      moved: 'Запис перенесено.',
      cancelled: 'Запис скасовано.',
      wished: 'Прохання збережено: черга ще не відповіла.',
      rated: 'Дякуємо за оцінку.'
    })[key] ?? '',
    problem: (kind: string): string => ({
      sessionEnded: 'Сеанс завершено', signedOut: 'Ви вийшли', noRole: 'Немає доступу', forbidden: 'Немає доступу', forged: 'Форма застаріла', locked: 'Забагато спроб', tooMany: 'Забагато запитів', signInFailed: 'Не вдалося увійти', signInExpired: 'Спроба входу застаріла', providerUnavailable: 'Сервіс ідентифікації не відповідає'
    })[kind] ?? 'Дію не виконано',
    problemBody: (kind: string): string => ({
      sessionEnded: 'Увійдіть ще раз і повторіть дію.', signedOut: 'Записатися можна і без входу.', forged: 'Відкрийте сторінку ще раз і повторіть дію.', providerUnavailable: 'Записатися можна і без входу.'
    })[kind] ?? 'Спробуйте трохи згодом.'
  },
  en: {
    product: 'Centres platform',
    centres: 'Centres',
    map: 'Map',
    visits: 'My booking',
    my: 'My visits',
    state: 'Quality',
    lowVision: 'For impaired sight',
    usualVision: 'Usual look',
    synthetic: 'синтетичні дані · synthetic data',
    free: 'Free of charge, round the clock',
    openData: 'Open data',
    signIn: 'Sign in',
    toCentres: 'To the list of centres',
    visitor: 'visitor',
    said: (key: string): string => ({
      booked: 'You are booked. Keep the number and the PIN.',
      sending: 'Your request is kept: the queue has not answered yet.',
      moved: 'The booking was moved.',
      cancelled: 'The booking was cancelled.',
      wished: 'Your wish is kept: the queue has not answered yet.',
      rated: 'Thank you for the rating.'
    })[key] ?? '',
    problem: (kind: string): string => ({
      sessionEnded: 'The session has ended', signedOut: 'You have signed out', noRole: 'No access', forbidden: 'No access', forged: 'The form is out of date', locked: 'Too many attempts', tooMany: 'Too many requests', signInFailed: 'Signing in failed', signInExpired: 'The sign-in took too long', providerUnavailable: 'The identity provider does not answer'
    })[kind] ?? 'This was not done',
    problemBody: (kind: string): string => ({
      sessionEnded: 'Sign in again and repeat what you did.', signedOut: 'You can book without signing in.', forged: 'Open the page again and repeat what you did.', providerUnavailable: 'You can book without signing in.'
    })[kind] ?? 'Try again a little later.'
  }
})
