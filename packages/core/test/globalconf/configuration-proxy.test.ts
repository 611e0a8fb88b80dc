import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { X509Certificate } from 'node:crypto'
import t, { type Test } from 'tap'
import { createLogger, ManualClock, Secret, systemClock } from '@trembita/daemon'
import { GLOBALCONF_VERSIONS, parseAnchor, parseDirectory, parseSharedParameters } from '@trembita/protocol/globalconf'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { readProxyConfig, replaceSources, startConfigurationProxy, type ConfigurationProxy, type ProxyConfig } from '../../src/configuration-proxy/index.ts'
import type { Core } from '../../src/index.ts'
import { apiClient } from '../api-client.ts'
import { coreIn, seedOf } from '../seeding.ts'
import { gatewayClient } from './gateway-client.ts'

t.setTimeout(120_000)
const BEGIN = new Date('2026-02-06T13:41:26.123Z')
const skip = await skipWithout('openssl')
const conf = Buffer.from('<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><verifyNextUpdate>false</verifyNextUpdate></x:conf>')

interface Opened extends AsyncDisposable {
  readonly core: Core
  readonly proxy: ConfigurationProxy
  readonly clock: ManualClock
  readonly config: ProxyConfig
  readonly anchorFile: string
}

/** A core, and a proxy that signs its internal configuration again under the name `mirror`. */
async function open (t: Test): Promise<Opened> {
  const folder = t.testdir({ core: {}, proxy: {} })
  const clock = new ManualClock(BEGIN)
  const core = await coreIn(join(folder, 'core'), { seed: seedOf({ parts: [{ contentIdentifier: 'NEXTUPDATE', content: conf }] }), publicAddress: undefined }, clock)
  const anchorFile = join(folder, 'anchor.xml')
  writeFileSync(anchorFile, (await core.anchor('internal')).bytes)
  const port = { host: '127.0.0.1', port: 0 }
  const config: ProxyConfig = {
    dataFolder: join(folder, 'proxy'),
    listen: { configuration: port, admin: port },
    publicAddress: 'proxy.example:4081',
    passphrase: new Secret(Buffer.from('other horse')),
    keyType: 'rsa',
    refreshSeconds: 3600,
    validitySeconds: 600,
    sources: [{ name: 'mirror', anchor: anchorFile }]
  }
  const proxy = await startConfigurationProxy(config, createLogger('core', 'silent'), clock)
  return { core, proxy, clock, config, anchorFile, [Symbol.asyncDispose]: async () => { await Promise.all([core.close(), proxy.close()]) } }
}

