import fc from 'fast-check'
import t from 'tap'
import { attributes, html, type Html, isHtml, isPresent, raw } from '@trembita/web'

/** What a browser reads out of escaped text. */
function unescaped (text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!)
}

t.test('text is escaped wherever it may stand, and reads as it was', async (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const between = /^<p>([^<>"']*)<\/p>$/s.exec(html`<p>${text}</p>`.markup)
    const double = /^<p title="([^<>"']*)"><\/p>$/s.exec(html`<p title="${text}"></p>`.markup)
    const single = /^<p title='([^<>"']*)'><\/p>$/s.exec(html`<p title='${text}'></p>`.markup)
    const listed = /^<p title="([^<>"']*)"><\/p>$/s.exec(html`<p ${attributes({ title: text })}></p>`.markup)
    return [between, double, single, listed].every((found) => found !== null && unescaped(found[1]!) === text)
  }))
  t.pass('held for every sample')
})

t.test('an address is followed only by schemes that fetch, write or dial', async (t) => {
  const inert = [
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'java\tscript:alert(1)', '\u0000javascript:alert(1)', 'javascript\u00a0:alert(1)',
    'data:text/html,<script>alert(1)</script>', 'vbscript:x', 'file:///etc/passwd', 'blob:https://x/1', '\u200bjavascript:alert(1)', 'javascript&colon;alert(1):', 'intent:x'
  ]
  for (const address of inert) {
    t.equal(html`<a href="${address}"></a>`.markup, '<a href="#"></a>', JSON.stringify(address))
    t.equal(html`<form ${attributes({ action: address })}></form>`.markup, '<form action="#"></form>', JSON.stringify(address))
    t.equal(html`<b data-hx-get="${address}"></b>`.markup, '<b data-hx-get="#"></b>', JSON.stringify(address))
  }
  for (const address of ['/members/1', '?sort=name', '#main', 'https://example/', 'http://example/a:b', 'mailto:a@example', 'tel:+380', '/a:b', '?x=a:b', '']) {
    t.equal(html`<a href="${address}"></a>`.markup, `<a href="${address}"></a>`, address)
  }
})

t.test('whatever address is given, none with another scheme stands on the page', async (t) => {
  const blank = fc.constantFrom('', ' ', '\t', '\n', '\r', '\u0000', '\u0001', '\u001f', '\u200b', '\ufeff')
  const spaced = fc.tuple(...[...'javascript:'].map((letter) => fc.tuple(blank, fc.constantFrom(letter, letter.toUpperCase())))).map((pairs) => pairs.flat().join(''))
  fc.assert(fc.property(spaced, fc.string(), (scheme, rest) => html`<a href="${scheme + rest}"></a>`.markup === '<a href="#"></a>'))
  t.pass('held for every sample')
})

t.test('markup stands inside markup, lists are joined, what is absent leaves nothing', async (t) => {
  t.equal(html`<ul>${['a', 'b&'].map((text) => html`<li>${text}</li>`)}</ul>`.markup, '<ul><li>a</li><li>b&amp;</li></ul>')
  t.equal(html`<p>${undefined}${null}${false}${''}${[]}${[undefined, [null]]}</p>`.markup, '<p></p>')
  t.equal(html`<p>${0} ${10n} ${-1.5}</p>`.markup, '<p>0 10 -1.5</p>')
  t.equal(html`<p>${raw('<hr>')}</p>`.markup, '<p><hr></p>')
})

t.test('attributes stand or fall with their values', async (t) => {
  t.equal(html`<input ?disabled=${true} ?checked=${false} ?required=${undefined}>`.markup, '<input disabled>')
  t.equal(html`<input ${attributes({ name: 'a"b', value: 0, disabled: true, min: undefined, max: null, hidden: false })}>`.markup, '<input name="a&quot;b" value="0" disabled>')
  t.equal(html`<input ${undefined} ${false} type="text">`.markup, '<input type="text">')
})

t.test('a value where it would be run or could break out is refused', async (t) => {
  const evil = '" onload="alert(1)'
  const mistakes: Array<() => Html> = [
    () => html`<p title=${evil}></p>`,
    () => html`<p title=a${evil}></p>`,
    () => html`<p ${evil}></p>`,
    () => html`<p${evil}></p>`,
    () => html`<${evil}></p>`,
    () => html`</${evil}>`,
    () => html`<p ${evil}="x"></p>`,
    () => html`<p onclick="${evil}"></p>`,
    () => html`<p ONCLICK='${evil}'></p>`,
    () => html`<p style="${evil}"></p>`,
    () => html`<iframe srcdoc="${evil}"></iframe>`,
    () => html`<p data-hx-on:click="${evil}"></p>`,
    () => html`<p hx-vals="${evil}"></p>`,
    () => html`<script>${evil}</script>`,
    () => html`<SCRIPT>let a = "${evil}"</SCRIPT>`,
    () => html`<style>${evil}</style>`,
    () => html`<!-- ${evil} -->`,
    () => html`<p title="${html`<b></b>`}"></p>`,
    () => html`<p title="${['a']}"></p>`,
    () => html`<p ${attributes({ onclick: evil })}></p>`,
    () => html`<p ${attributes({ 'a b': evil })}></p>`,
    () => html`<p ${attributes({ style: evil })}></p>`,
    () => html`${attributes({ title: 'a' })}`
  ]
  for (const mistake of mistakes) t.throws(mistake, TypeError, mistake.toString())
})

t.test('a template that ends inside a tag is refused, even without values', async (t) => {
  for (const unfinished of [() => html`<p `, () => html`<p title="a`, () => html`<!-- a`, () => html`<script>a`]) t.throws(unfinished, /ends inside/)
})

t.test('nothing but our own templates makes markup', async (t) => {
  const forged = JSON.parse('{"markup": "<script>alert(1)</script>"}') as Html
  t.notOk(isHtml(forged))
  t.throws(() => html`<p>${forged}</p>`, TypeError, 'a look-alike from a body does not pass')
  t.ok(isHtml(html`<p></p>`))
  // @ts-expect-error an object literal is no Html
  const typed: Html = { markup: '' }
  t.ok(typed)
})

t.test('presence is told before an element is put around a value', async (t) => {
  for (const value of [undefined, null, false, '', [], [undefined, ''], html``] as const) t.notOk(isPresent(value))
  for (const value of [0, 'a', html`<b></b>`, [undefined, 'a']] as const) t.ok(isPresent(value))
})
