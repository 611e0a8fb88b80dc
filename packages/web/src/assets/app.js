/**
 * What pages gain where scripts run. Everything here only adds: each page does its work without it.
 * No inline code, no eval, nothing from another origin: the content security policy allows none of it.
 */
import htmx from './htmx.js'

const base = new URL('.', import.meta.url)
const root = document.documentElement
root.classList.add('js')

const ready = new Map()

/** Loads a Web Awesome component once, its drawings from our own files. */
function component (name) {
  if (!ready.has(name)) ready.set(name, library().then(() => import(new URL(`wa/components/${name}/${name}.js`, base).href)))
  return ready.get(name)
}

let registered
function library () {
  registered ??= Promise.all([
    import(new URL('wa/components/icon/library.js', base).href),
    import(new URL(`wa/translations/${root.lang === 'uk' ? 'uk' : 'en'}.js`, base).href)
  ]).then(([{ registerIconLibrary }]) => {
    const resolver = (name) => new URL(`icons/${DRAWINGS[name] ?? 'info'}.svg`, base).href
    for (const set of ['default', 'system']) registerIconLibrary(set, { resolver })
  })
  return registered
}

/** Names that the components ask for, and ours. */
const DRAWINGS = { copy: 'copy', check: 'check', xmark: 'close', circle: 'idle', 'circle-question': 'info' }

/** Components that stand on the page are fetched; those that do not are not. */
function loadComponents (within) {
  for (const name of ['copy-button', 'tooltip']) {
    if (within.querySelector(`wa-${name}`) !== null) void component(name)
  }
}

const UNITS = [[45, 'second', 1], [45 * 60, 'minute', 60], [22 * 3600, 'hour', 3600], [26 * 86_400, 'day', 86_400], [320 * 86_400, 'month', 2_629_800], [Infinity, 'year', 31_557_600]]
const relative = new Intl.RelativeTimeFormat(root.lang, { numeric: 'auto' })

/** Times as people say them, kept fresh; the exact one stays in the title. */
function showRelativeTimes (within) {
  for (const time of within.querySelectorAll('time[data-relative]')) {
    const seconds = Math.round((new Date(time.dateTime).getTime() - Date.now()) / 1000)
    const [, unit, length] = UNITS.find(([most]) => Math.abs(seconds) < most)
    const text = relative.format(Math.round(seconds / length), unit)
    if (time.textContent !== text) time.textContent = text
  }
}

/** A question that opens in place becomes a dialog, which keeps the focus and closes by Escape. */
async function ask (details) {
  const panel = details.querySelector('.confirm__panel')
  await component('dialog')
  const dialog = document.createElement('wa-dialog')
  dialog.label = panel.dataset.title
  dialog.append(panel)
  document.body.append(dialog)
  const close = panel.querySelector('[data-close]')
  // Into the first question, or onto the button that does no harm.
  const first = panel.querySelector('input:not([type="hidden"]), textarea, select') ?? close
  first?.setAttribute('autofocus', '')
  const dismiss = () => { dialog.open = false }
  close?.addEventListener('click', dismiss)
  dialog.addEventListener('wa-after-hide', (event) => {
    if (event.target !== dialog) return
    close?.removeEventListener('click', dismiss)
    first?.removeAttribute('autofocus')
    details.append(panel)
    dialog.remove()
    details.querySelector('summary').focus()
  })
  await dialog.updateComplete
  dialog.open = true
}

function prepareQuestions (within) {
  for (const details of within.querySelectorAll('details[data-confirm]')) {
    details.removeAttribute('data-confirm')
    const summary = details.querySelector('summary')
    summary.setAttribute('role', 'button')
    summary.setAttribute('aria-haspopup', 'dialog')
    summary.addEventListener('click', (event) => {
      event.preventDefault()
      void ask(details)
    })
    // Where a dialog is likely to be asked for, it is there at once.
    summary.addEventListener('pointerenter', () => { void component('dialog') }, { once: true })
    if (details.open) {
      details.open = false
      void ask(details)
    }
  }
}

