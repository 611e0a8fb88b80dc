import t from 'tap'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runTool, skipWithout } from '@trembita/testnet/verifiers'

const run = promisify(execFile)
const MAKE = join(import.meta.dirname, '..', 'make.ts')
const out = mkdtempSync(join(tmpdir(), 'trembita-certs-'))
t.teardown(() => rmSync(out, { recursive: true, force: true }))

const make = async (...args: string[]): Promise<string> => (await run(process.execPath, [MAKE, ...args])).stdout
const text = (name: string): string => readFileSync(join(out, name), 'utf8')

const openssl = async (...args: string[]): Promise<string> => (await runTool('openssl', args, { cwd: out })).text

const skip = await skipWithout('openssl')

t.test('npm run certs writes good and bad certificates with a list, and uses its PKI again', async (t) => {
  t.match(await make('--help'), /--out DIR/)
  t.match(await make('--out', out, '--member', 'GOV/12345678', '--name', 'Тестова установа', '--host', 'gw.example'), /files under/)
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
  for (const file of files.filter((name) => !name.startsWith('pki'))) t.ok(text('README.md').includes(`\`${file}\``) || file === 'README.md', `${file} is listed`)
  t.ok(files.length > 60)
  t.equal(statSync(join(out, 'good/sign.key.pem')).mode & 0o777, 0o600)

  const ca = text('good/ca.pem')
  await make('--out', out)
  t.equal(text('good/ca.pem'), ca, 'the second run keeps the CA')
  await t.rejects(make('--out', out, '--member', 'nobody'), /must be CLASS\/CODE/)
  await t.rejects(make('--out', out, '--key', 'dsa'), /must be one of/)
})

t.test('TR-4.4: openssl accepts what is under good/ and refuses what has a broken path', { skip }, async (t) => {
  const verify = async (file: string, chain: string): Promise<string> => await openssl('verify', '-CAfile', 'good/ca.pem', '-untrusted', chain, file)
  for (const name of ['sign', 'auth', 'tls']) t.match(await verify(`good/${name}.crt.pem`, `good/${name}.chain.pem`), /: OK/)
  for (const line of text('README.md').matchAll(/^ {4}openssl (.*)$/gm)) t.match(await openssl(...(line[1] ?? '').split(' ')), /OK/, line[0])
  for (const name of ['expired-sign', 'future-sign', 'foreign-ca', 'namesake-ca', 'issued-by-leaf', 'path-too-long']) {
    t.notMatch(await verify(`bad/certificates/${name}.crt.pem`, `bad/certificates/${name}.chain.pem`), /: OK/, name)
  }
  t.match(await openssl('x509', '-noout', '-subject', '-nameopt', 'RFC2253,utf8,-esc_msb', '-in', 'good/sign.crt.pem'), 'businessCategory=GOV')
})

t.test('a request is signed with the extensions of the profile, whatever it asked for', { skip }, async (t) => {
  await openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'own.key', '-out', 'own.csr', '-subj', '/C=UA/businessCategory=GOV/serialNumber=1/CN=Own', '-addext', 'keyUsage=nonRepudiation,keyCertSign')
  t.ok(existsSync(join(out, 'own.csr')))
  const pem = await make('--out', out, '--csr', join(out, 'own.csr'), '--profile', 'sign')
  t.equal(pem.match(/BEGIN CERTIFICATE/g)?.length, 2, 'with the issuing CA')
  const file = join(out, 'own.crt')
  writeFileSync(file, pem)
  t.match(await openssl('verify', '-CAfile', 'good/ca.pem', '-untrusted', 'good/issuing-ca.pem', 'own.crt'), /: OK/)
  t.match(await openssl('x509', '-noout', '-ext', 'keyUsage', '-in', 'own.crt'), /Non Repudiation\s*$/)
  await t.rejects(make('--out', out, '--csr', join(out, 'own.csr')), /--profile must be one of/)
  writeFileSync(join(out, 'own.csr'), text('own.csr').replace(/.{8}(?=\n-----END)/, 'AAAAAAA='))
  await t.rejects(make('--out', out, '--csr', join(out, 'own.csr'), '--profile', 'sign'))
})
