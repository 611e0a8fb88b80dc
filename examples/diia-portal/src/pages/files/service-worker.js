/* global self, caches */
/** Keeps nothing of a person: one page for being offline, and the hints that push services bring. */
const CACHE = 'portal-1'
const OFFLINE = '/offline'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(OFFLINE)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return
  event.respondWith(fetch(event.request).catch(async () => (await caches.match(OFFLINE)) ?? Response.error()))
})

self.addEventListener('push', (event) => {
  let hint = {}
  try {
    hint = event.data?.json() ?? {}
  } catch {
    // Something is shown whatever came: browsers ask for it.
  }
  const title = typeof hint.title === 'string' && hint.title !== '' ? hint.title : 'Портал Дія (модель)'
  event.waitUntil(self.registration.showNotification(title, { icon: '/icons/192.png', lang: hint.lang, tag: 'portal-notice', renotify: true, data: { url: '/notices' } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(self.clients.matchAll({ type: 'window' }).then(async (open) => {
    const [first] = open
    if (first !== undefined) {
      await first.navigate('/notices')
      await first.focus()
    } else await self.clients.openWindow('/notices')
  }))
})
