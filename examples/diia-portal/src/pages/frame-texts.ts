import { texts } from '@trembita/web'

export const frameWordsOf = texts({
  uk: {
    product: 'Портал Дія (модель)',
    home: 'Головна',
    documents: 'Документи',
    share: 'Передати документи',
    receipts: 'Квитанції',
    offers: 'Пропозиції',
    notices: 'Повідомлення',
    settings: 'Налаштування',
    person: 'Особа',
    synthetic: 'Синтетичні дані · synthetic data. Жодної справжньої особи тут немає.',
    offline: 'Немає зв’язку',
    offlineText: 'Портал показує документи лише з першоджерел, тож без зв’язку їх не видно. Спробуйте ще раз, коли з’явиться мережа.',
    again: 'Спробувати ще раз',
    noRnokpp: 'Потрібен РНОКПП',
    noRnokppText: 'Цією послугою користуються особи, які мають реєстраційний номер облікової картки платника податків і пройшли ідентифікацію. У ваших даних його немає, тож портал не може виконати дію (порядок онлайн-кабінету, пункт 7; порядок «Дія.Офіс», пункт 4).',
    toDocuments: 'До документів'
  },
  en: {
    product: 'Diia portal (model)',
    home: 'Home',
    documents: 'Documents',
    share: 'Share documents',
    receipts: 'Receipts',
    offers: 'Offers',
    notices: 'Notices',
    settings: 'Settings',
    person: 'Person',
    synthetic: 'Синтетичні дані · synthetic data. No real person is here.',
    offline: 'No connection',
    offlineText: 'The portal shows documents from their sources alone, so nothing is seen without a connection. Try again when there is a network.',
    again: 'Try again',
    noRnokpp: 'A taxpayer\'s number is needed',
    noRnokppText: 'This is for people who have a registration number of the taxpayer’s account card (РНОКПП) and are identified by it. Your data have none, so the portal cannot do it (order on the business cabinet, item 7; order on Diia.Office, item 4).',
    toDocuments: 'To the documents'
  }
})
