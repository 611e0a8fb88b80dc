import type { ReceivedMessage } from './push-service.ts'

const STYLE = 'body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#12171e;background:#fff}td,th{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd;vertical-align:top}'

/** What a developer sees of the development push service. */
export function messagesPage (messages: readonly ReceivedMessage[]): string {
  const rows = messages.toReversed().map(({ at, text, urgency, ttlSeconds, topic }) => {
    const { title = '', body = '' } = contentOf(text)
    return `<tr><td>${at.toISOString()}</td><td><strong>${escaped(title)}</strong><br>${escaped(body)}</td><td>${escaped(urgency)}, TTL ${ttlSeconds} s${topic === undefined ? '' : `, ${escaped(topic)}`}</td></tr>`
  })
  const table = rows.length === 0 ? '<p>Ще нічого не надійшло · Nothing has come yet</p>' : `<table><thead><tr><th>Час · Time</th><th>Повідомлення · Message</th><th>Доставка · Delivery</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  return `<!DOCTYPE html><html lang="uk"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Служба push для розробки · Development push service</title><style>${STYLE}</style></head><body><main><h1>Служба push для розробки · Development push service</h1><p>Повідомлення пристроїв, що підписалися тут. Синтетичні дані. · Messages of devices that subscribed here. Synthetic data.</p>${table}</main></body></html>`
}

function contentOf (text: string): { readonly title?: string, readonly body?: string } {
  try {
    return JSON.parse(text) as { title?: string, body?: string }
  } catch {
    // Another sender's text.
    return { body: text }
  }
}

function escaped (text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
