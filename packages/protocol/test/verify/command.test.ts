import { execFile } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { BASIC_PROFILE, createTestPki } from '@trembita/testnet/pki'
import { scratch } from '@trembita/testnet/verifiers'
import t from 'tap'
import { archiveFileName, ASICS_TYPE, CONTAINER_LIMITS, readZip, writeArchive, writeContainer, writeZip } from '../../src/asic/index.ts'
import { derContext, derInteger, derOctetString, derOid, derSequence, derSet } from '../../src/asn1/index.ts'
import { buildDirectory, type SharedParametersToWrite, writeAnchor, writeSharedParameters, writeVerificationConf } from '../../src/globalconf/index.ts'
import { OID } from '../../src/pki/index.ts'
import { EXIT, main } from '../../src/verify/index.ts'
import { containersOf, REST, sealRecords, SOAP } from '../containers.ts'
import { createSealer, MEMBER } from '../sealing.ts'

const BIN = new URL('../../bin/trembita-verify.ts', import.meta.url).pathname
const folder = scratch()
t.teardown(() => folder.remove())
const pki = await createTestPki()
const sealer = await createSealer({ pki })
const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
const confCertificate = (await pki.issue('tls', [{ CN: ['configuration'] }], { key })).certificate

const shared: SharedParametersToWrite = {
  instance: MEMBER.instance,
  sources: [{ address: '127.0.0.1', internalCertificates: [confCertificate.der], externalCertificates: [confCertificate.der] }],
  approvedCas: [{
    name: 'Test',
    authenticationOnly: false,
    profileClass: BASIC_PROFILE,
    topCa: { certificate: pki.root.certificate.der, ocsp: [] },
    intermediateCas: [{ certificate: pki.intermediate.certificate.der, ocsp: [{ url: 'http://127.0.0.1:1' }] }]
  }],
  approvedTsas: [{ name: 'Test', url: 'http://127.0.0.1:1', certificate: pki.tsa.certificate.der }],
  members: [],
  servers: [],
  globalGroups: [],
  memberClasses: [],
  ocspFreshnessSeconds: 3600
}
const conf = (version: 2 | 6) => writeVerificationConf(MEMBER.instance, [{ instance: MEMBER.instance, version, bytes: writeSharedParameters(version, shared) }])
const zipOf = async (files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> => await writeZip([...files].map(([name, bytes]) => ({ name, bytes })), { at: sealer.now })

const trust = folder.write('verificationconf.zip', await zipOf(conf(6)))
const [single] = await containersOf(sealer, [{ message: SOAP }])
const batch = await containersOf(sealer, [{ message: SOAP }, { message: REST, attachments: [Buffer.from('{}')] }])
const good = folder.write('good.asice', single!)
const tampered = folder.write('tampered.asice', await altered(single!, 'message.xml', (bytes) => Buffer.from(bytes.toString().replace('Ключ', 'ключ'))))

async function altered (container: Buffer, name: string, change: (bytes: Buffer) => Buffer): Promise<Buffer> {
  const { entries } = await readZip(container, CONTAINER_LIMITS)
  return await zipOf(new Map([...entries].map(([entry, bytes]) => [entry, entry === name ? change(bytes) : bytes])))
}

/** The command in this process. */
async function run (...args: string[]): Promise<{ code: number, out: string, err: string }> {
  let out = ''
  let err = ''
  const code = await main(args, { out: (text) => { out += text }, err: (text) => { err += text }, now: () => new Date() })
  return { code, out, err }
}
const json = async (...args: string[]) => {
  const { code, out } = await run(...args, '--json')
  return { code, report: JSON.parse(out) }
}

t.test('TR-4.6: the command itself says who, when, by what and what is covered, and exits by verdict', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, good, '--trust', trust])
  for (const text of [
    'good.asice: VERIFIED', 'SOAP request 6d0f8f2e-63a7-4a43-8f6a-0f6a54a9a001', 'TEST/GOV/00000001/portal to TEST/GOV/00000002/registry/lookup/v1', 'sealed by     TEST/GOV/00000001',
    'SHA512withECDSA', sealer.key.certificate.serialNumber.toString(), 'OCSP          good', 'time stamp    20', 'Timestamp service', 'message.xml: covered by the seal'
  ]) t.ok(stdout.includes(text), text)
  const failed = await promisify(execFile)(process.execPath, [BIN, tampered, '--trust', trust, '--json']).catch((error: { code: number, stdout: string }) => error)
  t.match(failed, { code: 1 })
  t.match(JSON.parse(failed.stdout), { verdict: 'failed', containers: [{ reason: { code: 'SignatureVerification.InvalidSignatureValue', message: 'digest of /message.xml differs' } }] })
})

