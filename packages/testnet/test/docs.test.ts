import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { readCatalogConfig } from '@trembita/catalog'
import { readCoreConfig } from '@trembita/core'
import { ConfigError } from '@trembita/daemon'
import { readGatewayConfig, SoftwareToken } from '@trembita/gateway'
import { readIndexKeysConfig, readMonitorConfig } from '@trembita/monitor'
import { writeAnchor } from '@trembita/protocol/globalconf'
import { createTestPki } from '@trembita/testnet/pki'
import { skipWithout } from '@trembita/testnet/verifiers'
import t from 'tap'

/** What the pages of `docs/` say about settings, metrics and health is held against the code. */

const ROOT = resolve(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const CONFIGURATION = read('docs/configuration.md')
const OPERATING = read('docs/operating.md')
const SIGN_IN = 'packages/daemon/src/accounts/read-open-id.ts'

/** A file of settings, its section of the page, and where it is read. */
const FILES = {
  'gateway.yaml': ['packages/gateway/src/config.ts', SIGN_IN],
  'serverconf.yaml': ['packages/gateway/src/serverconf/seed.ts'],
  'core.yaml': ['packages/core/src/config.ts', SIGN_IN],
  'seed.yaml': ['packages/core/src/seed/read-seed.ts'],
  'configuration-proxy.yaml': ['packages/core/src/configuration-proxy/config.ts'],
  'monitor.yaml': ['packages/monitor/src/config.ts', SIGN_IN],
  'index-keys.yaml': ['packages/monitor/src/index-keys/config.ts'],
  'catalog.yaml': ['packages/catalog/src/config.ts']
} as const

interface Row {
  readonly path: string
  readonly cells: readonly string[]
}

function sectionOf (page: string, heading: string): string {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`no section ${heading}`)
  return section
}

/** Rows of the tables whose first column is a setting. */
function rowsOf (section: string): Row[] {
  return [...section.matchAll(/^\| `([\w.[\]]+)` \|(.*)\|$/gm)].map(([, path, rest]) => ({ path: path!, cells: rest!.split('|').map((cell) => cell.trim()) }))
}

const partsOf = (path: string): string[] => path.replaceAll('[]', '').split('.')

