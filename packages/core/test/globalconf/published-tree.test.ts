import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { createLogger, ManualClock, Secret } from '@trembita/daemon'
import { GLOBALCONF_VERSIONS, parseAnchor, parseDirectory, verifyDirectory, type GlobalConfVersion } from '@trembita/protocol/globalconf'
import { openssl, runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { CLIENT_ID_XSD, privateSchema, sharedSchema } from '../../../protocol/test/globalconf/schemas.ts'
import { startConfigurationProxy } from '../../src/configuration-proxy/index.ts'
import { apiClient } from '../api-client.ts'
import { coreIn, pki, seedOf } from '../seeding.ts'

t.setTimeout(120_000)
const BEGIN = new Date('2026-02-06T13:41:26.123Z')
const skip = await skipWithout('xmllint', '--version') || await skipWithout('openssl')

/** Judges by schemas composed from the facts, with a tool that is not ours. */
function schemaJudge (): { judge (kind: 'shared' | 'private', version: GlobalConfVersion, bytes: Buffer): ReturnType<typeof runTool>, remove (): void } {
  const files = scratch()
  files.write('client-id.xsd', CLIENT_ID_XSD)
  return {
    judge: async (kind, version, bytes) => {
      const schema = files.write(`${kind}-${version}.xsd`, kind === 'shared' ? sharedSchema(version) : privateSchema(version))
      return await runTool('xmllint', ['--noout', '--nonet', '--schema', schema, files.write(`${kind}.xml`, bytes)])
    },
    remove: () => { files.remove() }
  }
}

t.test('trap 3: what a core with everything publishes validates in each version against the schema of exactly that version, and what a proxy makes of it', { skip }, async (t) => {
  const folder = t.testdir({ core: {}, other: {}, proxy: {} })
  const clock = new ManualClock(BEGIN)
  await using core = await coreIn(join(folder, 'core'), { seed: seedOf(), publicAddress: undefined }, clock)
  const stranger = { instance: 'YY', memberClass: 'GOV', memberCode: '7' }
  await using other = await coreIn(join(folder, 'other'), {
    seed: seedOf({ instance: 'YY', members: [{ id: stranger, name: 'Seven', subsystems: [] }], managementProvider: stranger, servers: [], globalGroups: [] }), publicAddress: undefined
  }, clock)
  const api = await apiClient(core, ['XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITY_OFFICER'])
  // A trusted anchor, a second key, an optional part and a service entered by the API, on top of a seed with one of everything.
  t.match(await api('POST', '/trusted-anchors', { anchor: (await other.anchor('external')).bytes.toString('base64') }), { status: 201 })
  t.match(await api('POST', '/configuration-sources/INTERNAL/signing-keys', { key_type: 'rsa' }), { status: 201 })
  const part = Buffer.from('<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><ocspFetchInterval>600</ocspFetchInterval></x:conf>')
  t.match(await api('POST', '/configuration-sources/INTERNAL/configuration-parts', { content_identifier: 'FETCHINTERVAL', file: part.toString('base64') }), { status: 204 })
  t.match(await api('POST', '/timestamping-services', { url: 'http://127.0.0.1:1/', certificate: pki.tsa.certificate.der.toString('base64'), name: 'Second', cost_type: 'FREE', ignore_warnings: true }), { status: 201 })
  await core.publish()

  const { judge, remove } = schemaJudge()
  t.teardown(remove)
  const root = join(folder, 'core', 'public')
  const tree = join(root, readlinkSync(join(root, 'current')))
  for (const version of GLOBALCONF_VERSIONS) {
    for (const kind of ['shared', 'private'] as const) {
      const bytes = readFileSync(join(tree, `V${version}`, `${kind}-params.xml`))
      const result = await judge(kind, version, bytes)
      t.ok(result.ok, `${kind} ${version}: ${result.text}`)
      if (kind === 'shared' && version > 2) t.notOk((await judge(kind, version - 1 as GlobalConfVersion, bytes)).ok, `version ${version} is not version ${version - 1}`)
    }
  }

  const anchorFile = join(folder, 'anchor.xml')
  writeFileSync(anchorFile, (await core.anchor('internal')).bytes)
  const port = { host: '127.0.0.1', port: 0 }
  await using proxy = await startConfigurationProxy({
    dataFolder: join(folder, 'proxy'),
    listen: { configuration: port, admin: port },
    publicAddress: 'proxy.example',
    passphrase: new Secret(Buffer.from('other horse')),
    keyType: 'ec',
    refreshSeconds: 3600,
    validitySeconds: 600,
    sources: [{ name: 'mirror', anchor: anchorFile }]
  }, createLogger('core', 'silent'), clock)
  for (const version of GLOBALCONF_VERSIONS) {
    const get = async (path: string): Promise<Buffer> => Buffer.from(await (await fetch(`${proxy.addresses.configuration}${path}`)).arrayBuffer())
    for (const { contentIdentifier, location } of parseDirectory(await get(`/mirror/conf?version=${version}`)).parts) {
      if (!contentIdentifier.endsWith('-PARAMETERS')) continue
      const result = await judge(contentIdentifier === 'SHARED-PARAMETERS' ? 'shared' : 'private', version, await get(location))
      t.ok(result.ok, `proxy, ${contentIdentifier} ${version}: ${result.text}`)
    }
  }
})

t.test('trap 4: of every directory the signature holds over its exact bytes, by openssl and by us; a line break more or a bit turned is refused by both', { skip }, async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf() }, new ManualClock(BEGIN))
  const tree = join(folder, 'public', readlinkSync(join(folder, 'public', 'current')))
  const files = scratch()
  t.teardown(() => files.remove())
  for (const kind of ['internal', 'external'] as const) {
    const [der] = parseAnchor((await core.anchor(kind)).bytes).sources[0]!.certificates
    const key = files.write('key.pem', new X509Certificate(der!).publicKey.export({ type: 'spki', format: 'pem' }))
    for (const version of GLOBALCONF_VERSIONS) {
      const directory = parseDirectory(readFileSync(join(tree, `V${version}`, `${kind}conf`)))
      const bit = Math.floor(directory.signedBytes.length / 2)
      const turned = Buffer.from(directory.signedBytes)
      turned[bit] = turned[bit]! ^ 1
      for (const [what, signedBytes, good] of [['as published', directory.signedBytes, true], ['a line break more', Buffer.concat([directory.signedBytes, Buffer.from('\r\n')]), false], ['a bit turned', turned, false]] as const) {
        const { ok } = await openssl('dgst', '-sha512', '-verify', key, '-signature', files.write('value', directory.signature), files.write('region', signedBytes))
        t.equal(ok, good, `openssl, ${kind} ${version}, ${what}`)
        const verify = (): void => { verifyDirectory({ ...directory, signedBytes }, [der!]) }
        if (good) verify()
        else t.throws(verify, { name: 'Fault', kind: 'InvalidSignatureValue' })
      }
    }
  }
})