/** Chosen rows are counted, all of them chosen at once, and a range by Shift. */
function prepareSelections (within) {
  for (const form of within.querySelectorAll('form[data-bulk]')) {
    form.removeAttribute('data-bulk')
    const boxes = [...form.querySelectorAll('tbody .table__select input')]
    const head = form.querySelector('thead .table__select')
    const counter = form.querySelector('.bulk__count')
    const all = document.createElement('input')
    all.type = 'checkbox'
    all.setAttribute('aria-label', form.dataset.all)
    head?.replaceChildren(all)
    const show = () => {
      const chosen = boxes.filter((box) => box.checked).length
      all.checked = chosen > 0 && chosen === boxes.length
      all.indeterminate = chosen > 0 && chosen < boxes.length
      form.classList.toggle('bulk--chosen', chosen > 0)
      counter.textContent = `${counter.dataset.countLabel}: ${chosen}`
    }
    let last
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked
      show()
    })
    for (const box of boxes) {
      box.addEventListener('click', (event) => {
        if (event.shiftKey && last !== undefined) {
          const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b)
          for (const between of boxes.slice(from, to + 1)) between.checked = box.checked
        }
        last = box
        show()
      })
    }
    show()
  }
}

/** A form is sent once, however often its button is pressed. */
function prepareForms (within) {
  for (const form of within.querySelectorAll('form[data-once]')) {
    form.removeAttribute('data-once')
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent !== undefined) return event.preventDefault()
      form.dataset.sent = ''
      event.submitter?.setAttribute('aria-busy', 'true')
    })
  }
}

function prepare (within) {
  loadComponents(within)
  showRelativeTimes(within)
  prepareQuestions(within)
  prepareSelections(within)
  prepareForms(within)
}

/** A list in a drop panel closes by Escape and by a click elsewhere. */
function closeDrops (except) {
  for (const drop of document.querySelectorAll('details.drop[open]')) {
    if (drop !== except) drop.open = false
  }
}

document.addEventListener('click', (event) => closeDrops(event.target.closest?.('details.drop')))
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const drop = document.activeElement?.closest('details.drop[open]')
  closeDrops()
  drop?.querySelector('summary').focus()
})
window.addEventListener('pageshow', (event) => {
  // Taken from the browser's own store by the back button: the forms may be sent again.
  if (!event.persisted) return
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy')
})

/** Leaves out of the address what was not filled in, and asks for suggestions under one name. */
document.addEventListener('htmx:config:request', (event) => {
  const { sourceElement, request } = event.detail.ctx
  if (sourceElement.matches?.('input[data-suggest]')) request.body.set('q', sourceElement.value)
  if (!sourceElement.matches?.('form[data-filter]')) return
  for (const [name, value] of [...request.body]) {
    if (value === '') request.body.delete(name)
  }
})

/** Where a list cannot be exchanged (the session has ended, the server refuses), the form goes the way it goes without scripts. */
function withoutHtmx (event) {
  const { sourceElement } = event.detail.ctx ?? {}
  if (sourceElement?.matches?.('form[data-filter]')) window.HTMLFormElement.prototype.submit.call(sourceElement)
}
document.addEventListener('htmx:error', withoutHtmx)
document.addEventListener('htmx:response:error', withoutHtmx)

/** The other language shows what is on the page now, which may have been found since it was sent. */
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('.langs a')
  if (link === null || link === undefined) return
  const address = new URL(window.location.href)
  address.searchParams.set('lang', link.hreflang)
  link.href = address.href
}, { capture: true })

/** A page that moves by itself is asked for again while it is looked at and nothing on it is being filled in, opened or read closely. */
const refreshSeconds = Number(document.body.dataset.refresh ?? 0)
if (refreshSeconds > 0) {
  setInterval(() => {
    if (document.hidden || document.querySelector('#main details[open], wa-dialog, #main :focus, form[data-touched]') !== null) return
    void htmx.ajax('GET', window.location.href, { target: '#main', select: '#main', swap: 'outerMorph' })
  }, refreshSeconds * 1000)
  document.addEventListener('input', (event) => event.target.form?.setAttribute('data-touched', ''))
}

prepare(document)
setInterval(() => showRelativeTimes(document), 15_000)
htmx.onLoad((element) => prepare(element))
document.querySelector('[data-focus]')?.focus()
