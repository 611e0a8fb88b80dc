/**
 * Makes the development PKI as files: good certificates, and one of each bad one that must be refused.
 *
 *     npm run certs                                        everything under .certs/
 *     npm run certs -- --out DIR --member GOV/00000001
 *     npm run certs -- --out DIR --csr request.pem --profile sign     signs a request, prints the certificate
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError, packageVersion, runCli } from '@trembita/daemon'
import { loadOrCreateTestPki, type KeyKind } from '@trembita/testnet/pki'
import { writeCertificates } from './write-certificates.ts'

const KEYS: readonly string[] = ['ec', 'ec384', 'rsa'] satisfies KeyKind[]
const PROFILES: readonly string[] = ['sign', 'auth', 'tls']

await runCli({
  name: 'certs',
  version: packageVersion(import.meta.url),
  summary: 'Makes a development PKI (CAs, OCSP responder, timestamp service), certificates by X-Road\'s profiles, and bad ones to test with.',
  takesConfig: false,
  options: {
    out: { type: 'string', short: 'o', placeholder: 'DIR', description: 'where to write; default .certs/. A PKI that is there is used again' },
    member: { type: 'string', placeholder: 'CLASS/CODE', description: 'whose seal to make; default GOV/00000001' },
    name: { type: 'string', placeholder: 'TEXT', description: 'name of that member' },
    host: { type: 'string', placeholder: 'NAME', description: 'name or address in TLS certificates; repeat for more; default localhost and 127.0.0.1', multiple: true },
    key: { type: 'string', placeholder: 'KIND', description: `kind of keys: ${KEYS.join(', ')}; default ec` },
    csr: { type: 'string', placeholder: 'FILE', description: 'sign this request (PEM) instead, and print the certificate and those above it' },
    profile: { type: 'string', placeholder: 'KIND', description: `what the request is for: ${PROFILES.join(', ')}` }
  },
  notes: ['The keys are not encrypted and good for development only.'],
  async main ({ options }) {
    const out = resolve(text(options.out) ?? '.certs')
    const key = oneOf('--key', text(options.key) ?? 'ec', KEYS) as KeyKind
    const csr = text(options.csr)
    if (csr !== undefined) {
      const profile = oneOf('--profile', text(options.profile) ?? '', PROFILES) as 'sign' | 'auth' | 'tls'
      const request = readFileSync(csr, 'utf8')
      const pki = await loadOrCreateTestPki(resolve(out, 'pki'), { keyKind: key })
      const { certificate, chain } = await pki.signCsr(request, profile)
      process.stdout.write(certificate.pem + chain.map(({ pem }) => pem).join(''))
      return
    }
    const [memberClass, memberCode, ...rest] = (text(options.member) ?? 'GOV/00000001').split('/')
    if (!memberClass || !memberCode || rest.length > 0) throw new UsageError('--member must be CLASS/CODE')
    const pki = await loadOrCreateTestPki(resolve(out, 'pki'), { keyKind: key })
    const files = await writeCertificates(out, pki, {
      member: { name: text(options.name), memberClass, memberCode },
      hosts: Array.isArray(options.host) ? options.host : ['localhost', '127.0.0.1'],
      keyType: key
    })
    process.stdout.write(`${files} files under ${out}; README.md there says what each is\n`)
  }
})

function text (value: string | boolean | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function oneOf (option: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) throw new UsageError(`${option} must be one of ${allowed.join(', ')}`)
  return value
}
