import { texts } from '@trembita/web'

export const frameWordsOf = texts({
  uk: {
    product: 'Мої дані',
    role: 'громадянин або громадянка',
    accesses: 'Перелік',
    questions: 'Звернення',
    settings: 'Повідомлення',
    about: 'Про портал',
    verification: 'Перевірка',
    phishing: 'Ми ніколи не просимо увійти за посиланням із листа чи повідомлення.',
    noKeysTitle: 'Зараз не можемо показати ваш перелік',
    noKeys: 'Служба, що знає, які записи ваші, не відповідає. Це не означає, що записів немає. Спробуйте за кілька хвилин.',
    said: (what: string): string => (({
      saved: 'Налаштування збережено.',
      asked: 'Запитання прийнято. Його стан видно на цій сторінці.',
      complained: 'Скаргу прийнято. Її стан видно на цій сторінці.',
      read: 'Записи позначено прочитаними.',
      muted: 'Про такі звернення більше не повідомлятимемо. У переліку вони залишаються.',
      unmuted: 'Повідомлення про такі звернення знову ввімкнено.',
      codeSent: 'Ми надіслали код на цю адресу. Введіть його нижче.',
      codeFailed: 'Лист із кодом не вдалося надіслати. Перевірте адресу й спробуйте ще раз.',
      codesTooMany: 'Кодів надіслано забагато. Спробуйте за годину.',
      confirmed: 'Адресу підтверджено.',
      codeWrong: 'Код не підходить або строк його дії сплив.',
      emailRemoved: 'Адресу вилучено.',
      deviceRemoved: 'Пристрій вилучено.'
    }) as Record<string, string>)[what] ?? ''
  },
  en: {
    product: 'My data',
    role: 'citizen',
    accesses: 'List',
    questions: 'Requests',
    settings: 'Notices',
    about: 'About',
    verification: 'Verification',
    phishing: 'We never ask you to sign in by a link in a mail or a notice.',
    noKeysTitle: 'Your list cannot be shown now',
    noKeys: 'The service that knows which records are yours does not answer. This does not mean that there are none. Try again in a few minutes.',
    said: (what: string): string => (({
      saved: 'The settings were saved.',
      asked: 'Your question was taken. Its state is shown on this page.',
      complained: 'Your complaint was taken. Its state is shown on this page.',
      read: 'The records were marked as read.',
      muted: 'You will get no notices of such accesses. They stay in the list.',
      unmuted: 'Notices of such accesses are on again.',
      codeSent: 'We sent a code to this address. Enter it below.',
      codeFailed: 'The mail with the code could not be sent. Check the address and try again.',
      codesTooMany: 'Too many codes were sent. Try again in an hour.',
      confirmed: 'The address was confirmed.',
      codeWrong: 'The code does not fit, or is out of date.',
      emailRemoved: 'The address was removed.',
      deviceRemoved: 'The device was removed.'
    }) as Record<string, string>)[what] ?? ''
  }
})
