import fc from 'fast-check'
import assert from 'node:assert/strict'
import t from 'tap'
import { codeProblem, edrpouDigitFits, searchable, searchPatterns, sortKey } from '../../src/registry/index.ts'

const byKey = (left: string, right: string): number => sortKey(left) < sortKey(right) ? -1 : sortKey(left) > sortKey(right) ? 1 : 0

t.test('names are ordered by the Ukrainian alphabet, ґ є і ї ь in their places', async (t) => {
  const names = ['Гадяцька', 'Ґанок', 'Дія', 'Енергоатом', 'Єдність', 'Житомир', 'Ивер', 'Ізюм', 'Їжакевич', 'Йоржиця', 'Щастя', 'Юридична', 'Яворів']
  t.same(names.toSorted().join() === names.join(), false, 'code points would not do')
  t.same([...names].reverse().sort(byKey), names)
  t.same(['міністерство юстиції', 'Міністерство інфраструктури', '«Мрія»', 'Мрія-2', '1 клініка', 'Acme', 'Zeta'].sort(byKey),
    ['1 клініка', 'Міністерство інфраструктури', 'міністерство юстиції', '«Мрія»', 'Мрія-2', 'Acme', 'Zeta'])
})

t.test('the order of words is that of the collation that browsers and databases have for Ukrainian', async (t) => {
  const { compare } = new Intl.Collator('uk', { sensitivity: 'base' })
  const word = fc.string({ unit: fc.constantFrom(...'абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ0123456789abcxyzABC'), minLength: 1, maxLength: 12 })
  fc.assert(fc.property(word, word, (left, right) => { assert.equal(Math.sign(byKey(left, right)), Math.sign(compare(left, right)), `${left} ${right}`) }), { numRuns: 2000 })
  t.pass('no counterexample')
})

t.test('a search finds text in any case, with any apostrophe, by several words', async (t) => {
  const text = searchable('Комунальне підприємство «Пам’ять  ҐРУНТУ»', 'GOV', '90000133')
  const found = (query: string): boolean => searchPatterns(query).every((pattern) => text.includes(pattern.slice(1, -1).replaceAll('\\', '')))
  for (const query of ['ґрунту', 'ПІДПРИЄМСТВО', "пам'ять", 'памʼять', '0133 комунальне', 'gov', '  ']) t.ok(found(query), query)
  t.notOk(found('грунту'), 'ґ is not г')
  t.same(searchPatterns('50%_\\'), ['%50\\%\\_\\\\%'], 'what means something to LIKE is a character')
  t.same(searchPatterns(''), [])
})

t.test('codes are held to the rules of the instance', async (t) => {
  for (const good of ['90000133', '2_MJU_EDR_prod', 'реєстр', 'a b', "o'neil"]) t.equal(codeProblem(good, false), undefined, good)
  for (const bad of ['', 'a/b', 'a:b', 'a;b', 'a\\b', 'a%b', ' a', 'a\u0000', 'a\u200b', 'a\ufeff', 'x'.repeat(256)]) t.type(codeProblem(bad, false), 'string', JSON.stringify(bad))
  for (const good of ['90000133', "a-b.c(d)+e,f=g?h'i"]) t.equal(codeProblem(good, true), undefined, good)
  for (const bad of ['2_MJU', 'реєстр', 'a b', 'a#b', 'a/b']) t.type(codeProblem(bad, true), 'string', bad)
})

t.test('the check digit of an EDRPOU code is counted, in both passes and both ranges', async (t) => {
  for (const good of ['91000017', '90000080', '90000200', '43220851', '39000049', '90000015', '90000127', '1001', 'A-1']) t.equal(edrpouDigitFits(good), true, good)
  for (const bad of ['91000018', '12345670', '43220850']) t.equal(edrpouDigitFits(bad), false, bad)
})
