import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { smallPlan, startFederation } from '@trembita/testnet'
import t from 'tap'
import { readPackages, ROOT, type Manifest } from '../packages.ts'

const run = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'trembita-pack-'))
t.teardown(() => { rmSync(scratch, { recursive: true, force: true }) })

/** A copy to pack from: npm exchanges manifests while it packs, and other tests import through them. */
function copyOfTheRepository (): string {
  const copy = join(scratch, 'repository')
  for (const name of ['package.json', 'tsconfig.json', 'LICENSE', 'scripts', 'packages']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, filter: (source) => !/\/(node_modules|dist|test)$/.test(source) })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const own = join(ROOT, 'packages', name, 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(copy, 'packages', name, 'node_modules'))
  }
  return copy
}

function npm (args: string[], cwd: string): Promise<{ stdout: string }> {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, ...env } = process.env
  return run('npm', args, { cwd, env: { ...env, npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' }, maxBuffer: 64 << 20 })
}

const copy = copyOfTheRepository()
const tarballs = join(scratch, 'tarballs')
const elsewhere = join(scratch, 'elsewhere')
const packages = readPackages(copy)

t.test('npm pack makes a tarball of each package and leaves the checked-in manifests as they were', { timeout: 110_000 }, async (t) => {
  mkdirSync(tarballs)
  const before = packages.map((entry) => readFileSync(join(entry.folder, 'package.json'), 'utf8'))
  await npm(['pack', '--pack-destination', tarballs, ...packages.flatMap((entry) => ['-w', entry.manifest.name])], copy)
  t.equal(readdirSync(tarballs).length, packages.length)
  t.same(packages.map((entry) => readFileSync(join(entry.folder, 'package.json'), 'utf8')), before)
})

t.test('an interrupted pack is repaired by the next step', async (t) => {
  const { folder } = packages[0]!
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8')
  const step = (name: string): Promise<unknown> => run(process.execPath, [join(copy, 'scripts/pack-manifest.ts'), name], { cwd: folder })
  await step('publish')
  const published = readFileSync(join(folder, 'package.json'), 'utf8')
  t.not(published, manifest)
  await step('publish')
  t.equal(readFileSync(join(folder, 'package.json'), 'utf8'), published, 'a second publish starts from the checked-in manifest')
  await step('source')
  await step('source')
  t.equal(readFileSync(join(folder, 'package.json'), 'utf8'), manifest)
})

t.test('the packed packages work where they are installed, without this repository', { timeout: 110_000 }, async (t) => {
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'package.json'), JSON.stringify({ name: 'elsewhere', private: true, type: 'module' }))
  await npm(['install', '--prefer-offline', ...readdirSync(tarballs).map((name) => join(tarballs, name))], elsewhere)
  for (const { manifest } of packages) {
    const folder = join(elsewhere, 'node_modules', manifest.name)
    const installed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    t.notMatch(JSON.stringify(installed), /(?<!\.d)\.ts"/, `${manifest.name} points at no source: Node does not strip types below node_modules`)
    t.ok(existsSync(join(folder, 'dist/LICENSE')))
    if (existsSync(join(folder, 'dist/src/index.js'))) await run(process.execPath, ['-e', `await import('${manifest.name}')`], { cwd: elsewhere })
    for (const command of Object.keys(installed.bin ?? {})) {
      const { stdout } = await npm(['exec', '--offline', '--', command, '--help'], elsewhere)
      t.match(stdout, command, `${command} --help`)
    }
  }
})

t.test('the ten-line gateway of the README runs on the installed packages', { timeout: 60_000 }, async (t) => {
  const program = /## A gateway in ten lines[\s\S]*?```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]
  t.ok(program, 'the README has one')
  await using federation = await startFederation(smallPlan({ serviceUrl: 'http://127.0.0.1:1' }), join(scratch, 'federation'))
  const anchor = await fetch(`http://127.0.0.1:${federation.provisioned.corePorts.admin}/anchor`)
  writeFileSync(join(elsewhere, 'anchor.xml'), await anchor.bytes())
  writeFileSync(join(elsewhere, 'gateway.js'), program!.replaceAll('SEVDEIR-DEMO', 'TEST'))
  const { stdout } = await run(process.execPath, ['gateway.js'], { cwd: elsewhere, timeout: 30_000 })
  t.match(stdout, /consumerHttp|console/, 'it says where it listens')
  t.match(stdout, /status/i, 'and how it is')
})
