import fc from 'fast-check'
import t from 'tap'
import { bulkSelection, changesBetween, dataTable, diff, diffLines, errorSummary, field, fieldId, filterBar, fingerprint, form, pager, statusBadge, steps } from '@trembita/web'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 30 })

t.test('a difference leads from the old text to the new and back', async (t) => {
  fc.assert(fc.property(lines, lines, (before, after) => {
    const found = diffLines(before, after)!
    const old = found.filter(({ kind }) => kind !== 'added').map(({ text }) => text)
    const now = found.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)
    return JSON.stringify([old, now]) === JSON.stringify([before, after])
  }))
  t.pass('held for every sample')
})

t.test('a difference is no longer than it has to be', async (t) => {
  const longestCommon = (a: readonly string[], b: readonly string[]): number => {
    const row = Array<number>(b.length + 1).fill(0)
    for (const item of a) {
      let diagonal = 0
      for (let at = 1; at <= b.length; at++) [diagonal, row[at]] = [row[at]!, item === b[at - 1] ? diagonal + 1 : Math.max(row[at]!, row[at - 1]!)]
    }
    return row[b.length]!
  }
  fc.assert(fc.property(lines, lines, (before, after) => diffLines(before, after)!.filter(({ kind }) => kind === 'same').length === longestCommon(before, after)))
  t.pass('held for every sample')
})

t.test('lines of a difference carry their numbers in both texts', async (t) => {
  t.same(diffLines(['a', 'b', 'c'], ['a', 'x', 'c']), [
    { kind: 'same', text: 'a', before: 1, after: 1 },
    { kind: 'removed', text: 'b', before: 2 },
    { kind: 'added', text: 'x', after: 2 },
    { kind: 'same', text: 'c', before: 3, after: 3 }
  ])
})

t.test('texts that differ in almost everything are not compared at any cost', async (t) => {
  const old = Array.from({ length: 20_000 }, (_, at) => `old ${at}`)
  const startedAt = performance.now()
  t.equal(diffLines(old, old.map((line) => `new ${line}`)), undefined)
  t.ok(performance.now() - startedAt < 10_000)
})

t.test('documents are compared by what they say, not by how they are laid out', async (t) => {
  t.match(diff('en', { before: '{"a":1,"b":[2]}', after: '{ "a": 1,\n"b": [2] }', format: 'json', label: 'x' }).markup, 'No changes')
  t.match(diff('en', { before: '<a><b>1</b></a>', after: '<a>\n  <b>1</b>\n</a>', format: 'xml', label: 'x' }).markup, 'No changes')
  const shown = diff('uk', { before: '<a><b>1</b></a>', after: '<a><b>2</b></a>', format: 'xml', label: 'x' }).markup
  t.match(shown, /вилучено.*&lt;b&gt;1&lt;\/b&gt;.*додано.*&lt;b&gt;2&lt;\/b&gt;/s, 'a sign, a word and the line')
})

t.test('nothing that an XML document says is left out of the comparison', async (t) => {
  const told = (before: string, after: string): boolean => diff('en', { before, after, format: 'xml', label: 'x' }).markup.includes('diff__added')
  t.ok(told('<a>one<b/></a>', '<a>two<b/></a>'), 'text before an element')
  t.ok(told('<a><b/>one</a>', '<a><b/>two</a>'), 'text after an element')
  t.ok(told('<a><!-- one --></a>', '<a><!-- two --></a>'), 'comment')
  t.ok(told('<a><![CDATA[<one>]]></a>', '<a><![CDATA[<two>]]></a>'), 'character data')
  t.ok(told('<?xml version="1.0"?><a/>', '<?xml version="1.1"?><a/>'), 'declaration')
  t.ok(told('<a b="1"/>', '<a b="2"/>'), 'attribute')
  t.ok(told('<a></a>', '<a><b></b></a>'), 'element')
})

