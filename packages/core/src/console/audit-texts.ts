import { texts } from '@trembita/web'

export const auditWordsOf = texts({
  uk: {
    title: 'Журнал аудиту',
    lead: 'Кожна зміна: хто, звідки, що було і що стало. Записи зчеплені хешами; вивантажений журнал перевіряє trembita-verify.',
    export: 'Вивантажити журнал',
    at: 'Час',
    actor: 'Хто',
    action: 'Дія',
    object: 'Об’єкт',
    origin: 'Звідки',
    approvedBy: 'Погодив(-ла)',
    hash: 'Хеш запису',
    previousHash: 'Хеш попереднього',
    from: 'Від',
    to: 'До',
    objectKind: 'Вид об’єкта',
    objectId: 'Ідентифікатор об’єкта',
    empty: 'За цими умовами змін не знайдено',
    event: (id: number) => `Подія ${id}`,
    changes: 'Зміни',
    noHistory: 'Змін ще не було.',
    noChanges: 'Стан об’єкта не змінився'
  },
  en: {
    title: 'Audit log',
    lead: 'Every change: who, from where, what was and what is. Entries are chained by hashes; trembita-verify checks an exported log.',
    export: 'Export the log',
    at: 'Time',
    actor: 'Who',
    action: 'Action',
    object: 'Object',
    origin: 'From',
    approvedBy: 'Approved by',
    hash: 'Hash of the entry',
    previousHash: 'Hash of the one before',
    from: 'From',
    to: 'To',
    objectKind: 'Kind of object',
    objectId: 'Identifier of the object',
    empty: 'No change found for these conditions',
    event: (id: number) => `Event ${id}`,
    changes: 'Changes',
    noHistory: 'Nothing has changed yet.',
    noChanges: 'The state of the object did not change'
  }
})