/** Names that the readers ask for: `config.integer('name'`, `readCode(item, 'name'`, `clientOf(config, 'name'`, `file('name'`. */
function namesIn (source: string): Set<string> {
  const asked = source.matchAll(/(?:\.(?:string|strings|boolean|integer|port|bytes|oneOf|url|path|secret|optional|section|list)|\b(?:read[A-Z]\w*|clientOf|file))\((?:\w+, )?'([A-Za-z]+)'/g)
  return new Set([...asked].map(([, name]) => name!))
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort()

for (const [file, sources] of Object.entries(FILES)) {
  t.test(`docs/configuration.md has every setting of ${file}, and no other`, async (t) => {
    const asked = sources.flatMap((source) => [...namesIn(read(source))])
    t.ok(asked.length > 5, 'the names are found in the source')
    t.same(sorted(rowsOf(sectionOf(CONFIGURATION, file)).flatMap(({ path }) => partsOf(path))), sorted(asked))
  })
}

/** The examples of the page and the files they name, in a folder. */
async function writeExamples (folder: string): Promise<void> {
  const pki = await createTestPki()
  const auth = await pki.issueAuth({ owner: { memberClass: 'GOV', memberCode: '90000038', name: 'M' }, serverCode: 'GW-JUSTICE' })
  const certificates = { 'root.pem': pki.root.certificate, 'issuing.pem': pki.intermediate.certificate, 'tsa.pem': pki.tsa.certificate, 'gw-justice-auth.pem': auth.certificate, 'edr-information-system.pem': auth.certificate }
  for (const [name, { pem }] of Object.entries(certificates)) writeFileSync(join(folder, name), pem)
  const anchor = writeAnchor({ instance: 'SEVDEIR-DEMO', generatedAt: new Date(), sources: [{ url: 'http://core.example/internalconf', certificates: [pki.root.certificate.der] }] })
  writeFileSync(join(folder, 'configuration-anchor.xml'), anchor)
  for (const name of ['pin', 'passphrase', 'token', 'core-api-key']) writeFileSync(join(folder, name), 'secret\n')
  writeFileSync(join(folder, 'portal.key'), Buffer.alloc(32, 1))
  for (const [, name, text] of CONFIGURATION.matchAll(/^```yaml\n# (\S+\.yaml)\n(.*?)^```/gms)) writeFileSync(join(folder, name!), text!)
}

const folder = t.testdir()
await writeExamples(folder)

t.test('the examples of docs/configuration.md are read without a complaint', async (t) => {
  const gateway = readGatewayConfig(join(folder, 'gateway.yaml'), {})
  t.equal(gateway.messageLog?.bodyBytesMax, 20 * 1024 * 1024)
  t.equal(gateway.serverConf?.clients[1]?.rights.length, 3)
  const core = readCoreConfig(join(folder, 'core.yaml'), {})
  t.equal(core.seed?.servers[0]?.authCertificates.length, 1)
  t.equal(readMonitorConfig(join(folder, 'monitor.yaml'), {}).log.quorum, 1)
  t.same(readIndexKeysConfig(join(folder, 'index-keys.yaml'), {}).components[0]?.domains, ['EDR'])
  t.equal(readCatalogConfig(join(folder, 'catalog.yaml'), {}).exchange?.serviceCode, 'report')
})

/** The value that a page writes as a default. */
function valueOf (text: string): unknown {
  const size = /^(\d+) MiB$/.exec(text)
  if (size !== null) return Number(size[1]) * 1024 * 1024
  if (/^\d+$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

const PROGRAMS = [
  { file: 'gateway.yaml', prefix: 'TREMBITA_GATEWAY', least: 'server: SEVDEIR-DEMO/GOV/1/GW\npinFile: pin\n', readConfig: readGatewayConfig },
  { file: 'core.yaml', prefix: 'TREMBITA_CORE', least: 'passphraseFile: passphrase\n', readConfig: readCoreConfig },
  {
    file: 'monitor.yaml',
    prefix: 'TREMBITA_MONITOR',
    least: 'instance: I\npassphraseFile: passphrase\nlog: { origin: a/log }\nkeyService: { tokenFile: token }\nportal: { keyFile: portal.key }\n',
    readConfig: readMonitorConfig
  },
  { file: 'index-keys.yaml', prefix: 'TREMBITA_INDEX_KEYS', least: 'passphraseFile: passphrase\nportalTokenFile: token\n', readConfig: readIndexKeysConfig },
  { file: 'catalog.yaml', prefix: 'TREMBITA_CATALOG', least: 'listen: {}\nexchange: {}\ngateway: { url: "http://127.0.0.1:8080", client: I/GOV/1/CATALOG }\n', readConfig: readCatalogConfig }
] as const

for (const { file, prefix, least, readConfig } of PROGRAMS) {
  // What stands in a list of sections has no variable.
  const rows = rowsOf(sectionOf(CONFIGURATION, file)).filter(({ path }) => !path.includes('[]'))

  t.test(`each setting of ${file} stands beside its own environment variable, which the program takes`, async (t) => {
    const nameOf = (path: string): string => [prefix, ...partsOf(path).map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase())].join('_')
    t.same(rows.map(({ cells }) => cells[0]), rows.map(({ path }) => `\`${nameOf(path)}\``))
    const nonsense = Object.fromEntries(rows.map(({ path }) => [nameOf(path), '\u0000']))
    try {
      readConfig(join(folder, file), nonsense)
      t.fail('nonsense was taken')
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      t.same(error.problems.filter((problem) => problem.includes('no such setting')), [])
    }
  })

  t.test(`the defaults of ${file} are those of the program`, async (t) => {
    const path = join(folder, `least-${file}`)
    writeFileSync(path, least)
    const config = readConfig(path, {}) as object
    let compared = 0
    for (const { path, cells } of rows) {
      const written = /^`(.*)`$/.exec(cells[2]!)?.[1]
      if (written === undefined) continue
      const found = partsOf(path).reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], config)
      const isPath = cells[1] === 'path'
      t.same(found, isPath ? join(folder, written) : valueOf(written), path)
      compared++
    }
    t.ok(compared > 5)
  })
}

t.test('the program of docs/operating.md brings a PKCS#12 key into a token', { skip: await skipWithout('openssl') }, async (t) => {
  const work = t.testdir({ pin: '1234\n', password: 'abc\n' })
  const [, program] = /^```js\n(\/\/ import-key\.mjs.*?)^```/ms.exec(OPERATING)!
  writeFileSync(join(work, 'import-key.mjs'), program!)
  const run = (command: string, ...args: readonly string[]): string => execFileSync(command, args, { cwd: work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=Seal', '-days', '2')
  run('openssl', 'pkcs12', '-export', '-inkey', 'key.pem', '-in', 'cert.pem', '-out', 'seal.p12', '-passout', 'file:password')
  t.match(run(process.execPath, 'import-key.mjs', 'sign', 'seal.p12', 'password'), /^[0-9a-f-]{36}: 1 certificate\n$/)
  const [key] = (await SoftwareToken.open(join(work, 'data/token'), '1234')).keys()
  t.match(key, { use: 'sign', label: 'seal.p12' })
  t.match(run('openssl', 'req', '-new', '-key', `data/token/${key!.id}.p8`, '-passin', 'file:pin', '-subj', '/CN=Seal'), 'BEGIN CERTIFICATE REQUEST', 'and openssl makes a request with it')
})

t.test('docs/operating.md has every metric of our processes, and no other of ours', async (t) => {
  const sources = globSync('packages/{gateway,core,monitor,catalog}/src/**/*.ts', { cwd: ROOT }).map(read)
  const made = sources.flatMap((source) => [...source.matchAll(/\.(?:counter|gauge|histogram)\(\{\s*name: '(\w+)'/g)].map(([, name]) => `trembita_${name!}`))
  t.ok(made.length > 5)
  t.same(sorted([...OPERATING.matchAll(/^\| `(trembita_\w+)`/gm)].map(([, name]) => name!)), sorted(made))
})

t.test('the pages say what to do about every health check', async (t) => {
  for (const [name, page] of [['gateway', OPERATING], ['core', OPERATING], ['monitor', read('docs/monitor.md')]] as const) {
    const checks = [...read(`packages/${name}/src/health.ts`).matchAll(/health\.add\('([^']+)'/g)].map(([, check]) => check!)
    t.ok(checks.length > 1)
    for (const check of checks) t.ok(page.includes(`**${check}**`), `${name}: ${check}`)
  }
})

t.test('docs/dependencies.md has every dependency of every manifest', async (t) => {
  const page = read('docs/dependencies.md')
  for (const path of ['package.json', ...globSync('{packages,examples}/*/package.json', { cwd: ROOT })]) {
    const { dependencies, devDependencies } = JSON.parse(read(path)) as { dependencies?: object, devDependencies?: object }
    const foreign = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !/^@(trembita|types)\//.test(name))
    t.same(foreign.filter((name) => !page.includes(name)), [], path)
  }
})

t.test('docs/README.md leads to every page', async (t) => {
  const index = read('docs/README.md')
  for (const page of globSync('docs/*.md', { cwd: ROOT }).map((path) => basename(path))) t.ok(page === 'README.md' || index.includes(`](${page}`), page)
})

t.test('links between the pages lead to files and headings that are there', async (t) => {
  const slug = (heading: string): string => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-')
  for (const page of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: ROOT })]) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target!.split('#')
      const file = path === '' ? page : join(page, '..', path)
      t.ok(existsSync(join(ROOT, file)), `${page}: ${target!}`)
      if (anchor !== undefined) t.ok([...read(file).matchAll(/^#+ (.+)$/gm)].some(([, heading]) => slug(heading!) === anchor), `${page}: ${target!}`)
    }
  }
})
