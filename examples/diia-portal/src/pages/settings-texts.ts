import { countEn, countUk, texts } from '@trembita/web'

export const settingsWordsOf = texts({
  uk: {
    title: 'Налаштування',
    push: 'Сповіщення на цьому пристрої',
    pushText: 'Установіть портал на телефон чи комп’ютер і дозвольте сповіщення. На екрані буде лише заголовок, подробиці — після входу.',
    pushEnable: 'Увімкнути сповіщення',
    pushDisable: 'Вимкнути на всіх пристроях',
    pushCount: (n: number): string => `Увімкнено: ${countUk(n, 'пристрій', 'пристрої', 'пристроїв')}.`,
    pushNone: 'Сповіщення не ввімкнено на жодному пристрої.',
    pushNoScript: 'Для сповіщень потрібен JavaScript у браузері. Усі повідомлення й без них є в розділі «Повідомлення».',
    pushOn: 'Сповіщення на цьому пристрої ввімкнено.',
    pushDenied: 'Браузер не дозволив сповіщення. Змінити це можна в його налаштуваннях.',
    pushFailed: 'Не вдалося ввімкнути сповіщення на цьому пристрої.',
    offers: 'Пропозиції програм підтримки',
    offersText: 'Кабінет підприємця може передавати персональні пропозиції в портал. Без цього вони лишаються в самому кабінеті.',
    offersOn: 'Пропозиції показуються в порталі.',
    offersOff: 'Пропозиції в порталі вимкнено.',
    turnOn: 'Показувати пропозиції',
    turnOff: 'Не показувати пропозиції',
    saved: 'Налаштування збережено.',
    unsubscribed: 'Сповіщення вимкнено на всіх пристроях.'
  },
  en: {
    title: 'Settings',
    push: 'Notifications on this device',
    pushText: 'Install the portal on a phone or a computer and allow notifications. The screen shows the title alone; details come after sign-in.',
    pushEnable: 'Turn on notifications',
    pushDisable: 'Turn off on all devices',
    pushCount: (n: number): string => `Turned on: ${countEn(n, 'device')}.`,
    pushNone: 'Notifications are turned on on no device.',
    pushNoScript: 'Notifications need JavaScript in the browser. Without them, all messages stand in “Notices”.',
    pushOn: 'Notifications are turned on on this device.',
    pushDenied: 'The browser did not allow notifications. Its settings can change that.',
    pushFailed: 'Notifications could not be turned on on this device.',
    offers: 'Offers of support programmes',
    offersText: 'The business cabinet may deliver personalised offers to the portal. Otherwise they stay in the cabinet.',
    offersOn: 'Offers are shown in the portal.',
    offersOff: 'Offers are turned off in the portal.',
    turnOn: 'Show offers',
    turnOff: 'Do not show offers',
    saved: 'The settings were saved.',
    unsubscribed: 'Notifications were turned off on all devices.'
  }
})
