import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createTestPki } from '../src/pki/index.ts'
import { startDevelopmentCa } from '../src/development-ca/index.ts'
import { openssl, scratch, skipWithout } from '../src/verifiers/index.ts'

const skip = await skipWithout('openssl')
/** What X-Road asks for in its requests (xroad-trust §3.3). */
const SIGNING = ['-addext', 'keyUsage=nonRepudiation,keyCertSign']
const AUTHENTICATION = ['-addext', 'keyUsage=digitalSignature,dataEncipherment,keyEncipherment']

async function start (t: Test) {
  const ca = await startDevelopmentCa({ pki: await createTestPki() })
  const files = scratch()
  t.teardown(async () => {
    await ca.close()
    files.remove()
  })
  /** A request made by openssl, PEM. */
  const request = async (...options: string[]): Promise<Buffer> => {
    const key = options.includes('-newkey') ? [] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    const made = await openssl('req', '-new', '-nodes', ...key, '-keyout', files.path('key.pem'), '-out', files.path('csr.pem'), '-utf8',
      ...options.includes('-subj') ? [] : ['-subj', '/C=UA/O=Міністерство/businessCategory=GOV/serialNumber=00000001/CN=Міністерство'], ...options)
    t.ok(made.ok, made.text)
    return readFileSync(files.path('csr.pem'))
  }
  const post = async (path: string, body: Buffer | string, type = 'application/x-www-form-urlencoded'): Promise<{ status: number, text: string, bytes: Buffer }> => {
    const answer = await fetch(`${ca.url}${path}`, { method: 'POST', body: Uint8Array.from(Buffer.from(body)), headers: { 'content-type': type } })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, text: bytes.toString(), bytes }
  }
  const get = async (name: string): Promise<string> => files.write(name, await (await fetch(`${ca.url}/${name}`)).text())
  return { ca, files, request, post, get }
}

t.test('whoever posts a request gets a certificate that openssl believes, by which the key is proved', { skip }, async (t) => {
  const { ca, files, request, post, get } = await start(t)
  const [root, issuing] = [await get('root.pem'), await get('ca.pem')]
  for (const [kind, purpose, options] of [
    ['sign', 'any', SIGNING], ['auth', 'sslclient', [...AUTHENTICATION, '-addext', 'subjectAltName=DNS:gw.example,IP:127.0.0.1']], ['tls', 'sslserver', []], ['tsa', 'timestampsign', []]
  ] as const) {
    const answer = await post(`/sign?kind=${kind}`, await request(...options))
    t.equal(answer.status, 200, answer.text)
    const leaf = files.write('leaf.pem', answer.text)
    const verified = await openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', root, '-untrusted', issuing, leaf)
    t.ok(verified.ok, `${kind}: ${verified.text}`)
    t.equal((await openssl('x509', '-noout', '-pubkey', '-in', leaf)).text, (await openssl('pkey', '-pubout', '-in', files.path('key.pem'))).text)
    const ocsp = await openssl('ocsp', '-issuer', issuing, '-cert', leaf, '-url', ca.ocsp.url, '-CAfile', root, '-verify_other', issuing)
    t.match(ocsp.text, /leaf.pem: good/, kind)
  }
  t.match((await openssl('x509', '-noout', '-subject', '-nameopt', 'utf8,sep_comma_plus', '-in', files.path('leaf.pem'))).text, 'Міністерство')
})

t.test('PEM or DER in and out, the chain on request, RSA as well as EC, and the kind told from the usage', { skip }, async (t) => {
  const { files, request, post } = await start(t)
  const pem = await request(...SIGNING, '-newkey', 'rsa:2048')
  t.ok((await openssl('req', '-in', files.path('csr.pem'), '-outform', 'DER', '-out', files.path('csr.der'))).ok)
  const answer = await post('/sign?format=der', readFileSync(files.path('csr.der')), 'application/pkcs10')
  t.equal(answer.status, 200)
  files.write('leaf.der', answer.bytes)
  t.match((await openssl('x509', '-noout', '-ext', 'keyUsage', '-inform', 'DER', '-in', files.path('leaf.der'))).text, /critical\s+Non Repudiation\s*$/)
  const chain = await post('/sign?chain=true', pem)
  t.equal(chain.text.match(/BEGIN CERTIFICATE/g)?.length, 2)
  const auth = await post('/sign', await request(...AUTHENTICATION, '-addext', 'subjectAltName=DNS:gw.example'))
  t.match((await openssl('x509', '-noout', '-ext', 'extendedKeyUsage,subjectAltName', '-in', files.write('auth.pem', auth.text))).text, /Client Authentication[\s\S]*DNS:gw.example/)
})

