import { actionForm, actions, attributes, card, html, icon } from '@trembita/web'
import type { Persons } from '../persons/index.ts'
import type { WebPush } from '../push/index.ts'
import type { Pages } from './pages.ts'
import { settingsWordsOf } from './settings-texts.ts'

export interface SettingsPagesDeps {
  readonly persons: Persons
  readonly push: WebPush
}

/** Channels by which the person may be reached. */
export const settingsPages = ({ persons, push }: SettingsPagesDeps) => (pages: Pages): void => {
  pages.sentences((lang) => {
    const words = settingsWordsOf(lang)
    return { saved: words.saved, unsubscribed: words.unsubscribed }
  })

  pages.get('/settings', async ({ lang, csrf, identity, page }) => {
    const words = settingsWordsOf(lang)
    const [person, devices] = await Promise.all([persons.find({ subject: identity.subject }), push.count(identity.subject)])
    const offersOn = person?.offersChannel !== false
    return page({
      title: words.title,
      body: html`${card({
        title: words.push,
        body: html`<p>${words.pushText}</p><p>${devices === 0 ? words.pushNone : words.pushCount(devices)}</p>
<noscript><p class="hint">${words.pushNoScript}</p></noscript>
<p role="status" id="push-state" ${attributes({ 'data-on': words.pushOn, 'data-denied': words.pushDenied, 'data-failed': words.pushFailed })}></p>
${actions(
  html`<button ${attributes({ class: 'button button--primary js-only', type: 'button', id: 'push-enable', 'data-key': push.publicKey, 'data-csrf': csrf })}>${icon('bell')}${words.pushEnable}</button>`,
  devices === 0 ? undefined : actionForm({ action: '/push/unsubscribe', csrf, label: words.pushDisable, kind: 'quiet' })
)}`
      })}
${identity.rnokpp === undefined
  ? undefined
  : card({
    title: words.offers,
    body: html`<p>${words.offersText}</p><p>${offersOn ? words.offersOn : words.offersOff}</p>
${actions(actionForm({ action: '/settings/offers', csrf, label: offersOn ? words.turnOff : words.turnOn, fields: { channel: offersOn ? 'off' : 'on' } }))}`
  })}`
    })
  })

  pages.post('/settings/offers', async ({ identity, form }) => {
    await persons.setOffersChannel(identity.subject, form.text('channel') === 'on')
    return { to: '/settings?said=saved' }
  })

  pages.post('/push/unsubscribe', async ({ identity }) => {
    await push.unsubscribe(identity.subject)
    return { to: '/settings?said=unsubscribed' }
  })
}
