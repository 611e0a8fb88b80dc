import { texts } from '@trembita/web'

const ROLE_NAMES = {
  uk: { CATALOG_ADMINISTRATOR: 'Адміністратор каталогу', CATALOG_OWNER: 'Представник організації', CATALOG_EDITOR: 'Редактор' },
  en: { CATALOG_ADMINISTRATOR: 'Administrator of the catalog', CATALOG_OWNER: 'Representative of an organisation', CATALOG_EDITOR: 'Editor' }
} as const

function roleName (names: Readonly<Record<string, string>>, organisation: string): (role: string) => string {
  return (role) => role.startsWith('ORGANISATION:') ? `${organisation} ${role.slice('ORGANISATION:'.length)}` : names[role] ?? role
}

const SAID_UK: Readonly<Record<string, string>> = {
  saved: 'Збережено.',
  created: 'Чернетку створено. Далі: перевірка.',
  submitted: 'Подано на погодження.',
  published: 'Опубліковано.',
  rejected: 'Відхилено.',
  withdrawn: 'Вилучено з публікації.',
  deprecated: 'Позначено застарілою.',
  reviewed: 'Картку підтверджено.',
  harvested: 'Описи зібрано.',
  probed: 'Стан перевірено.',
  cancelled: 'Перевірку скасовано.',
  asked: 'Запит надіслано постачальнику.',
  approved: 'Запит погоджено.',
  refused: 'Запит відхилено.',
  granted: 'Право надано.',
  announced: 'Роботи оголошено.'
}
const SAID_EN: Readonly<Record<string, string>> = {
  saved: 'Saved.',
  created: 'The draft was made. Next: verification.',
  submitted: 'Submitted for approval.',
  published: 'Published.',
  rejected: 'Rejected.',
  withdrawn: 'Withdrawn from publication.',
  deprecated: 'Marked deprecated.',
  reviewed: 'The card was confirmed.',
  harvested: 'Descriptions were harvested.',
  probed: 'The state was looked at.',
  cancelled: 'The verification was cancelled.',
  asked: 'The request was sent to the provider.',
  approved: 'The request was approved.',
  refused: 'The request was refused.',
  granted: 'The right was given.',
  announced: 'The work was announced.'
}

/** Words of the frame, and names of states. */
export const siteWordsOf = texts({
  uk: {
    product: 'Каталог',
    search: 'Пошук',
    interfaces: 'Інтерфейси',
    resources: 'Ресурси',
    organisations: 'Організації',
    status: 'Стан',
    my: 'Кабінет',
    synthetic: 'синтетичні дані · synthetic data',
    role: roleName(ROLE_NAMES.uk, 'Організація'),
    said: (key: string): string => SAID_UK[key] ?? ''
  },
  en: {
    product: 'Catalog',
    search: 'Search',
    interfaces: 'Interfaces',
    resources: 'Resources',
    organisations: 'Organisations',
    status: 'Status',
    my: 'Workplace',
    synthetic: 'синтетичні дані · synthetic data',
    role: roleName(ROLE_NAMES.en, 'Organisation'),
    said: (key: string): string => SAID_EN[key] ?? ''
  }
})