t.test('the report for programs keeps its shape', async (t) => {
  const { code, report } = await json(good, '--trust', trust)
  t.equal(code, EXIT.verified)
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
  t.match(report, {
    version: 1,
    file: 'good.asice',
    kind: 'container',
    verdict: 'verified',
    archive: null,
    containers: [{
      name: 'good.asice',
      format: 'ASiC-E',
      verdict: 'verified',
      reason: null,
      message: { protocol: 'soap', direction: 'request', id: String, client: 'TEST/GOV/00000001/portal', service: 'TEST/GOV/00000002/registry/lookup/v1' },
      signer: 'TEST/GOV/00000001',
      algorithm: 'SHA512withECDSA',
      signingTime: instant,
      certificate: { subject: /CN=/, issuer: /CN=Issuing CA/, serialNumber: /^\d+$/, notBefore: instant, notAfter: instant, sha256: /^[0-9a-f]{64}$/ },
      ocsp: [{ serialNumber: /^\d+$/, status: 'good', producedAt: instant, thisUpdate: instant, nextUpdate: null, responder: /OCSP/ }],
      timestamp: { kind: 'single', time: instant, authority: /Timestamp service/, serialNumber: /^\d+$/, policy: '2.999.1' },
      judgedAt: instant,
      files: [{ name: 'message.xml', status: 'covered', digest: null }]
    }]
  })
})

t.test('trust comes from a ZIP, a folder in the layout of X-Road, or an anchor and its source', async (t) => {
  for (const version of [2, 6] as const) {
    const zip = folder.write(`v${version}.zip`, await zipOf(conf(version)))
    t.equal((await run(good, '--trust', zip)).code, EXIT.verified, `ZIP in version ${version}`)
    for (const nested of ['', 'verificationconf/']) {
      const base = folder.path(`conf-${version}-${nested.length}`)
      for (const [path, bytes] of conf(version)) {
        const target = `${base}/${nested}${path.replace('verificationconf/', '')}`
        mkdirSync(target.slice(0, target.lastIndexOf('/')), { recursive: true })
        writeFileSync(target, bytes)
      }
      t.equal((await run(good, '--trust', base)).code, EXIT.verified, `folder in version ${version}`)
    }
  }
})

