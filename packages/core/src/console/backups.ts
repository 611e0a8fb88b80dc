import {
  card, confirm, dataTable, dateTime, emptyState, field, form, formatBytes, html, linkButton, statusBadge, texts, type FieldErrors, type Html
} from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import { after, type Console, type Visit } from './console.ts'

const wordsOf = texts({
  uk: {
    title: 'Резервні копії',
    lead: 'Усе, що знає ядро, в одному файлі: зашифровано парольною фразою ядра, підписано його ключем. Щоночі о 03:15 UTC копія створюється сама й зберігається 30 днів.',
    create: 'Створити копію',
    withKeys: 'З ключами підпису конфігурації',
    withKeysHint: 'Без них на порожній машині з’являться нові ключі, і шлюзам знадобиться новий якір.',
    created: 'Резервну копію створено.',
    deleted: 'Резервну копію вилучено.',
    restored: 'Стан відновлено з резервної копії.',
    uploaded: 'Резервну копію завантажено.',
    upload: 'Завантажити копію з файла',
    file: 'Файл резервної копії',
    fileMissing: 'Оберіть файл',
    at: 'Створено',
    keys: 'Ключі',
    with: 'з ключами',
    without: 'без ключів',
    size: 'Обсяг',
    name: 'Назва',
    actions: 'Дії',
    download: 'Зберегти',
    delete: 'Вилучити',
    deleteBody: 'Відновити з цієї копії більше не можна буде.',
    restore: 'Відновити',
    restoreBody: 'Увесь нинішній стан — учасники, шлюзи, договори, ключі API — буде замінено станом із копії. Журнал аудиту продовжиться. Усі сеанси завершаться.',
    none: 'Резервних копій ще немає',
    problem: (code: string): string => (({
      backup_invalid: 'Файл не є цілою резервною копією ядра.',
      backup_foreign: 'Копію підписано не ключем цього середовища. Відновіть її на самій машині: trembita-core backup restore.',
      backup_passphrase_wrong: 'Копію зашифровано іншою парольною фразою.',
      backup_too_new: 'Копію створено новішою версією програми.'
    }) as Record<string, string>)[code] ?? ''
  },
  en: {
    title: 'Backups',
    lead: 'Everything that the core knows in one file: encrypted by the core’s passphrase, signed by its key. One is made each night at 03:15 UTC and kept for 30 days.',
    create: 'Make a backup',
    withKeys: 'With configuration signing keys',
    withKeysHint: 'Without them an empty machine gets new keys, and gateways need a new anchor.',
    created: 'The backup was made.',
    deleted: 'The backup was deleted.',
    restored: 'The state was restored from the backup.',
    uploaded: 'The backup was uploaded.',
    upload: 'Upload a backup',
    file: 'Backup file',
    fileMissing: 'Choose a file',
    at: 'Made',
    keys: 'Keys',
    with: 'with keys',
    without: 'without keys',
    size: 'Size',
    name: 'Name',
    actions: 'Actions',
    download: 'Download',
    delete: 'Delete',
    deleteBody: 'Nothing can be restored from it any more.',
    restore: 'Restore',
    restoreBody: 'All that is now — members, gateways, agreements, API keys — is replaced by the state of the backup. The audit log goes on. Every session ends.',
    none: 'There are no backups yet',
    problem: (code: string): string => (({
      backup_invalid: 'The file is not a whole backup of a core.',
      backup_foreign: 'The backup was not signed by a key of this environment. Put it back at the machine: trembita-core backup restore.',
      backup_passphrase_wrong: 'The backup was encrypted with another passphrase.',
      backup_too_new: 'The backup was made by a later version of the program.'
    }) as Record<string, string>)[code] ?? ''
  }
})

interface Backup { readonly filename: string, readonly created_at: string, readonly bytes: number, readonly with_keys: boolean }

/** Backups: made, taken away, brought in, put back. */
export function backupPages (console: Console): void {
  const at = (visit: Visit, action: string): string => `/backups/${encodeURIComponent(visit.params.name!)}${action}`
  const again = (visit: Visit, problem: ApiProblem): Promise<Html> => listPage(visit, { '': wordsOf(visit.lang).problem(problem.code) || problem.message })
  console.get('/backups', (visit) => listPage(visit))
  console.post('/backups', async (visit) => after(await visit.api.post('/backups', { with_keys: visit.form.flag('with_keys') }), '/backups', 'backupCreated'), again)
  console.post('/backups/upload', async (visit) => {
    const file = visit.form.file('file')
    if (file === undefined) return await listPage(visit, { file: wordsOf(visit.lang).fileMissing })
    return after(await visit.api.upload('/backups/upload', file.bytes), '/backups', 'backupUploaded')
  }, again)
  console.get('/backups/:name/download', async (visit) => ({ bytes: (await visit.api.download(at(visit, '/download'))).bytes, type: 'application/octet-stream', fileName: visit.params.name! }))
  console.post('/backups/:name/delete', async (visit) => after(await visit.api.delete(at(visit, '')), '/backups', 'backupDeleted'), again)
  console.post('/backups/:name/restore', async (visit) => after(await visit.api.put(at(visit, '/restore')), '/backups', 'backupRestored'), again)
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { backupCreated: words.created, backupUploaded: words.uploaded, backupDeleted: words.deleted, backupRestored: words.restored }
  })
}

async function listPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, csrf, may } = visit
  const words = wordsOf(lang)
  const keeper = may('XROAD_SYSTEM_ADMINISTRATOR')
  const rows = await visit.api.get<Backup[]>('/backups')
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${dataTable(lang, {
      caption: words.title,
      rows,
      empty: emptyState({ title: words.none, sign: 'backup' }),
      columns: [
        { key: 'at', label: words.at, heading: true, render: ({ created_at: created }) => dateTime(created, lang) },
        { key: 'name', label: words.name, render: ({ filename }) => filename },
        { key: 'keys', label: words.keys, render: ({ with_keys: keys }) => statusBadge(keys ? 'ok' : 'idle', keys ? words.with : words.without) },
        { key: 'size', label: words.size, align: 'end', render: ({ bytes }) => formatBytes(bytes, lang) },
        ...keeper ? [{ key: 'actions', label: words.actions, render: (backup: Backup) => rowActions(visit, backup) }] : []
      ]
    })}
${keeper
  ? html`${card({
    title: words.create,
    body: form(lang, {
      action: '/backups', csrf, submit: words.create, body: field(lang, { kind: 'checkbox', name: 'with_keys', label: words.withKeys, hint: words.withKeysHint, checked: true })
    })
  })}${card({
    title: words.upload,
    body: form(lang, {
      action: '/backups/upload', csrf, multipart: true, errors, submit: words.upload, submitKind: 'secondary', body: field(lang, { kind: 'file', name: 'file', label: words.file, error: errors.file, required: true })
    })
  })}`
  : undefined}`
  })
}

function rowActions ({ lang, csrf }: Visit, { filename }: Backup): Html {
  const words = wordsOf(lang)
  const path = `/backups/${encodeURIComponent(filename)}`
  return html`<div class="actions">${linkButton({ label: words.download, href: `${path}/download`, sign: 'download', download: true })}${[
    confirm(lang, { label: words.restore, title: words.restore, body: words.restoreBody, action: `${path}/restore`, csrf, submit: words.restore }),
    confirm(lang, { label: words.delete, title: words.delete, body: words.deleteBody, action: `${path}/delete`, csrf, submit: words.delete })
  ]}</div>`
}