t.test('a request that a careful CA would refuse is refused, with the reason', { skip }, async (t) => {
  const { request, post } = await start(t)
  const good = await request(...SIGNING)
  const der = Buffer.from(good.toString().replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  const at = (index: number): Buffer => {
    const broken = Buffer.from(der)
    broken[index < 0 ? der.length + index : index]! ^= 1
    return broken
  }
  const refused = async (body: Buffer | string, reason: RegExp, path = '/sign?kind=sign'): Promise<void> => {
    const answer = await post(path, body)
    t.equal(answer.status, 400, reason.source)
    t.match(answer.text, reason)
  }
  await refused(at(-3), /not signed by its own key/)
  await refused(at(der.indexOf('Міністерство')), /not signed by its own key/)
  await refused(good, /auth is for digitalSignature/, '/sign?kind=auth')
  await refused(good, /tls is for digitalSignature/, '/sign?kind=tls')
  await refused(await request(...AUTHENTICATION), /sign certificate is for nonRepudiation/)
  await refused(await request('-addext', 'keyUsage=nonRepudiation,digitalSignature'), /and not for digitalSignature/)
  await refused(await request('-addext', 'extendedKeyUsage=clientAuth'), /no extended key usage/)
  await refused(await request('-addext', 'extendedKeyUsage=clientAuth'), /does not go with the kind/, '/sign?kind=tsa')
  await refused(await request('-addext', 'basicConstraints=CA:TRUE'), /CA certificate/)
  await refused(await request(), /say what it is for/, '/sign')
  await refused(await request('-newkey', 'rsa:1024'), /RSA of 2048/)
  await refused(await request('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'), /P-256/)
  await refused(await request('-sha1'), /SHA-256/)
  await refused(await request('-subj', '/'), /no subject/)
  await refused('', /PKCS#10/)
  await refused('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n', /PKCS#10/)
  await refused(der.subarray(0, 100), /PKCS#10/)
  await refused(good, /kind/, '/sign?kind=ca')
  t.equal((await post('/sign?kind=sign', Buffer.alloc(70_000))).status, 413)
})

t.test('what is revoked is so at the responder; what is not ours cannot be', { skip }, async (t) => {
  const { ca, files, request, post, get } = await start(t)
  const { text } = await post('/sign?kind=sign', await request(...SIGNING))
  t.equal((await post('/revoke', text)).status, 204)
  const [root, issuing] = [await get('root.pem'), await get('ca.pem')]
  t.match((await openssl('ocsp', '-issuer', issuing, '-cert', files.write('leaf.pem', text), '-url', ca.ocsp.url, '-CAfile', root)).text, /leaf.pem: revoked/)
  t.equal((await post('/revoke', readFileSync(root))).status, 400)
  t.equal((await post('/revoke', 'nothing')).status, 400)
})

t.test('it says where everything is, and its timestamps are believed', { skip }, async (t) => {
  const { ca, files, get } = await start(t)
  const index = await (await fetch(ca.url)).json() as Record<string, string>
  t.match(index, { ocsp: ca.ocsp.url, tsa: ca.tsa.url, sign: `${ca.url}/sign?kind=sign|auth|tls|tsa` })
  for (const name of ['root', 'ca', 'ocsp', 'root-ocsp', 'tsa']) {
    const shown = await openssl('x509', '-noout', '-subject', '-in', await get(`${name}.pem`))
    t.ok(shown.ok, shown.text)
    t.equal(index[`${name}_certificate`], `${ca.url}/${name}.pem`)
    files.write(`${name}.der`, Buffer.from(await (await fetch(`${ca.url}/${name}.der`)).arrayBuffer()))
    t.equal((await openssl('x509', '-noout', '-subject', '-inform', 'DER', '-in', files.path(`${name}.der`))).text, shown.text)
  }
  files.write('data', 'what is stamped')
  t.ok((await openssl('ts', '-query', '-data', files.path('data'), '-sha512', '-cert', '-out', files.path('query.tsq'))).ok)
  const stamp = await fetch(ca.tsa.url, { method: 'POST', headers: { 'content-type': 'application/timestamp-query' }, body: readFileSync(files.path('query.tsq')) })
  files.write('stamp.tsr', Buffer.from(await stamp.arrayBuffer()))
  const verified = await openssl('ts', '-verify', '-data', files.path('data'), '-in', files.path('stamp.tsr'), '-CAfile', files.path('root.pem'), '-untrusted', files.path('ca.pem'))
  t.ok(verified.ok, verified.text)
})
