import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeBadSet, ocspResponseFor, timestampFor, type Issued, type KeyKind, type SealHolder, type TestPki } from '@trembita/testnet/pki'

export interface WriteOptions {
  readonly member: SealHolder
  readonly hosts: readonly string[]
  readonly keyType: KeyKind
}

/** Writes `good/` and `bad/` anew under `out`, with a README that lists them. @returns how many files. */
export async function writeCertificates (out: string, pki: TestPki, { member, hosts, keyType }: WriteOptions): Promise<number> {
  const written: { path: string, what: string }[] = []
  function write (path: string, content: string | Uint8Array, what: string): void {
    const file = join(out, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, path.endsWith('.key.pem') ? { mode: 0o600 } : {})
    written.push({ path, what })
  }
  function writeIssued (path: string, { certificate, privateKey, chain }: Issued, what: string): void {
    write(`${path}.crt.pem`, certificate.pem, what)
    write(`${path}.key.pem`, privateKey.export({ format: 'pem', type: 'pkcs8' }), '– its key')
    if (chain.length > 0) write(`${path}.chain.pem`, chain.map(({ pem }) => pem).join(''), '– CA certificates above it, without the top one')
  }

  for (const folder of ['good', 'bad']) rmSync(join(out, folder), { recursive: true, force: true })
  const bad = await makeBadSet(pki, member)
  write('good/ca.pem', pki.root.certificate.pem, 'top CA: the trust anchor')
  write('good/issuing-ca.pem', pki.intermediate.certificate.pem, 'CA below it, which issues')
  writeIssued('good/sign', await pki.issueSign({ member, keyType }), 'seal of the member: keyUsage nonRepudiation alone')
  writeIssued('good/auth', await pki.issueAuth({ owner: member, serverCode: 'SS1', names: hosts, keyType }), 'gateway certificate of the member, for the message port')
  writeIssued('good/tls', await pki.issueTls({ names: hosts, keyType }), 'HTTPS service or client')
  writeIssued('good/seal-of-evidence', bad.seal, 'the seal that the OCSP responses here and in bad/ are about')
  write('good/ocsp.der', ocspResponseFor(pki, bad.seal.certificate), 'OCSP response about it: good, as of the making of these files')
  write('good/stamped.txt', bad.stamped, 'what the timestamps are over')
  write('good/timestamp.tst', timestampFor(pki, bad.stamped, { certReq: true }), 'timestamp token over it (SHA-512)')
  for (const { name, why, kind, issued } of bad.certificates) writeIssued(`bad/certificates/${name}`, issued, `${why}. Refused with ${kind}`)
  for (const { name, why, kind, der } of bad.ocspResponses) write(`bad/ocsp/${name}.der`, der, `${why}. Refused with ${kind}`)
  for (const { name, why, kind, der } of bad.timestamps) write(`bad/timestamps/${name}.tst`, der, `${why}. Refused with ${kind}`)
  write('README.md', readme(written), 'this list')
  return written.length
}

function readme (written: readonly { path: string, what: string }[]): string {
  return `# Development certificates

Made by \`npm run certs\`. Keys are not encrypted: use them for nothing but development. \`pki/\` is the PKI itself (its keys
and its register of issued and revoked certificates); delete it to begin with new keys.

\`good/\` is what a gateway must accept, \`bad/\` what it must refuse. Check with openssl:

    openssl verify -CAfile good/ca.pem -untrusted good/issuing-ca.pem good/sign.crt.pem
    openssl ocsp -respin good/ocsp.der -issuer good/issuing-ca.pem -cert good/seal-of-evidence.crt.pem -CAfile good/ca.pem -verify_other good/issuing-ca.pem
    openssl ts -verify -data good/stamped.txt -in good/timestamp.tst -token_in -CAfile good/ca.pem

| file | what it is |
|---|---|
${written.map(({ path, what }) => `| \`${path}\` | ${what} |`).join('\n')}
`
}
