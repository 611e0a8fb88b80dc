import t from 'tap'
import { CENTRES, missingParts } from '../src/centres/index.ts'
import { findCentres } from '../src/search/index.ts'

const ids = (q: string): string[] => findCentres(CENTRES, { q }).map(({ id }) => id)

t.test('centres are found by a form of a word, by a part of it, in any case (CD-8.6)', async (t) => {
  for (const q of ['Вінниця', 'вінниці', 'ВІННИЦЮ', 'нниц', 'Vinnytsia', 'dsyybwz']) t.ok(ids(q).includes('vinnytsia-1'), q)
  t.equal(ids('вінниця')[0], 'vinnytsia-1', 'the best comes first')
  for (const q of ['паспортів', 'ПАСПОРТА', 'аспорт']) t.ok(ids(q).includes('kyiv-1'), q)
  for (const q of ["здоров'я", 'здоров’я', 'здоровʼя', 'ЗДОРОВ`Я']) t.same(ids(q).sort(), ['chernihiv-1', 'kyiv-1'], q)
  for (const q of ["Чорномор'я", 'чорноморя']) t.same(ids(q), ['odesa-1'], q)
  t.ok(ids('ВПО').includes('lviv-1'), 'an abbreviation finds what it stands for')
  t.ok(ids('01978').includes('lviv-1'), 'an id of a service')
  t.same(ids('UA46060250010015970'), ['lviv-1'])
  t.same(ids('паспорт Львів')[0], 'lviv-1')
  t.same(ids('немає такого'), [])
  t.equal(ids('').length, CENTRES.length)
})

t.test('a card says what it lacks (CD-7.1)', async (t) => {
  const now = new Date('2026-11-30T10:00:00Z')
  const missing = Object.fromEntries(CENTRES.map((centre) => [centre.id, missingParts(centre, now)]))
  t.same(missing['vinnytsia-1'], [])
  t.same(missing['chernihiv-1'], ['email', 'site', 'freshness'])
  t.same(missing['zhytomyr-1'], ['accessibility'])
  t.ok(CENTRES.length >= 8)
})