t.test('a small change in a large configuration is found at once, at its line', async (t) => {
  const before = `<r>${Array.from({ length: 100_000 }, (_, at) => `<member id="id${at}">x</member>`).join('')}</r>`
  const startedAt = performance.now()
  const { markup } = diff('en', { before, after: before.replace('"id777"', '"new"'), format: 'xml', label: 'x' })
  t.ok(performance.now() - startedAt < 5000)
  t.match(markup, /diff__removed"><td class="diff__number">779<\/td>/)
  t.equal([...markup.matchAll(/<tr/g)].length, 11, 'heading, two changed lines, six around them, what was left out on both sides')
})

t.test('changes name each field with its value before and after', async (t) => {
  t.same(changesBetween({ name: 'A', roles: ['x', 'y'], address: { city: 'Київ' } }, { name: 'A', roles: ['x'], address: { city: 'Львів' }, open: true }), [
    { field: 'roles[1]', before: 'y', after: undefined },
    { field: 'address.city', before: 'Київ', after: 'Львів' },
    { field: 'open', before: undefined, after: 'true' }
  ])
  t.same(changesBetween(undefined, { name: 'A' }), [{ field: 'name', before: undefined, after: 'A' }])
  t.same(changesBetween({ a: {} }, { a: {} }), [])
})

t.test('a field is bound to its label, hint and error', async (t) => {
  const { markup } = field('uk', { name: 'member code', label: 'Код', hint: 'Вісім цифр', error: 'Замало цифр', required: true })
  const id = fieldId('member code')
  t.match(markup, `<label for="${id}">`)
  t.match(markup, `aria-describedby="${id}-hint ${id}-error"`)
  t.match(markup, 'aria-invalid="true"')
  t.match(markup, `id="${id}-error"`)
  t.match(errorSummary('uk', { 'member code': 'Замало цифр', '': 'Реєстр не відповідає' })!.markup, `<a href="#${id}">Замало цифр</a>`)
  t.equal(errorSummary('uk', {}), undefined)
})

t.test('choices stand in a fieldset, the first under the id that the error summary links to', async (t) => {
  const { markup } = field('en', { kind: 'radios', name: 'class', label: 'Class', value: 'COM', options: [{ value: 'GOV', label: 'GOV' }, { value: 'COM', label: 'COM' }] })
  t.match(markup, /<fieldset[^>]*><legend>Class<\/legend>/)
  t.match(markup, '<input type="radio" id="f-class" name="class" value="GOV">')
  t.match(markup, '<input type="radio" id="f-class-2" name="class" value="COM" checked>')
})

t.test('every form that posts carries the token of the session', async (t) => {
  for (const made of [
    form('uk', { action: '/a', csrf: 'token', body: '', submit: 'Ok' }),
    bulkSelection('uk', { action: '/a', csrf: 'token', body: '', actions: '' })
  ]) t.match(made.markup, '<input type="hidden" name="_csrf" value="token">')
  t.notMatch(filterBar('uk', { action: '/a', fields: [] }).markup, '_csrf', 'and one that asks does not: its address is kept and sent on')
})

t.test('a table says how it is sorted and turns the order about', async (t) => {
  const table = (desc: boolean): string => dataTable('uk', {
    caption: 'Учасники',
    columns: [{ key: 'name', label: 'Назва', sort: true, render: (row: string) => row }, { key: 'kind', label: 'Вид', sort: 'member_kind', render: () => undefined }],
    rows: ['<A>'],
    sortedBy: { key: 'name', desc },
    href: (sort, down) => `/members?sort=${sort}&desc=${down}`
  }).markup
  t.match(table(false), /aria-sort="ascending"><a href="\/members\?sort=name&amp;desc=true"/)
  t.match(table(true), /aria-sort="descending"><a href="\/members\?sort=name&amp;desc=false"/)
  t.match(table(false), 'sort=member_kind&amp;desc=false')
  t.match(table(false), /<th scope="row" role="rowheader"[^>]*>&lt;A&gt;<\/th>/)
})

t.test('a table without rows gives way to what is said instead', async (t) => {
  t.notMatch(dataTable('uk', { caption: 'x', columns: [], rows: [], empty: 'Порожньо' }).markup, '<table')
})

t.test('a pager leads to the ends and the neighbours, and nowhere else', async (t) => {
  const offsets = (total: number, offset: number): number[] => [...(pager('en', { total, limit: 10, offset, href: (at) => `?offset=${at}` })?.markup ?? '').matchAll(/offset=(\d+)/g)].map(([, at]) => Number(at))
  t.same(offsets(0, 0), [])
  t.same(offsets(10, 0), [])
  t.same(offsets(25, 10), [0, 0, 10, 20, 20])
  t.same(offsets(1000, 500), [490, 0, 490, 500, 510, 990, 510])
  t.same(offsets(50, 20), [10, 0, 10, 20, 30, 40, 30], 'a gap of one page is that page')
})

t.test('states are told by a word besides the colour', async (t) => {
  t.match(statusBadge('bad', 'Зупинено').markup, 'Зупинено')
  t.match(steps('uk', [{ label: 'Заявка', state: 'done' }, { label: 'Рішення', state: 'current' }]).markup, /aria-current="step".*поточний крок/s)
})

t.test('a fingerprint is shown in groups, whatever stood between its digits', async (t) => {
  t.match(fingerprint('AB:CD:EF:01:23', 'SHA-1').markup, 'abcd ef01 23')
})
