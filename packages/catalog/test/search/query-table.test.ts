import { test } from 'tap'
import { PUBLIC } from '../../src/entry/index.ts'
import { TextIndex, type SearchDocument } from '../../src/search/index.ts'

const EMPTY = { title: '', codes: '', purpose: '', content: '', organisation: '', text: '' }

function entry (id: string, title: string, fields: Partial<SearchDocument['fields']> = {}): SearchDocument {
  return { kind: 'resource', id, from: 'public', to: 'owner', title, fields: { ...EMPTY, title, ...fields }, facets: { kind: ['resource'] } }
}

const index = new TextIndex()
for (const one of [
  entry('edr', 'Єдиний державний реєстр юридичних осіб, фізичних осіб — підприємців та громадських формувань', { organisation: 'Міністерство юстиції України 90000038', content: 'підприємець\nзасновник', codes: 'SEVDEIR-DEMO/GOV/90000038/EDR' }),
  entry('drfo', 'Державний реєстр фізичних осіб — платників податків', { organisation: 'Державна податкова служба 90000044', content: 'SubjectDetail\nподаток' }),
  entry('idp', 'Єдина інформаційна база даних про внутрішньо переміщених осіб', { organisation: 'Міністерство соціальної політики 90000096' }),
  entry('legal', 'Відомості про юридичну особу', { purpose: 'Перевірка юридичної особи' }),
  entry('health', 'Електронна система охорони здоров’я', { text: 'допомога' }),
  entry('queue', 'Черга до центру', { purpose: 'Запис до ЦНАП', codes: 'PDAMS_LC_01' }),
  entry('cars', 'Транспортні засоби', { text: 'Ґрунтовний о́пис пере­вірки' })
]) index.add(one)

const find = (query: string): string[] => index.find(query, PUBLIC).hits.map(({ document: { id } }) => id)

/** Queries of the facts (§8, §17.4), and what each must find. */
const TABLE: readonly (readonly [query: string, ...found: string[]])[] = [
  ['РЕЄСТРІВ', 'edr', 'drfo'],
  ['реєстр', 'edr', 'drfo'],
  ['юридичної особи', 'edr', 'legal'],
  ['юридична особа', 'edr', 'legal'],
  ['єстр', 'edr', 'drfo'],
  ["здоров'я", 'health'],
  ['здоров’я', 'health'],
  ['здоровʼя', 'health'],
  ['здоров`ям', 'health'],
  ["ht'cnh", 'edr', 'drfo'],
  ['reiestr', 'edr', 'drfo'],
  ['reiestriv', 'edr', 'drfo'],
  ['90000038', 'edr'],
  ['SubjectDetail', 'drfo'],
  ['subject detail', 'drfo'],
  ['підприємцями', 'edr'],
  ['податків', 'drfo'],
  ['переміщених', 'idp'],
  ['переміщений', 'idp'],
  ['ЄДР', 'edr'],
  ['ДРФО', 'drfo'],
  ['ВПО', 'idp'],
  ['центр надання адміністративних послуг', 'queue'],
  ['ЦНАП', 'queue'],
  ['PDAMS_LC_01', 'queue'],
  ['pdams', 'queue'],
  ['реестр', 'edr', 'drfo'],
  ['траспортні', 'cars'],
  ['перевірки', 'cars', 'legal'],
  ['опис', 'cars'],
  ['грунтовний', 'cars'],
  ['рeєcтp', 'edr', 'drfo']
]

test('Search finds words in any form, by a part, mistyped, with the wrong keyboard, in Latin letters, by abbreviation, in any letter case (CD-8.6, IP-1.3)', (t) => {
  for (const [query, ...wanted] of TABLE) {
    for (const asked of [query, query.toLocaleUpperCase('uk'), query.toLocaleLowerCase('uk'), query[0]!.toLocaleUpperCase('uk') + query.slice(1)]) {
      const found = find(asked)
      t.ok(wanted.every((id) => found.includes(id)), `«${asked}» finds ${wanted.join(', ') || 'nothing'}: ${found.join(', ')}`)
      if (wanted.length === 0) t.same(found, [])
    }
  }
  t.end()
})

test('Search does not drown what is meant: an exact code comes first, unrelated entries do not come (CD-8.6)', (t) => {
  t.equal(find('90000038')[0], 'edr')
  t.equal(find('SubjectDetail').length, 1)
  t.notOk(find('здоров’я').includes('edr'))
  t.same(find('неіснуюче слово'), [])
  t.same(find('()'), [])
  t.equal(index.find("ht'cnh", PUBLIC).understood, 'реєстр', 'says how it was read')
  t.equal(index.find('реестр', PUBLIC).reading, 'mistyped')
  t.ok(find('x'.repeat(10_000)).length === 0, 'a very long query is cut')
  t.end()
})

test('Search without words lists everything in the order of the Ukrainian alphabet (CD-8.6)', (t) => {
  const ordered = new TextIndex()
  for (const title of ['Юстиція', 'Їжа', 'Ґрунт', 'Галузь', 'Іспит', 'Єдність', 'Яблуко', 'Ель', 'Жито']) ordered.add(entry(title, title))
  t.same(ordered.find('', PUBLIC).hits.map(({ document: { id } }) => id), ['Галузь', 'Ґрунт', 'Ель', 'Єдність', 'Жито', 'Іспит', 'Їжа', 'Юстиція', 'Яблуко'])
  t.end()
})
