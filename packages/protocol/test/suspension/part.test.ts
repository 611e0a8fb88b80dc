import fc from 'fast-check'
import assert from 'node:assert/strict'
import t from 'tap'
import { parseSuspensionList, SUSPENSION_GROUNDS, writeSuspensionList, type SuspensionList } from '@trembita/protocol/suspension'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'

const member = { instance: 'ZZ', memberClass: 'GOV', memberCode: '90000127' }
const list: SuspensionList = {
  instance: 'ZZ',
  suspensions: [
    { number: 1, target: { kind: 'member', id: member }, ground: 'personalData', actNumber: '12/3-р «б»', actDate: '2026-02-01', since: new Date('2026-02-06T13:41:26.123Z'), authCertHashes: [Buffer.alloc(32, 7), Buffer.alloc(32, 9)] },
    { number: 2, target: { kind: 'subsystem', id: { ...member, subsystemCode: 'BUREAU & <co>' } }, ground: 'law', actNumber: '"4"', actDate: '2026-02-02', since: new Date('2026-02-06T13:41:26Z'), authCertHashes: [] },
    { number: 30, target: { kind: 'server', id: { ...member, serverCode: 'gw' } }, ground: 'reglament', actNumber: '5', actDate: '2026-02-03', since: new Date('2026-02-06T13:41:26Z'), authCertHashes: [Buffer.alloc(32)] }
  ]
}

t.test('the list of suspensions is read as it was written', async (t) => {
  t.same(parseSuspensionList(writeSuspensionList(list)), list)
  t.same(parseSuspensionList(writeSuspensionList({ instance: 'ZZ', suspensions: [] })), { instance: 'ZZ', suspensions: [] })
})

t.test('other tools read the list as XML', { skip: await skipWithout('xmllint', '--version') }, async (t) => {
  const folder = scratch()
  t.teardown(folder.remove)
  const file = folder.write('suspensions.xml', writeSuspensionList(list))
  const { ok, text } = await runTool('xmllint', ['--xpath', 'string(//*[local-name()="suspension"][1]/@actNumber)', file])
  t.same([ok, text.trim()], [true, '12/3-р «б»'])
})

t.test('every ground and any act number and code survive the list', async (t) => {
  const word = fc.string({ unit: fc.constantFrom(...'абвґїQ-_.,"\'&<>№ ]'), minLength: 1, maxLength: 12 })
  fc.assert(fc.property(word, word, fc.constantFrom(...SUSPENSION_GROUNDS), fc.integer({ min: 1, max: 2 ** 31 }), (actNumber, memberCode, ground, number) => {
    const one: SuspensionList = { instance: 'ZZ', suspensions: [{ ...list.suspensions[0]!, number, ground, actNumber, target: { kind: 'member', id: { ...member, memberCode } } }] }
    assert.deepEqual(parseSuspensionList(writeSuspensionList(one)), one)
  }))
  t.pass('no counterexample')
})

t.test('what the writer would not have written is refused', async (t) => {
  const text = writeSuspensionList(list).toString()
  const broken = [
    text.replace('urn:trembita:suspensions:1', 'urn:other'),
    text.replace('<suspensions ', '<suspensions2 ').replace('</suspensions>', '</suspensions2>'),
    text.replace(' instance="ZZ"', ''),
    text.replace('ground="law"', 'ground="mood"'),
    text.replace('number="30"', 'number="3.5"'),
    text.replace('2026-02-01', '1 February'),
    text.replace('2026-02-06T13:41:26.123Z', 'soon'),
    text.replaceAll('07'.repeat(32), '07'),
    text.replace('<member ', '<person '),
    text.replace(' serverCode="gw"', ''),
    text.replace('</suspension>', 'text</suspension>'),
    text.replace('<authCertHash ', '<authCertHash xmlns="urn:other" '),
    text.replace(/<member [^>]*>/, ''),
    `<!DOCTYPE suspensions>${text.slice(text.indexOf('\n'))}`,
    text.slice(0, -20),
    ''
  ]
  for (const [index, document] of broken.entries()) {
    t.not(document, text, `case ${index} differs`)
    t.throws(() => parseSuspensionList(Buffer.from(document)), { name: 'Fault', kind: 'MalformedGlobalConf' }, `case ${index}`)
  }
})
