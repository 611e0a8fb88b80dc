/* global Notification */
/** What the installed portal adds to its pages: a worker for notifications and for being offline. */
const registered = 'serviceWorker' in navigator ? navigator.serviceWorker.register('/service-worker.js') : undefined

const button = document.querySelector('#push-enable')
const state = document.querySelector('#push-state')
if (button !== null && state !== null) {
  if (registered === undefined || !('PushManager' in window)) button.remove()
  else button.addEventListener('click', () => { void enable() })
}

async function enable () {
  const { key, csrf } = button.dataset
  try {
    if (await Notification.requestPermission() !== 'granted') {
      state.textContent = state.dataset.denied
      return
    }
    const worker = await registered
    await navigator.serviceWorker.ready
    const known = await worker.pushManager.getSubscription()
    const subscription = known ?? await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
    const answer = await fetch('/push/subscriptions', {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body: JSON.stringify(subscription)
    })
    state.textContent = answer.ok ? state.dataset.on : state.dataset.failed
  } catch {
    // No push service, or it refused: the inbox holds everything anyway.
    state.textContent = state.dataset.failed
  }
}
