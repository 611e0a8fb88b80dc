import { texts } from '@trembita/web'

/** Words of what stands around every page. */
export const frameWordsOf = texts({
  uk: {
    product: 'Кабінет підприємця',
    programmes: 'Програми',
    about: 'Про проєкт',
    offers: 'Пропозиції',
    profile: 'Мої дані',
    documents: 'Документи',
    administration: 'Адміністрування',
    synthetic: 'синтетичні дані · synthetic data',
    owner: 'Власник і адміністратор системи: Офіс з розвитку підприємництва та експорту',
    signIn: 'Увійти',
    toPublicSite: 'До програм',
    role: (role: string): string => ({ ENTREPRENEUR: 'підприємець', CABINET_ADMINISTRATOR: 'адміністратор системи' })[role] ?? role,
    said: (key: string): string => ({
      joined: 'Вас приєднано до проєкту. Реєстри вже запитують.',
      left: 'Ви вийшли з проєкту. Запити припинено, профіль стерто.',
      asked: 'Запит до реєстрів надіслано.',
      fresh: 'Відповідям менше хвилини: нового запиту не потрібно.',
      dismissed: 'Пропозицію сховано.',
      applied: 'Позначено, що заявку подано.',
      saved: 'Нову версію програми збережено.',
      noticed: 'Повідомлення оприлюднено.'
    })[key] ?? '',
    problem: (kind: string): string => ({
      sessionEnded: 'Сеанс завершено',
      signedOut: 'Ви вийшли з кабінету',
      noRole: 'Немає доступу',
      forbidden: 'Немає доступу',
      forged: 'Форма застаріла',
      locked: 'Забагато невдалих спроб',
      tooMany: 'Забагато запитів',
      signInFailed: 'Не вдалося увійти',
      signInExpired: 'Спроба входу застаріла',
      providerUnavailable: 'Сервіс ідентифікації не відповідає'
    })[kind] ?? 'Дію не виконано',
    problemBody: (kind: string): string => ({
      sessionEnded: 'Увійдіть ще раз і повторіть дію.',
      signedOut: 'Програми підтримки видно і без входу.',
      forbidden: 'Цю сторінку бачать лише працівники адміністратора системи.',
      forged: 'Відкрийте сторінку ще раз і повторіть дію.',
      signInFailed: 'Для кабінету потрібна ідентифікація з рівнем довіри не нижче середнього.',
      providerUnavailable: 'Спробуйте за кілька хвилин. Програми підтримки видно і без входу.'
    })[kind] ?? 'Спробуйте трохи згодом.'
  },
  en: {
    product: 'Business cabinet',
    programmes: 'Programmes',
    about: 'About the project',
    offers: 'Offers',
    profile: 'My data',
    documents: 'Documents',
    administration: 'Administration',
    synthetic: 'синтетичні дані · synthetic data',
    owner: 'Owner and administrator of the system: Entrepreneurship and Export Promotion Office',
    signIn: 'Sign in',
    toPublicSite: 'To the programmes',
    role: (role: string): string => ({ ENTREPRENEUR: 'entrepreneur', CABINET_ADMINISTRATOR: 'administrator of the system' })[role] ?? role,
    said: (key: string): string => ({
      joined: 'You have joined the project. The registers are being asked.',
      left: 'You have left the project. Questions have stopped, the profile is erased.',
      asked: 'The registers were asked.',
      fresh: 'The answers are less than a minute old: there is no need to ask again.',
      dismissed: 'The offer was put away.',
      applied: 'Noted that you have applied.',
      saved: 'A new version of the programme was saved.',
      noticed: 'The notice was published.'
    })[key] ?? '',
    problem: (kind: string): string => ({
      sessionEnded: 'Your session has ended',
      signedOut: 'You have signed out',
      noRole: 'No access',
      forbidden: 'No access',
      forged: 'The form is out of date',
      locked: 'Too many failed attempts',
      tooMany: 'Too many requests',
      signInFailed: 'Sign-in failed',
      signInExpired: 'This attempt to sign in is out of date',
      providerUnavailable: 'The identification service does not answer'
    })[kind] ?? 'Not done',
    problemBody: (kind: string): string => ({
      sessionEnded: 'Sign in again and repeat what you did.',
      signedOut: 'Programmes of support can be seen without signing in.',
      forbidden: 'Only staff of the administrator of the system see this page.',
      forged: 'Open the page again and repeat what you did.',
      signInFailed: 'The cabinet needs an identification of substantial assurance or higher.',
      providerUnavailable: 'Try again in a few minutes. Programmes of support can be seen without signing in.'
    })[kind] ?? 'Try again a little later.'
  }
})
