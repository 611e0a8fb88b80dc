import { spawn, execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { pki } from './seeding.ts'

t.setTimeout(100_000)
const BIN = join(import.meta.dirname, '../bin/trembita-core.ts')

async function run (...args: readonly string[]): Promise<{ code: number, out: string, err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [BIN, ...args], { timeout: 20_000 })
    return { code: 0, out: stdout, err: stderr }
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number, stdout: string, stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

t.test('the command explains itself and refuses what is wrong with everything that is', async (t) => {
  t.match(await run('--help'), { code: 0, out: /--config FILE/ })
  t.match(await run('--version'), { code: 0, out: /^trembita-core \d+\.\d+\.\d+\n$/ })
  t.match(await run(), { code: 2, err: /--config FILE/ })
  t.match(await run('--config', '/nowhere/core.yaml'), { code: 2, err: /ENOENT/ })
  const folder = t.testdir({ 'core.yaml': 'listen: { admin: { port: 99999 }, configuration: { host: 0.0.0.0 } }\nkeyType: dsa\nunheardOf: 1\n' })
  const { code, err } = await run('--config', join(folder, 'core.yaml'))
  t.equal(code, 2)
  for (const problem of ['core.listen.admin.port', 'core.publicAddress: missing', 'core.keyType', 'core.passphraseFile: missing', 'core.unheardOf: no such setting']) t.match(err, problem)
})

t.test('the daemon starts from files, says where it listens, and stops on SIGTERM', async (t) => {
  const folder = t.testdir({
    'core.yaml': 'dataFolder: data\npassphraseFile: passphrase\nseed: seed.yaml\nkeyType: ec\npublicAddress: core.example\nlisten: { admin: { port: 0 }, configuration: { port: 0 }, registration: { port: 0 }, management: { port: 0 } }\n',
    'seed.yaml': `instance: ZZ
managementProvider: ZZ/GOV/1
memberClasses: [{ code: GOV }]
members: [{ memberClass: GOV, memberCode: '1', name: One }]
certificationServices: [{ name: CA, certificate: root.pem }]
`
  })
  writeFileSync(join(folder, 'passphrase'), 'correct horse\n')
  writeFileSync(join(folder, 'root.pem'), pki.root.certificate.pem)
  const child = spawn(process.execPath, [BIN, '--config', join(folder, 'core.yaml')], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  let out = ''
  let addresses: { configuration: string, admin: string } | undefined
  for await (const chunk of child.stdout) {
    out += String(chunk)
    const started = out.split('\n').find((line) => line.includes('core started'))
    if (started !== undefined) {
      addresses = (JSON.parse(started) as { addresses: typeof addresses }).addresses
      break
    }
  }
  t.equal((await fetch(`${addresses!.configuration}/internalconf?version=6`)).status, 200)
  t.equal((await fetch(`${addresses!.admin}/health/ready`)).status, 200)
  t.notMatch(out, /correct horse/, 'the passphrase is in no log line')
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})

t.test('an operator at the machine makes the first API key, which opens the API', async (t) => {
  const folder = t.testdir({ 'core.yaml': 'dataFolder: data\npassphraseFile: passphrase\nkeyType: ec\nlisten: { admin: { port: 0 }, configuration: { port: 0 }, registration: { port: 0 }, management: { port: 0 } }\n', passphrase: 'correct horse\n' })
  const config = join(folder, 'core.yaml')
  t.match(await run('api-key', 'create', '--config', config), { code: 2, err: /role/ })
  t.match(await run('api-key', 'create', '--config', config, '--role', 'KING'), { code: 2, err: /KING/ })
  const made = await run('api-key', 'create', '--config', config, '--role', 'XROAD_REGISTRATION_OFFICER', '--role', 'TREMBITA_AUDITOR', '--label', 'first')
  t.match(made, { code: 0, out: /^[0-9a-f]{8}-[0-9a-f-]{27}\n$/ })
})