async function get (url: string): Promise<{ status: number, bytes: Buffer }> {
  const response = await fetch(url)
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

/** The proxy's anchor, as a gateway gets it, with the address that really listens. */
async function anchorOf ({ proxy, config }: Opened): Promise<Buffer> {
  const { bytes } = await get(`${proxy.addresses.configuration}/mirror/anchor`)
  return Buffer.from(bytes.toString('utf8').replace(config.publicAddress, proxy.addresses.configuration.slice('http://'.length)))
}

t.test('§2.9: every version is signed again by the proxy alone, with itself as the only source, and a gateway takes it', async (t) => {
  await using opened = await open(t)
  const { core, proxy, clock, config } = opened
  for (const version of GLOBALCONF_VERSIONS) {
    const directory = parseDirectory((await get(`${proxy.addresses.configuration}/mirror/conf?version=${version}`)).bytes)
    t.equal(directory.version, version)
    t.same(directory.parts.map(({ contentIdentifier, instance }) => [contentIdentifier, instance]), [['PRIVATE-PARAMETERS', 'ZZ'], ['SHARED-PARAMETERS', 'ZZ'], ['NEXTUPDATE', 'ZZ']])
    t.match(directory.parts[1]!.location, /^\/mirror\/\d{24}\/ZZ\/shared-params\.xml$/)
    const { bytes } = await get(`${proxy.addresses.configuration}${directory.parts[1]!.location}`)
    const shared = parseSharedParameters(bytes, version)
    const original = await get(`${core.addresses.configuration}${parseDirectory((await get(`${core.addresses.configuration}/internalconf?version=${version}`)).bytes).parts[1]!.location}`)
    if (version === 2) t.same(bytes, original.bytes, 'version 2 names no sources and is passed on as it is')
    else {
      t.match(shared.sources, [{ address: config.publicAddress, internalCertificates: { length: 1 }, externalCertificates: { length: 1 } }])
      t.same({ ...shared, sources: [] }, { ...parseSharedParameters(original.bytes, version), sources: [] }, 'and nothing else is touched')
    }
    t.same((await get(`${proxy.addresses.configuration}${directory.parts[2]!.location}`)).bytes, conf)
  }
  t.same((await get(`${proxy.addresses.configuration}/mirror/conf`)).bytes, (await get(`${proxy.addresses.configuration}/mirror/conf?version=2`)).bytes)
  for (const path of ['/mirror/conf?version=7', '/mirror/conf?version=x', '/other/conf', '/mirror/', '/mirror/x/ZZ/shared-params.xml', '/mirror/202602061341261230000006/YY/shared-params.xml', '/mirror/202602061341261230000006/ZZ/conf', '/mirror/202602061341261230000006/ZZ/..%2f..%2f..%2fkeys.json', '/keys.json']) {
    t.equal((await get(`${proxy.addresses.configuration}${path}`)).status, 404, path)
  }

  const anchor = await anchorOf(opened)
  t.match(parseAnchor(anchor), { instance: 'ZZ', sources: [{ certificates: { length: 1 } }] })
  await using gateway = await gatewayClient(anchor, clock)
  t.equal(gateway.current().instance, 'ZZ')
  t.same(gateway.current().shared()!.members.map(({ name }) => name), ['Company', 'Міністерство «Перше» & інші'])
  t.equal((await get(`${proxy.addresses.admin}/health/ready`)).status, 200)
})

t.test('openssl verifies what the proxy signed with nothing but its anchor', { skip }, async (t) => {
  await using opened = await open(t)
  const { bytes } = await get(`${opened.proxy.addresses.configuration}/mirror/conf?version=6`)
  const inner = /multipart\/mixed.*boundary=(\w+)/.exec(bytes.toString())![1]!
  const region = bytes.subarray(bytes.indexOf(`--${inner}`), bytes.indexOf(`--${inner}--`) + inner.length + 6)
  const value = Buffer.from(/\r\n\r\n([A-Za-z0-9+/=]+)\r\n--\w+--\r\n$/.exec(bytes.toString())![1]!, 'base64')
  const certificate = new X509Certificate(parseAnchor(await anchorOf(opened)).sources[0]!.certificates[0]!)
  const files = scratch()
  t.teardown(() => files.remove())
  const key = files.write('key.pem', certificate.publicKey.export({ type: 'spki', format: 'pem' }))
  const verify = async (data: Buffer): Promise<boolean> => (await openssl('dgst', '-sha512', '-verify', key, '-signature', files.write('value', value), files.write('region', data))).ok
  t.ok(await verify(region))
  t.notOk(await verify(Buffer.concat([region, Buffer.from('\r\n')])))
})

t.test('what changes at the other instance is passed on; what cannot be had or verified is not signed again', async (t) => {
  await using opened = await open(t)
  const { core, proxy, clock, anchorFile } = opened
  await using gateway = await gatewayClient(await anchorOf(opened), clock)
  await core.seed(seedOf({ parameters: { ocspFreshnessSeconds: 42 } }))
  await proxy.refresh()
  await gateway.refresh()
  t.equal(gateway.current().ocspFreshnessSeconds, 42)

  const before = (await get(`${proxy.addresses.configuration}/mirror/conf?version=6`)).bytes
  clock.advance(601)
  await proxy.refresh()
  t.same((await get(`${proxy.addresses.configuration}/mirror/conf?version=6`)).bytes, before, 'the directory of the core has expired')
  t.equal((await get(`${proxy.addresses.admin}/health/ready`)).status, 503)
  await core.publish()
  await proxy.refresh()
  await gateway.refresh()
  t.ok(gateway.current().validAt(clock.now()))

  // A rotation at the other instance: the anchor that the proxy has is old by then.
  const api = await apiClient(core, ['XROAD_SECURITY_OFFICER'])
  const [old] = (await api<{ id: number }[]>('GET', '/configuration-sources/INTERNAL/signing-keys')).body
  const { body: { id } } = await api<{ id: number }>('POST', '/configuration-sources/INTERNAL/signing-keys', { key_type: 'ec' })
  await core.publish()
  await proxy.refresh()
  await api('PUT', `/signing-keys/${id}/activate?ignore_warnings=true`)
  await api('DELETE', `/signing-keys/${old!.id}`)
  clock.advance(60)
  await core.publish()
  await proxy.refresh()
  t.not((await get(`${proxy.addresses.configuration}/mirror/conf?version=6`)).bytes.toString('latin1'), before.toString('latin1'))
  await gateway.refresh()
  t.ok(gateway.current().validAt(clock.now()), 'the sources told the proxy of the key')

  writeFileSync(anchorFile, (await core.anchor('external')).bytes)
  await proxy.refresh()
  t.same(parseDirectory((await get(`${proxy.addresses.configuration}/mirror/conf?version=6`)).bytes).parts.map(({ contentIdentifier }) => contentIdentifier), ['SHARED-PARAMETERS'], 'an external configuration stays an external one')
})

t.test('sources are replaced in what other implementations write, and no other byte is', async (t) => {
  const own = { address: 'p.example', internalCertificates: [Buffer.from('a')], externalCertificates: [] }
  const text = '<?xml version="1.0"?>\n<ns3:conf xmlns:ns3="http://x-road.eu/xsd/xroad.xsd"><instanceIdentifier>Є &amp; І</instanceIdentifier><!-- one --><source><address>a</address></source>\n<source>\t<address>b</address></source><member id="id0"/></ns3:conf>'
  t.equal(replaceSources(Buffer.from(text), own).toString(), '<?xml version="1.0"?>\n<ns3:conf xmlns:ns3="http://x-road.eu/xsd/xroad.xsd"><instanceIdentifier>Є &amp; І</instanceIdentifier><!-- one --><source><address>p.example</address><internalVerificationCert>YQ==</internalVerificationCert></source><member id="id0"/></ns3:conf>')
  t.throws(() => replaceSources(Buffer.from('<a/>'), own), { name: 'Fault', kind: 'MalformedGlobalConf' })
})

t.test('the command runs the proxy, prints its anchor, and rotates its keys while it runs', async (t) => {
  const folder = t.testdir({ core: {} })
  await using core = await coreIn(join(folder, 'core'), { seed: seedOf(), publicAddress: undefined }, systemClock)
  writeFileSync(join(folder, 'anchor.xml'), (await core.anchor('external')).bytes)
  writeFileSync(join(folder, 'passphrase'), 'other horse\n')
  const file = join(folder, 'proxy.yaml')
  writeFileSync(file, 'passphraseFile: passphrase\nkeyType: ec\npublicAddress: proxy.example\nrefreshSeconds: 1\nlisten: { configuration: { port: 0 }, admin: { port: 0 } }\nsources: [{ name: mirror, anchor: anchor.xml }]\n')
  const bin = join(import.meta.dirname, '../../bin/trembita-core.ts')
  const run = async (...args: readonly string[]): Promise<string> => (await promisify(execFile)(process.execPath, [bin, ...args, '--config', file], { timeout: 30_000 })).stdout
  const child = spawn(process.execPath, [bin, 'configuration-proxy', '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  const lines = readLines(child.stdout)
  const started = JSON.parse(await lines.until('configuration proxy started')) as { addresses: { configuration: string } }
  const anchor = parseAnchor(Buffer.from(await run('configuration-proxy', 'anchor', 'mirror')))
  t.match(anchor, { instance: 'ZZ', sources: [{ url: 'http://proxy.example/mirror/conf', certificates: { length: 1 } }] })
  const id = (await run('configuration-proxy', 'add-key', 'mirror')).trim()
  t.match(await run('configuration-proxy', 'keys', 'mirror'), new RegExp(`signs[^]*${id} {2}waiting`))
  await t.rejects(run('configuration-proxy', 'activate-key', 'mirror', id), /--force/)
  await t.rejects(run('configuration-proxy', 'anchor', 'other'), /there is no source other/)
  await run('configuration-proxy', 'activate-key', 'mirror', id, '--force')
  const { certificates } = parseAnchor(Buffer.from(await run('configuration-proxy', 'anchor', 'mirror'))).sources[0]!
  const signer = async (): Promise<string> => {
    const { certificateHash } = parseDirectory((await get(`${started.addresses.configuration}/mirror/conf?version=6`)).bytes)
    return certificates.map((der) => new X509Certificate(der)).find(({ fingerprint512 }) => fingerprint512.replaceAll(':', '').toLowerCase() === certificateHash.toString('hex'))!.fingerprint256.replaceAll(':', '').toLowerCase().slice(0, 16)
  }
  while (await signer() !== id) await lines.until('configuration signed again')
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})

t.test('a configuration of the proxy that cannot work is refused with everything that is wrong', (t) => {
  const folder = t.testdir({ 'proxy.yaml': 'sources: [{ name: "a b", anchor: x }, { name: "a b" }]\nvaliditySeconds: 1\n', 'none.yaml': 'publicAddress: p\n' })
  t.throws(() => readProxyConfig(join(folder, 'proxy.yaml'), {}), /sources.0.name.*sources.1.anchor.*two of one name.*passphraseFile.*validitySeconds|publicAddress/s)
  t.throws(() => readProxyConfig(join(folder, 'none.yaml'), {}), /whose configuration/)
  t.end()
})

/** Lines of a child, one after another. */
function readLines (stream: NodeJS.ReadableStream): { until (text: string): Promise<string> } {
  let buffered = ''
  const waiting: { readonly text: string, readonly resolve: (line: string) => void }[] = []
  const lines: string[] = []
  const serve = (): void => {
    while (waiting.length > 0) {
      const { text, resolve } = waiting[0]!
      const at = lines.findIndex((line) => line.includes(text))
      if (at === -1) return
      resolve(lines.splice(0, at + 1).at(-1)!)
      waiting.shift()
    }
  }
  stream.on('data', (chunk) => {
    buffered += String(chunk)
    const parts = buffered.split('\n')
    buffered = parts.pop()!
    lines.push(...parts)
    serve()
  })
  return {
    until: (text) => new Promise((resolve) => {
      waiting.push({ text, resolve })
      serve()
    })
  }
}