t.test('an anchor is followed to the newest version its source has, and the source is not believed unsigned or expired', async (t) => {
  let asked: string[] = []
  let expireAt = new Date(Date.now() + 60_000)
  let signingKey = key.privateKey
  let part = writeSharedParameters(4, shared)
  const server = createServer((request, response) => {
    asked.push(request.url!)
    const answer = async (): Promise<void> => {
      if (request.url === '/internalconf?version=4') {
        const signer = { certificate: confCertificate.der, algorithmUri: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', sign: (data: Uint8Array) => sign('sha512', data, signingKey) }
        const parts = [{ contentIdentifier: 'SHARED-PARAMETERS', instance: MEMBER.instance, location: '/V4/shared-params.xml', bytes: writeSharedParameters(4, shared) }]
        response.end(await buildDirectory({ version: 4, expireAt, parts, signer }))
      } else if (request.url === '/V4/shared-params.xml') response.end(part)
      else response.writeHead(404).end()
    }
    void answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const anchor = folder.write('anchor.xml', writeAnchor({ instance: MEMBER.instance, generatedAt: sealer.now, sources: [{ url: `http://127.0.0.1:${port}/internalconf`, certificates: [confCertificate.der] }] }))
  t.equal((await run(good, '--trust', anchor)).code, EXIT.verified)
  t.same(asked, ['/internalconf?version=6', '/internalconf?version=5', '/internalconf?version=4', '/V4/shared-params.xml'])

  const refused = async (because: RegExp): Promise<void> => {
    asked = []
    const { code, err } = await run(good, '--trust', anchor)
    t.equal(code, EXIT.unusable)
    t.match(err, because)
  }
  expireAt = new Date(Date.now() - 60_000)
  await refused(/expired/)
  expireAt = new Date(Date.now() + 60_000)
  signingKey = sealer.privateKey
  await refused(/does not verify|could not be had/)
  signingKey = key.privateKey
  part = Buffer.from(part.toString().replace('3600', '9999'))
  await refused(/hash does not match/)
  server.close()
  server.closeAllConnections()
  await refused(/could not be had/)
})

t.test('TR-4.6: a ZIP of several is judged one by one, and one bad one fails it', async (t) => {
  const several = async (...files: Buffer[]): Promise<string> =>
    folder.write(`several-${files.length}.zip`, await writeZip(files.map((bytes, i) => ({ name: `${i}.asice`, bytes, stored: true })), { at: sealer.now }))
  const two = await json(await several(...batch), '--trust', trust)
  t.equal(two.code, EXIT.verified)
  t.match(two.report, { kind: 'zip', containers: [{ name: '0.asice', timestamp: { kind: 'batch' } }, { name: '1.asice', message: { protocol: 'rest' } }] })
  const three = await json(await several(...batch, readFileSync(tampered)), '--trust', trust)
  t.equal(three.code, EXIT.failed)
  t.same(three.report.containers.map((report: { verdict: string }) => report.verdict), ['verified', 'verified', 'failed'])
  t.match((await run(await several(...batch), '--trust', trust)).out, /several-2\.zip: VERIFIED, 2 containers/)
})

t.test('TR-4.6: an archive is verified with its links, the first one by the digest that is given', async (t) => {
  const named = batch.map((bytes, i) => ({ name: `m-request-${i}.asice`, bytes }))
  const first = await writeArchive(named, { at: sealer.now })
  const second = await writeArchive([{ name: 'z-request-9.asice', bytes: single! }], { at: sealer.now, previous: { digest: first.lastDigest, fileName: archiveFileName({ first: sealer.now, last: sealer.now, lastDigest: first.lastDigest }) } })
  const file = folder.write('archive.zip', second.bytes)
  t.match(await json(file, '--trust', trust), { code: EXIT.verified, report: { kind: 'archive', archive: { verdict: 'verified', previousChecked: false, lastDigest: second.lastDigest, previous: { digest: first.lastDigest } } } })
  t.match(await json(file, '--trust', trust, '--previous-digest', first.lastDigest), { code: EXIT.verified, report: { archive: { previousChecked: true } } })
  t.match(await json(file, '--trust', trust, '--previous-digest', second.lastDigest), { code: EXIT.failed, report: { archive: { reason: { code: 'InvalidHashChain' } } } })
  t.match(await json(file, '--trust', trust, '--previous-digest', '-'), { code: EXIT.failed })
  t.match(await json(folder.write('first.zip', first.bytes), '--trust', trust, '--previous-digest', '-'), { code: EXIT.verified, report: { containers: { length: 2 } } })
  const text = (await run(file, '--trust', trust)).out
  t.match(text, /linking information: VERIFIED[^]*by its own word[^]*archive\.zip: VERIFIED, 1 container\n/)
  const cut = await altered(first.bytes, 'linkinginfo', (bytes) => Buffer.from(bytes.toString().split('\n').slice(0, 2).join('\n') + '\n'))
  t.match(await json(folder.write('cut.zip', cut), '--trust', trust), { code: EXIT.failed, report: { archive: { verdict: 'failed' } } })
})

t.test('what cannot be judged is neither good nor bad: exit code 3', async (t) => {
  const root = '1.2.804.2.1.1.1.1'
  const signer = derSequence(derInteger(1), derSequence(sealer.key.certificate.issuer.raw, derInteger(1)), derSequence(derOid(`${root}.2.1`)), derContext(0, true), derSequence(derOid(`${root}.3.1.1`)), derOctetString(Buffer.alloc(64)))
  const cms = derSequence(derOid(OID.signedData), derContext(0, true, derSequence(derInteger(1), derSet(), derSequence(derOid('1.2.840.113549.1.7.1')), derSet(signer))))
  const asics = await writeZip([{ name: 'mimetype', bytes: Buffer.from(ASICS_TYPE) }, { name: 'message.xml', bytes: SOAP }, { name: 'META-INF/signature.p7s', bytes: cms }], { at: sealer.now })
  const file = folder.write('old.zip', await writeZip([{ name: 'x-request-9dK2mXw0aQ.asics', bytes: asics }], { at: sealer.now }))
  const { code, out } = await run(file, '--trust', trust)
  t.equal(code, EXIT.undecided)
  t.match(out, /CANNOT JUDGE\n {2}reason {8}signed by DSTU 4145-2002 with GOST 34\.311-95, which this verifier does not compute/)
  const foreign = await containersOf(sealer, [{ message: Buffer.from(SOAP.toString().replaceAll('>TEST<', '>OTHER<')) }])
  t.match(await json(folder.write('foreign.asice', foreign[0]!), '--trust', trust), { code: EXIT.undecided, report: { containers: [{ reason: { message: /instance OTHER/ } }] } })
})

t.test('--at judges for another time, and lets a container without a stamp be judged', async (t) => {
  const [sealed] = await sealRecords(sealer, [{ message: SOAP }])
  const bare = folder.write('bare.asice', await writeContainer({ ...sealed!, message: SOAP, attachments: [], at: sealer.now }))
  t.match(await json(bare, '--trust', trust), { code: EXIT.failed, report: { containers: [{ reason: { code: 'AsicTimestampNotFound' } }] } })
  t.match(await json(bare, '--trust', trust, '--at', sealer.now.toISOString()), { code: EXIT.verified, report: { containers: [{ timestamp: null, judgedAt: sealer.now.toISOString() }] } })
  t.match(await json(good, '--trust', trust, '--at', '2040-01-01T00:00:00+02:00'), { code: EXIT.failed, report: { containers: [{ reason: { code: /InvalidCertPath/ } }] } })
})

t.test('wrong usage and inputs that cannot be read are told apart from a verdict: exit code 2', async (t) => {
  const unusable = async (because: RegExp, ...args: string[]): Promise<void> => {
    const { code, out, err } = await run(...args)
    t.equal(code, EXIT.unusable, args.join(' '))
    t.match(err, because)
    t.equal(out, '')
  }
  await unusable(/missing FILE[^]*--help/)
  await unusable(/missing --trust/, good)
  await unusable(/unexpected argument/, good, 'b', '--trust', trust)
  await unusable(/--nonsense/, good, '--nonsense')
  await unusable(/--at/, good, '--trust', trust, '--at', 'yesterday')
  await unusable(/--at/, good, '--trust', trust, '--at', '2026-13-01T00:00:00Z')
  await unusable(/--previous-digest/, good, '--trust', trust, '--previous-digest', 'zz')
  await unusable(/cannot be read/, folder.path('none.asice'), '--trust', trust)
  await unusable(/trust cannot be read/, good, '--trust', folder.path('none.zip'))
  await unusable(/trust cannot be read/, good, '--trust', good)
  await unusable(/trust cannot be read/, good, '--trust', folder.write('text.xml', '<a/>'))
  await unusable(/not a container/, folder.write('text.asice', 'text'), '--trust', trust)
  await unusable(/without containers/, folder.write('other.zip', await zipOf(new Map([['a.txt', Buffer.from('a')]]))), '--trust', trust)
  const { code, out } = await run(folder.path('none.asice'), '--trust', trust, '--json')
  t.equal(code, EXIT.unusable)
  t.match(JSON.parse(out), { verdict: null, error: /cannot be read/ })
})

t.test('--help documents the exit codes, --version the version', async (t) => {
  const { code, out } = await run('--help')
  t.equal(code, 0)
  for (const text of ['FILE', '--trust', '--at', '--json', '--previous-digest', 'Exit codes:', '0  verified', '1  not verified', '2  wrong usage', '3  cannot judge']) t.ok(out.includes(text), text)
  t.match((await run('--version')).out, /^trembita-verify \d+\.\d+\.\d+\n$/)
})

t.test('a byte changed in the ZIP itself fails or is without meaning, and never passes another content', async (t) => {
  const before = (await json(good, '--trust', trust)).report.containers[0]
  let failed = 0
  for (let i = 0; i < single!.length; i += 41) {
    const bytes = Buffer.from(single!)
    bytes[i]! ^= 1 + (i * 37) % 255
    const { code, out } = await run(folder.write('flipped.asice', bytes), '--trust', trust, '--json')
    if (code === EXIT.verified) t.same(JSON.parse(out).containers[0].certificate, before.certificate)
    else failed++
  }
  t.ok(failed > single!.length / 41 * 0.85, `${failed} of ${Math.ceil(single!.length / 41)}`)
})

t.test('text from a container cannot steer a terminal', async (t) => {
  const [nasty] = await containersOf(sealer, [{ message: Buffer.from(SOAP.toString().replace('6d0f8f2e-63a7-4a43-8f6a-0f6a54a9a001', 'id\u009b31m\u202e')) }])
  const { out } = await run(folder.write('nasty.asice', nasty!), '--trust', trust)
  t.notMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})
