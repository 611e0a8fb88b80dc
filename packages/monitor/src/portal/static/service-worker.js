/* global self */
/** Shows notices of the portal. Keeps nothing and answers no requests: every page comes from the server. */

self.addEventListener('install', (event) => { event.waitUntil(self.skipWaiting()) })
self.addEventListener('activate', (event) => { event.waitUntil(self.clients.claim()) })

const FALLBACK = { title: 'Трембіта: доступ до ваших даних', body: '', tag: 'trembita', lang: 'uk' }

self.addEventListener('push', (event) => {
  const { title, body, tag, lang } = { ...FALLBACK, ...contentOf(event.data) }
  // The same tag replaces what is shown: a notice that arrives twice is seen once.
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang, icon: '/icon.svg', badge: '/icon.svg' }))
})

function contentOf (data) {
  try {
    const content = data?.json() ?? {}
    return Object.fromEntries(['title', 'body', 'tag', 'lang'].filter((name) => typeof content[name] === 'string').map((name) => [name, content[name]]))
  } catch {
    return {}
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openList())
})

/** The list, never a single record: what was seen is shown after sign-in. */
async function openList () {
  const windows = await self.clients.matchAll({ type: 'window' })
  const own = windows.find(({ url }) => new URL(url).pathname.startsWith('/accesses'))
  if (own !== undefined) return await own.focus()
  return await self.clients.openWindow('/accesses')
}

self.addEventListener('pushsubscriptionchange', (event) => {
  // The new subscription is handed over when the person next opens the settings: here nobody is signed in for sure.
  event.waitUntil(self.registration.showNotification('Трембіта', { body: 'Увімкніть повідомлення на цьому пристрої ще раз · Switch notices on for this device again', tag: 'subscribe-again', icon: '/icon.svg' }))
})
