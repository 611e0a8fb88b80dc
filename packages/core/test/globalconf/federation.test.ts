import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { anchorFingerprint, parseAnchor, writeAnchor } from '@trembita/protocol/globalconf'
import type { Core } from '../../src/index.ts'
import { apiClient, type ApiClient } from '../api-client.ts'
import { coreIn, seedOf } from '../seeding.ts'
import { gatewayClient } from './gateway-client.ts'

t.setTimeout(120_000)
const BEGIN = new Date('2026-02-06T13:41:26.123Z')

interface Refused { readonly error: { readonly code: string, readonly message: string } }
interface Anchor { readonly hash: string, readonly instance_identifier: string, readonly problem?: string }

interface Pair extends AsyncDisposable {
  readonly ours: Core
  readonly theirs: Core
  readonly api: ApiClient
  readonly clock: ManualClock
}

function foreignSeed (): ReturnType<typeof seedOf> {
  const member = { instance: 'YY', memberClass: 'GOV', memberCode: '7' }
  return seedOf({
    instance: 'YY', members: [{ id: member, name: 'Seven', subsystems: [] }], managementProvider: member, servers: [], globalGroups: []
  })
}

/** Two instances, ZZ and YY. */
async function openPair (t: Test): Promise<Pair> {
  const folder = t.testdir({ zz: {}, yy: {} })
  const clock = new ManualClock(BEGIN)
  const [ours, theirs] = await Promise.all([
    coreIn(join(folder, 'zz'), { seed: seedOf(), publicAddress: undefined }, clock),
    coreIn(join(folder, 'yy'), { seed: foreignSeed(), publicAddress: undefined }, clock)
  ])
  return {
    ours, theirs, clock, api: await apiClient(ours, ['XROAD_SECURITY_OFFICER']), [Symbol.asyncDispose]: async () => { await Promise.all([ours.close(), theirs.close()]) }
  }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64')

t.test('trap 1, §2.10: an instance is trusted by its external anchor, which is followed first; gateways that allow it see its members', async (t) => {
  await using pair = await openPair(t)
  const { ours, theirs, api, clock } = pair
  const anchor = await theirs.anchor('external')
  const form = new FormData()
  form.set('anchor', new Blob([new Uint8Array(anchor.bytes)]), anchor.fileName)
  t.match(await api<Anchor>('POST', '/trusted-anchors/preview', form), {
    status: 200,
    body: {
      hash: anchor.fingerprint,
      instance_identifier: 'YY',
      sources: [{ url: `${theirs.addresses.configuration}/externalconf`, keys: 1 }],
      configuration: { version: 6, members: 1, security_servers: 0 },
      problem: undefined
    }
  })
  t.same((await api('GET', '/trusted-anchors')).body, [], 'a preview changes nothing')
  t.match(await api<Anchor>('POST', '/trusted-anchors', form), { status: 201, body: { hash: anchor.fingerprint } })
  await ours.publish()
  await using gateway = await gatewayClient((await ours.anchor('internal')).bytes, clock, { allowedFederations: ['yy'] })
  t.same(gateway.current().instances, ['ZZ', 'YY'])
  t.match(gateway.current().shared('YY')!.members, [{ name: 'Seven' }])
  await using cautious = await gatewayClient((await ours.anchor('internal')).bytes, clock)
  t.same(cautious.current().instances, ['ZZ'], 'each gateway opts in')

  const download = await fetch(`${ours.addresses.admin}/api/v1/trusted-anchors/${encodeURIComponent(anchor.fingerprint)}/download`)
  t.equal(download.status, 401)
  await download.body?.cancel()
  clock.advance(60)
  const officer = await apiClient(theirs, ['XROAD_SECURITY_OFFICER'])
  await officer('PUT', '/configuration-sources/EXTERNAL/anchor/re-create')
  const renewed = await theirs.anchor('external')
  t.match((await api<Anchor & { replaces: string }>('POST', '/trusted-anchors/preview', { anchor: base64(renewed.bytes) })).body, { replaces: anchor.fingerprint })
  await api('POST', '/trusted-anchors', { anchor: base64(renewed.bytes) })
  t.match((await api<Anchor[]>('GET', '/trusted-anchors')).body, [{ hash: renewed.fingerprint }], 'an anchor of the same instance replaces the one before it')
  t.match(await api('DELETE', `/trusted-anchors/${encodeURIComponent(anchor.fingerprint)}`), { status: 404 })
  t.match(await api('DELETE', `/trusted-anchors/${encodeURIComponent(renewed.fingerprint)}`), { status: 204 })
  await ours.publish()
  await gateway.refresh()
  t.same(gateway.current().instances, ['ZZ'], 'federation has ended')
  const events = await ours.store.all<{ action: string }>("SELECT action FROM audit_event WHERE action LIKE 'trusted%' ORDER BY id")
  t.same(events.map(({ action }) => action), ['trusted-anchor.upload', 'trusted-anchor.upload', 'trusted-anchor.delete'])
})

t.test('an anchor that leads nowhere, or where it should not, is refused with the reason', async (t) => {
  await using pair = await openPair(t)
  const { ours, theirs, api, clock } = pair
  const refused = async (code: string, words: RegExp, file: Buffer): Promise<void> => {
    const { status, body } = await api<Refused>('POST', '/trusted-anchors', { anchor: base64(file) })
    t.ok(status === 400 || status === 409, String(status))
    t.match(body.error, { code, message: words })
    t.same((await api('GET', '/trusted-anchors')).body, [])
  }
  const theirAnchor = parseAnchor((await theirs.anchor('external')).bytes)
  const [source] = theirAnchor.sources
  const changed = (change: Partial<typeof theirAnchor>): Buffer => writeAnchor({ ...theirAnchor, ...change })
  await refused('malformed_anchor', /not a configuration anchor/, Buffer.from('<x/>'))
  await refused('malformed_anchor', /http:\/\//, changed({ sources: [{ ...source!, url: 'https://core.example/externalconf' }] }))
  await refused('own_anchor', /own instance/, (await ours.anchor('external')).bytes)
  await refused('own_anchor', /own instance/, changed({ instance: 'zz' }))
  await refused('conf_verification.anchor_not_for_external_source', /internal/, (await theirs.anchor('internal')).bytes)
  await refused('conf_verification.other', /no shared parameters of instance XX/, changed({ instance: 'XX' }))
  await refused('conf_verification.unreachable', /nobody listens there/, changed({ sources: [{ ...source!, url: 'http://127.0.0.1:1/externalconf' }] }))
  await refused('conf_verification.unreachable', /no version/, changed({ sources: [{ ...source!, url: `${theirs.addresses.configuration}/elsewhere` }] }))
  await refused('conf_verification.signature_invalid', /not listed/, changed({ sources: [{ ...source!, certificates: [parseAnchor((await ours.anchor('external')).bytes).sources[0]!.certificates[0]!] }] }))
  const preview = await api<Anchor>('POST', '/trusted-anchors/preview', { anchor: base64((await theirs.anchor('internal')).bytes) })
  t.match(preview, { status: 200, body: { problem: /internal/, hash: anchorFingerprint((await theirs.anchor('internal')).bytes) } }, 'a preview tells what would be refused')
  clock.advance(601)
  await refused('conf_verification.outdated', /expired/, (await theirs.anchor('external')).bytes)

  const stranger = createServer((_request, response) => { response.end('<html>sign in here</html>') }).listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  t.teardown(() => { stranger.close() })
  await refused('conf_verification.other', /does not lead to a usable configuration/, changed({ sources: [{ ...source!, url: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/externalconf` }] }))
})

t.test('only a security officer decides whom to federate with', async (t) => {
  await using pair = await openPair(t)
  const { ours, theirs } = pair
  const api = await apiClient(ours, ['XROAD_SYSTEM_ADMINISTRATOR', 'TREMBITA_HOLDER', 'TREMBITA_AUDITOR'])
  const body = { anchor: base64((await theirs.anchor('external')).bytes) }
  t.match(await api('POST', '/trusted-anchors', body), { status: 403 })
  t.match(await api('POST', '/trusted-anchors/preview', body), { status: 403 })
  t.match(await api('GET', '/trusted-anchors'), { status: 200 })
})
