import t from 'tap'
import type { ListedAgreement } from '@trembita/protocol/agreement'
import { parseAccessEvent } from '@trembita/protocol/accessevent'
import type { ReceivedRequest } from '../../src/exchange/index.ts'
import type { Snapshot } from '../../src/globalconf/index.ts'
import { checkSettings } from '../../src/accesslog/check-settings.ts'
import { compileSettings } from '../../src/accesslog/compile.ts'
import { AccessLogKeys } from '../../src/accesslog/keys.ts'
import { makeEvents, type KeptEvent } from '../../src/accesslog/make-event.ts'
import type { PersonalDataInput } from '../../src/accesslog/settings.ts'

const client = { instance: 'TEST', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'portal' }
const provider = { instance: 'TEST', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry' }
const agreement: ListedAgreement = {
  id: 'AGR-1',
  version: 2,
  state: 'inForce',
  containerHash: 'ab'.repeat(32),
  consumer: client,
  provider,
  term: { from: new Date('2026-01-01T00:00:00Z'), until: new Date('2099-01-01T00:00:00Z') },
  purposes: ['P1'],
  purposeTexts: [{ code: 'P1', name: 'Призначення допомоги', ground: 'Постанова 5' }],
  services: [{ code: 'people', operations: [{ method: '*', path: '**', media: [], json: [], xml: [] }] }]
}

function eventOf (headers: readonly (readonly [string, string])[], agreements: readonly ListedAgreement[], settings: PersonalDataInput = {}): KeptEvent['event'] {
  const compiled = compileSettings(checkSettings({ rules: [{ id: 'r', subjects: [{ select: 'query:code', type: 'RNOKPP' }] }], registry: { code: 'REG', name: { uk: 'Р' } }, ...settings }, 'REST'), [])
  const request = {
    protocol: 'rest',
    client,
    service: { ...provider, serviceCode: 'people' },
    queryId: 'q 1',
    requestId: '00000000-0000-4000-8000-000000000000',
    requestHash: `${'A'.repeat(86)}==`,
    message: { kind: 'rest', rest: { method: 'GET', servicePath: '', headers, issue: ' \u0007 ', userId: 'Офіцер' } }
  } as unknown as ReceivedRequest
  const snapshot = { agreements: { instance: 'TEST', agreements }, memberName: () => 'Орган\u0000 влади' } as unknown as Snapshot
  const persons = [{ type: 'RNOKPP', id: 'UA\u001fRNOKPP\u001f3000300007', role: 'main', inAnswer: 1 }] as const
  const [{ event }] = makeEvents({ request, snapshot, compiled, rule: compiled.rules[0]!, outcome: 'ok', at: new Date('2026-11-30T12:00:00.123Z'), keys: new AccessLogKeys(Buffer.alloc(32)) }, { all: persons, unread: undefined }) as [KeptEvent]
  // What is made here is what the centre takes.
  parseAccessEvent(JSON.parse(JSON.stringify({ ...event, source: { component: 'LC', seq: 1, ...event.source }, subject: { ...event.subject, index: 'A'.repeat(43) } })))
  return event
}

t.test('a purpose is told in the words of the agreement in force, with its ground (TR-11.5)', async (t) => {
  const sent = [['Uxp-Purpose-Ids', 'P1']] as const
  t.match(eventOf(sent, [agreement]), { purpose: { declarationId: 'P1', text: { uk: 'Призначення допомоги' } }, legalBasis: { citation: 'Постанова 5' } })
  t.match(eventOf([], [agreement]), { purpose: { declarationId: 'P1', text: { uk: 'Призначення допомоги' } } }, 'the only purpose of the agreement, when the request names none')
  t.match(eventOf(sent, [agreement], { legalBasis: { citation: 'Закон' } }), { legalBasis: { citation: 'Постанова 5' } }, 'the ground of the purpose goes before that of the service')
  t.match(eventOf(sent, [agreement], { purposes: [{ declarationId: 'P1', text: { uk: 'Інше', en: 'Other' } }] }), { purpose: { text: { uk: 'Інше', en: 'Other' } }, legalBasis: { citation: 'Постанова 5' } }, 'the words of the settings go before those of the agreement')
  const { purposeTexts: _texts, ...silent } = agreement
  t.match(eventOf(sent, [silent]), { purpose: { text: { uk: 'P1' } }, legalBasis: { citation: /AGR-1, редакція 2/ } }, 'an agreement without words is named itself')
  t.match(eventOf(sent, [{ ...agreement, state: 'suspended' }]), { purpose: { declarationId: 'P1', text: { uk: 'P1' } }, legalBasis: { citation: /не зазначено/ } }, 'what is not in force says nothing')
  t.match(eventOf([], [], { rules: [{ id: 'r', purpose: 'Допомога · Aid', subjects: [{ select: 'query:code', type: 'RNOKPP' }] }] }), { purpose: { declarationId: 'Допомога · Aid', text: { uk: 'Допомога', en: 'Aid' } } })
  t.match(eventOf([], []), { purpose: { declarationId: 'not-stated' }, exchange: { messageId: 'q 1' }, holder: { name: { uk: 'Орган  влади' } } })
  t.equal(eventOf([], []).caseRef, undefined, 'what can be no reference of a case is left out')
})
