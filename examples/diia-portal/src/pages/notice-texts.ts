import { texts } from '@trembita/web'

export const noticeWordsOf = texts({
  uk: {
    title: 'Повідомлення',
    lead: 'Що вам повідомили державні органи. Сповіщення на екрані — лише натяк, запис тут.',
    none: 'Повідомлень немає',
    from: 'Від',
    when: 'Коли',
    what: 'Повідомлення',
    state: 'Стан',
    unread: 'нове',
    read: 'прочитано',
    readAll: 'Позначити все прочитаним',
    saidRead: 'Усі повідомлення позначено прочитаними.',
    open: 'Відкрити',
    openMonitor: 'Відкрити моніторинг доступу',
    next: 'Раніші',
    previous: 'Новіші',
    fromName: (client: string): string => ({
      'GOV/90000104/MONITOR': 'Моніторинг доступу до персональних даних',
      'GOV/90000050/CABINET': 'Онлайн-кабінет підприємця',
      'GOV/90000038/OFFICE': 'Дія.Офіс, Міністерство юстиції',
      'GOV/90000050/OFFICE': 'Дія.Офіс, Офіс розвитку підприємництва',
      'GOV/90000067/OFFICE': 'Дія.Офіс',
      'GOV/90000080/CENTRES': 'Платформа Центрів'
    } as Record<string, string>)[client] ?? client
  },
  en: {
    title: 'Notices',
    lead: 'What state bodies told you. A message on the screen is but a hint; the record is here.',
    none: 'There are no notices',
    from: 'From',
    when: 'When',
    what: 'Notice',
    state: 'State',
    unread: 'new',
    read: 'read',
    readAll: 'Mark all as read',
    saidRead: 'All notices were marked as read.',
    open: 'Open',
    openMonitor: 'Open the access monitor',
    next: 'Earlier',
    previous: 'Later',
    fromName: (client: string): string => ({
      'GOV/90000104/MONITOR': 'Monitoring of access to personal data',
      'GOV/90000050/CABINET': 'Business cabinet',
      'GOV/90000038/OFFICE': 'Diia.Office, ministry of justice',
      'GOV/90000050/OFFICE': 'Diia.Office, Entrepreneurship Office',
      'GOV/90000067/OFFICE': 'Diia.Office',
      'GOV/90000080/CENTRES': 'Platform of centres'
    } as Record<string, string>)[client] ?? client
  }
})
