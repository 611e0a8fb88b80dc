import { createHash } from 'node:crypto'
import t from 'tap'
import { canonicalJson, derivePseudonymKey, epochOf, pseudonymKey, pseudonymValue, recordChecksum } from '../src/index.ts'

const MASTER = Uint8Array.from({ length: 32 }, (_, i) => i)

t.test('values agree with the vectors, the master key used directly and derived (UP-10a)', async (t) => {
  t.equal(pseudonymValue(MASTER, '9000100012'), 'V06hlSvpjflp3G87qPNkk_VfGxk7iQHfyA-z9VabrPg')
  t.equal(pseudonymValue(MASTER, '90000080'), 'DVKs28VnW0bW8yBRHazzLBqKS4KFxLr0RcyHJuJ7Yu8')
  t.equal(pseudonymValue(derivePseudonymKey(MASTER, 'AGR-688-TAX', '2025Q3'), '9000100012'), 'bQfcm4QBXw1LTUHvQNKjLCdngwR28PrR4hnnZr4XZ84')
  t.equal(epochOf(new Date('2025-09-30T23:59:59Z')), '2025Q3')
})

t.test('one person has other pseudonyms in each agreement and each epoch (UP-10a)', async (t) => {
  const keys = [['AGR-688-TAX', '2025Q3'], ['AGR-688-EDR', '2025Q3'], ['AGR-688-TAX', '2025Q4']].map(([agreement, epoch]) => pseudonymKey(MASTER, agreement!, epoch!))
  t.equal(new Set(keys.map((key) => key.pseudonymOf('9000100012').split('.')[2])).size, 3)
  t.equal(new Set(keys.map(({ kid }) => kid)).size, 3)
})

t.test('a pseudonym of another key is refused by its name, and codes are checked before they are hashed (UP-10a)', async (t) => {
  const key = pseudonymKey(MASTER, 'AGR-688-TAX', '2025Q3')
  t.doesNotThrow(() => { key.check(key.pseudonymOf('7000100119')) })
  t.throws(() => { key.check(pseudonymKey(MASTER, 'AGR-688-EDR', '2025Q3').pseudonymOf('7000100119')) }, { code: 'wrong-pseudonym-key' })
  for (const text of ['', 'v1', '7000100119', 'v2.aaaaaaaa.' + 'a'.repeat(43)]) t.throws(() => { key.check(text) }, { code: 'invalid-request' }, text)
  t.throws(() => key.pseudonymOf('9000100013'), { code: 'invalid-identifier' })
  t.equal(key.pseudonymOf('яя 000001'), key.pseudonymOf('ЯЯ000001'))
  t.throws(() => pseudonymKey(MASTER.slice(1), 'AGR-688-TAX', '2025Q3'), RangeError)
  t.throws(() => pseudonymKey(MASTER, 'AGR|688', '2025Q3'), { code: 'invalid-request' })
})

t.test('a hundred thousand codes tried without the key find nobody (UP-10a)', async (t) => {
  const value = pseudonymKey(MASTER, 'AGR-688-TAX', '2025Q3').pseudonymOf('7000100119').split('.')[2]
  const tried = Array.from({ length: 100_000 }, (_, i) => String(7_000_050_000 + i))
  t.ok(tried.includes('7000100119'))
  t.notOk(tried.some((code) => createHash('sha256').update(`UA:RNOKPP:${code}`).digest('base64url') === value))
})

t.test('a checksum is of the data, not of their order (UP-10a)', async (t) => {
  const data = { taxSystem: 'SIMPLIFIED_3', employees: 3, period: '2024', income: '1250000.00' }
  t.equal(recordChecksum(data), '76641f29e3e9a0040d720618008d330064cc92a3aa3bf6059d71c0e53ccc42f4')
  t.equal(canonicalJson({ b: [1, null, true, 'ї"'], a: undefined, є: 1e21 }), '{"b":[1,null,true,"ї\\""],"є":1e+21}')
  for (const odd of [NaN, Infinity, '\ud800', undefined, () => 1, 1n]) t.throws(() => canonicalJson(odd), TypeError)
})
