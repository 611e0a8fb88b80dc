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
  for (const name of ['copy-button', 'tooltip', 'relative-time']) {
    if (within.querySelector(`wa-${name}`) !== null) void component(name)
  }
}

/** Fresh “two hours ago”; the exact time stays in the title and for print. */
function showRelativeTimes (within) {
  const times = within.querySelectorAll('time[data-relative]')
  for (const time of times) {
    const relative = document.createElement('wa-relative-time')
    relative.setAttribute('date', time.dateTime)
    relative.setAttribute('sync', '')
    relative.setAttribute('lang', root.lang)
    time.removeAttribute('data-relative')
    time.replaceChildren(relative)
  }
  if (times.length > 0) void component('relative-time')
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
  const dismiss = () => { dialog.open = false }
  close?.addEventListener('click', dismiss)
  dialog.addEventListener('wa-after-hide', (event) => {
    if (event.target !== dialog) return
    close?.removeEventListener('click', dismiss)
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

prepare(document)
htmx.onLoad((element) => prepare(element))
document.querySelector('[data-focus]')?.focus()
