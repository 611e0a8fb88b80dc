import fc from 'fast-check'
import t from 'tap'
import { countEn, countUk, formatBytes, formatDate, formatDateTime, formatNumber, fromKyivInput, pluralUk, texts, toKyivInput } from '@trembita/web'

t.test('texts of both languages have the same keys, or do not compile', async (t) => {
  const textsOf = texts({ uk: { yes: 'Так', found: (count: number) => countUk(count, 'шлюз', 'шлюзи', 'шлюзів') }, en: { yes: 'Yes', found: (count: number) => countEn(count, 'gateway') } })
  t.equal(textsOf('uk').yes, 'Так')
  t.equal(textsOf('en').found(2), '2 gateways')
  // @ts-expect-error a key is missing
  texts({ uk: { yes: 'Так', no: 'Ні' }, en: { yes: 'Yes' } })
  // @ts-expect-error a key too many
  texts({ uk: { yes: 'Так' }, en: { yes: 'Yes', no: 'No' } })
  // @ts-expect-error other parameters
  texts({ uk: { found: (count: number) => String(count) }, en: { found: (name: string) => name } })
})

t.test('Ukrainian nouns follow their numbers', async (t) => {
  const expected: Record<string, readonly number[]> = { сервер: [1, 21, 101, 1001], сервери: [2, 3, 4, 22, 34, 104], серверів: [0, 5, 11, 12, 13, 14, 19, 20, 25, 100, 111, 112] }
  for (const [form, counts] of Object.entries(expected)) for (const count of counts) t.equal(pluralUk(count, 'сервер', 'сервери', 'серверів'), form, String(count))
  t.equal(pluralUk(1.5, 'сервер', 'сервери', 'серверів', 'сервера'), 'сервера')
})

t.test('instants are shown in Kyiv time with the zone that was in force', async (t) => {
  t.equal(formatDateTime('2026-11-22T14:05:09Z', 'uk'), '22.11.2026, 16:05:09 UTC+2')
  t.equal(formatDateTime(new Date('2026-07-22T23:05:09Z'), 'uk'), '23.07.2026, 02:05:09 UTC+3')
  t.equal(formatDateTime('2026-11-22T22:00:00Z', 'en'), '23 Nov 2026, 00:00:00 UTC+2', 'midnight is not 24')
  t.throws(() => formatDateTime('yesterday', 'uk'), RangeError)
})

t.test('a day is that day, an instant its day in Kyiv', async (t) => {
  t.equal(formatDate('2026-11-22', 'uk'), '22.11.2026')
  t.equal(formatDate('2026-11-22T23:30:00Z', 'uk'), '23.11.2026')
  t.equal(formatDate('2026-03-01', 'en'), '1 Mar 2026')
})

t.test('figures and sizes are written as each language writes them', async (t) => {
  t.equal(formatNumber(1234567.5, 'en'), '1,234,567.5')
  t.match(formatNumber(1234567.5, 'uk'), /^1\s234\s567,5$/)
  t.equal(formatBytes(1023, 'en'), '1,023 B')
  t.equal(formatBytes(10 * 1024 * 1024, 'uk'), '10 МіБ')
  t.equal(formatBytes(1_600_000, 'uk'), '1,5 МіБ')
})

t.test('a date-and-time field is the clock in Kyiv, there and back', async (t) => {
  t.same(fromKyivInput('2026-11-22T16:05'), new Date('2026-11-22T14:05:00Z'))
  t.same(fromKyivInput('2026-07-22T16:05:30'), new Date('2026-07-22T13:05:30Z'))
  t.same(fromKyivInput('2026-10-25T03:30'), new Date('2026-10-25T00:30:00Z'), 'the first of the hour that comes twice')
  t.same(fromKyivInput('2026-03-29T03:30'), new Date('2026-03-29T01:30:00Z'), 'the hour that is left out')
  for (const text of ['', 'now', '2026-11-22', '2026-13-01T00:00', '2026-11-22T25:00']) t.equal(fromKyivInput(text), undefined, text)
  const minutes = fc.integer({ min: Date.UTC(1996, 0) / 60_000, max: Date.UTC(2050, 0) / 60_000 })
  fc.assert(fc.property(minutes, (minute) => {
    const at = new Date(minute * 60_000)
    return toKyivInput(fromKyivInput(toKyivInput(at))!) === toKyivInput(at)
  }))
})
