import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  decodeIdentifierPart, describeClient, describeServer, describeService, encodeClientId, encodeIdentifierPart, encodeServerId, encodeServiceId, formatClientId,
  formatServiceId, isSameClient, isSameServer, isSameService, memberOf, oddCharacters, parseClientId, parseRepresentedParty, parseServerId, parseServiceId,
  providerOf, type ClientId
} from '../../src/identifiers/index.ts'

const refused = { name: 'Fault', kind: 'InternalError' }

t.test('an identifier part is read by the strict rules of RFC 3986 and written back in upper-case escapes', async (t) => {
  const both: [string, string][] = [
    ['portal', 'portal'], ['00015622', '00015622'], ['a-._~!$&\'()*+,;=:@z', 'a-._~!$&\'()*+,;=:@z'],
    ['%D0%84%D0%94%D0%A0', 'ЄДР'], ['a%20b', 'a b'], ['a%2Fb', 'a/b'], ['100%25', '100%'], ['%F0%9F%87%BA', '🇺'], ['%5B%22%7C%5D', '["|]']
  ]
  for (const [wire, text] of both) {
    t.equal(decodeIdentifierPart(wire, 'test'), text)
    t.equal(encodeIdentifierPart(text), wire)
  }
  t.equal(decodeIdentifierPart('%d0%84', 'test'), 'Є', 'hex in lower case')
  t.equal(decodeIdentifierPart('a+b', 'test'), 'a+b', 'a plus is no space')
  for (const bad of ['', '%20', '%09%0A', 'a b', 'a"b', 'a[b', 'a|b', 'ЄДР', 'a%', 'a%2', 'a%2G', '%', 'a?b', 'a#b', 'a/b', 'a\\b', '%C0%80', '%FF', '%ED%A0%80', '\u0000', 'a\r\nb']) {
    t.throws(() => decodeIdentifierPart(bad, 'test'), refused, JSON.stringify(bad))
  }
  t.equal(encodeIdentifierPart('\ud800'), '%EF%BF%BD', 'half a character does not throw')
})

t.test('client, service and server identifiers have exactly their parts', async (t) => {
  t.same(parseClientId('ZZ/GOV/1001'), { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001' })
  t.same(parseClientId('ZZ/GOV/1001/portal'), { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'portal' })
  t.same(parseServiceId('ZZ/GOV/2002/registry/lookup'), { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry', serviceCode: 'lookup' })
  t.same(parseServiceId('ZZ/GOV/2002/registry/lookup/v1', 'Uxp-Service', true).serviceVersion, 'v1')
  t.same(parseServerId('ZZ/GOV/2002/gw-2'), { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002', serverCode: 'gw-2' })
  t.same(parseRepresentedParty('77'), { partyCode: '77' })
  t.same(parseRepresentedParty('COM/77'), { partyClass: 'COM', partyCode: '77' })
  for (const bad of ['', 'ZZ', 'ZZ/GOV', 'ZZ/GOV//x', 'ZZ/GOV/1/s/extra', '/ZZ/GOV/1', 'ZZ/GOV/1/', ' ZZ/GOV/1']) t.throws(() => parseClientId(bad), refused, bad)
  for (const bad of ['ZZ/GOV/2/s', 'ZZ/GOV/2/s/c/v1', 'ZZ/GOV/2/s/']) t.throws(() => parseServiceId(bad), refused, bad)
  t.throws(() => parseServerId('ZZ/GOV/2'), refused)
  t.throws(() => parseServerId('ZZ/GOV/2/s/x'), refused)
  t.throws(() => parseRepresentedParty('a/b/c'), refused)
})

t.test('comparison is exact, and a member is never its subsystem', async (t) => {
  const member = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1' }
  t.notOk(isSameClient(member, { ...member, subsystemCode: 's' }))
  t.notOk(isSameClient({ ...member, subsystemCode: 's' }, { ...member, subsystemCode: 'S' }))
  t.ok(isSameClient({ ...member, subsystemCode: 's' }, { ...member, subsystemCode: 's' }))
  const service = { ...member, subsystemCode: 's', serviceCode: 'c' }
  t.notOk(isSameService(service, { ...service, serviceVersion: 'v1' }))
  t.ok(isSameService(service, { ...service }))
  t.notOk(isSameServer({ ...member, serverCode: 'a' }, { ...member, serverCode: 'b' }))
  t.same(memberOf({ ...service, serviceVersion: 'v' } as ClientId), member)
  t.same(providerOf(service), { ...member, subsystemCode: 's' })
  t.same(providerOf({ ...member, serviceCode: 'c' }), member)
})

t.test('texts name the type, headers are percent-encoded, keys are plain', async (t) => {
  const client = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1', subsystemCode: 'a b' }
  t.equal(describeClient(client), 'SUBSYSTEM:ZZ/GOV/1/a b')
  t.equal(describeClient(memberOf(client)), 'MEMBER:ZZ/GOV/1')
  t.equal(describeService({ ...client, serviceCode: 'c', serviceVersion: 'v1' }), 'SERVICE:ZZ/GOV/1/a b/c/v1')
  t.equal(describeServer({ ...memberOf(client), serverCode: 'gw' }), 'SERVER:ZZ/GOV/1/gw')
  t.equal(encodeClientId(client), 'ZZ/GOV/1/a%20b')
  t.equal(encodeServiceId({ ...client, serviceCode: 'Є' }), 'ZZ/GOV/1/a%20b/%D0%84')
  t.equal(encodeServerId({ ...memberOf(client), serverCode: 'g/w' }), 'ZZ/GOV/1/g%2Fw')
  t.equal(formatClientId(client), 'ZZ/GOV/1/a b')
  t.equal(formatServiceId({ ...client, serviceCode: 'c' }), 'ZZ/GOV/1/a b/c')
})

t.test('characters that X-Road warns about are noticed', async (t) => {
  for (const odd of ['a\u0000', 'a%b', 'a:b', 'a;b', 'a/b', 'a\\b', '\u200b', '\ufeff', '\u0085']) t.ok(oddCharacters(['ok', odd]), JSON.stringify(odd))
  t.notOk(oddCharacters(['3_MJU_DRACS_prod', undefined, 'Є.р-1']))
})

t.test('parse undoes encode for any text, and any header gives a value or a fault', async (t) => {
  const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '' && text.isWellFormed())
  fc.assert(fc.property(fc.array(part, { minLength: 4, maxLength: 4 }), (parts) => {
    const [instance, memberClass, memberCode, subsystemCode] = parts as [string, string, string, string]
    const id = { instance, memberClass, memberCode, subsystemCode }
    assert.deepEqual(parseClientId(encodeClientId(id)), id)
  }))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (header) => {
    for (const parse of [parseClientId, parseServerId, parseRepresentedParty, parseServiceId]) {
      try { parse(header) } catch (thrown) { assert.equal((thrown as Error).name, 'Fault') }
    }
  }))
  t.pass('held for every sample')
})
