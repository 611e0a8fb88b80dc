/* global Notification */
/** What the citizen's pages gain where scripts run: notices on this device, and verification in the browser. Both have their plain way. */

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))

for (const button of document.querySelectorAll('[data-subscribe]')) {
  button.addEventListener('click', () => { void subscribe(button) })
}

/** Asks for leave only now, after a click. */
async function subscribe (button) {
  const status = button.parentElement.querySelector('[data-subscribe-status]')
  const say = (text) => { status.textContent = text }
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return say(button.dataset.unsupported)
  button.disabled = true
  try {
    const registration = await navigator.serviceWorker.register('/service-worker.js')
    if (await Notification.requestPermission() !== 'granted') return say(button.dataset.denied)
    await navigator.serviceWorker.ready
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(button.dataset.key) })
    const answer = await fetch('/settings/push', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': button.dataset.csrf },
      body: JSON.stringify({ subscription: subscription.toJSON() })
    })
    if (!answer.ok) throw new Error(String(answer.status))
    say(button.dataset.done)
  } catch {
    say(button.dataset.failed)
  } finally {
    button.disabled = false
  }
}

for (const button of document.querySelectorAll('[data-verify-receipt]')) {
  button.addEventListener('click', () => { void verify(button) })
}

async function verify (button) {
  const place = document.querySelector('[data-verdict]')
  place.textContent = button.dataset.busy
  button.disabled = true
  try {
    const [{ verifyReceipt, verdictLines }, receipt] = await Promise.all([
      import(button.dataset.script),
      fetch(button.dataset.verifyReceipt, { headers: { accept: 'application/json' } }).then((answer) => answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))))
    ])
    show(place, await verdictLines(document.documentElement.lang, verifyReceipt, receipt))
  } catch (error) {
    place.textContent = `${button.dataset.failed}: ${error.message}`
  } finally {
    button.disabled = false
  }
}

function show (place, { good, title, lines }) {
  const heading = document.createElement('p')
  const strong = document.createElement('strong')
  strong.textContent = title
  heading.append(strong)
  const list = document.createElement('ul')
  for (const line of lines) {
    const item = document.createElement('li')
    item.textContent = line
    list.append(item)
  }
  place.replaceChildren(heading, list)
  place.dataset.verdict = good ? 'good' : 'bad'
}
