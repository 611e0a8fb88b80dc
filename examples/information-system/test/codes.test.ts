import t from 'tap'
import { escapeXml, isEdrpou, isRnokpp, parseXml } from '../src/index.ts'

t.test('ЄДРПОУ: both passes of the check digit and the middle range', async (t) => {
  for (const code of ['91000017', '90000080', '90000200', '43220851', '39000049', '91000112', '91000129', '90000015']) t.ok(isEdrpou(code), code)
  for (const code of ['91000018', '9100001', '910000170', 'a1000017', '']) t.notOk(isEdrpou(code), code)
})

t.test('РНОКПП: remainder ten is zero, and a negative sum is no special case', async (t) => {
  for (const code of ['7000100119', '9000100012', '7000200223', '9000200127', '9000000090', '9000000120', '9000000260', '9000000002']) t.ok(isRnokpp(code), code)
  for (const code of ['9000100013', '900010001', '90001000122', '٩٠٠٠١٠٠٠١٢']) t.notOk(isRnokpp(code), code)
})

t.test('XML: refuses what an information system need not read', async (t) => {
  t.throws(() => parseXml('<!DOCTYPE a><a/>'))
  t.throws(() => parseXml('<a><b></a>'))
  t.throws(() => parseXml('<a b="1" b="2"/>'))
  t.throws(() => parseXml('<a>' + '<b>'.repeat(100) + '</b>'.repeat(100) + '</a>'))
  t.throws(() => parseXml(''))
  t.match(parseXml(`<a>${escapeXml('<&">')}</a>`), { local: 'a', children: ['<&">'] })
})
