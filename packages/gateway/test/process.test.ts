import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLogger, type HealthReport } from '@trembita/daemon'
import { smallPlan, startFederation } from '@trembita/testnet'
import t from 'tap'
import { readGatewayConfig, startGateway, type GatewayConfig } from '../src/index.ts'

t.setTimeout(120_000)
const BIN = join(import.meta.dirname, '../bin/trembita-gateway.ts')
const folder = t.testdir()
const federation = await startFederation(smallPlan({ serviceUrl: 'http://127.0.0.1:9', sealKeys: 'ec' }), folder)
t.teardown(() => federation.close())
const gwa = federation.provisioned.gateways.find(({ code }) => code === 'gwa')!
const silent = createLogger('gateway', 'silent')

/** A try-out ends by itself or is ended: no mistake of these may leave a gateway running. */
async function run (...args: readonly string[]): Promise<{ code: number, out: string, err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [BIN, ...args], { timeout: 20_000 })
    return { code: 0, out: stdout, err: stderr }
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number, stdout: string, stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

/** gateway.yaml of gwa with some lines put otherwise, in its folder. */
async function variant (name: string, change: (yaml: string) => string): Promise<string> {
  const path = join(gwa.folder, name)
  await writeFile(path, change(await readFile(gwa.configFile, 'utf8')))
  return path
}

const anyPorts = (yaml: string): string => yaml.replaceAll(/port: \d+/g, 'port: 0')

async function healthOf (change: Partial<GatewayConfig>): Promise<{ status: number, report: HealthReport, check: (name: string) => string | undefined }> {
  const any = { host: '127.0.0.1', port: 0 }
  const config = readGatewayConfig(gwa.configFile, {})
  await using gateway = await startGateway({ ...config, listen: { consumerHttp: any, messages: any, ocsp: any, console: any }, ...change }, silent)
  const response = await fetch(`${gateway.addresses.console}/health/ready`)
  const report = await response.json() as HealthReport
  return {
    status: response.status,
    report,
    check: (name) => {
      const found = report.checks.find((check) => check.name === name)
      return found && `${found.status}: ${found.message}`
    }
  }
}

t.test('the command explains itself and names every mistake of a configuration at once', async (t) => {
  t.match(await run('--help'), { code: 0, out: /--config FILE[^]*docs\/configuration\.md[^]*Exit codes/ })
  t.match(await run('--version'), { code: 0, out: /^trembita-gateway \d+\.\d+\.\d+\n$/ })
  t.match(await run(), { code: 2, err: /--config FILE/ })
  t.match(await run('--config', '/nowhere/gateway.yaml'), { code: 2, err: /^trembita-gateway: \/nowhere\/gateway\.yaml: no such file or folder \(ENOENT\)\n$/ })
  const path = join(t.testdir({ 'g.yaml': 'server: A/B\nlogLevel: loud\nlisten: { console: { port: x } }\nserverconf: y\n' }), 'g.yaml')
  const { code, err } = await run('--config', path)
  t.equal(code, 2)
  for (const problem of [
    'gateway.server: expected INSTANCE/CLASS/CODE/SERVERCODE', 'gateway.anchor: cannot read', 'gateway.pinFile: missing', 'gateway.logLevel: expected one of',
    'gateway.listen.console.port: expected a port number', 'gateway.serverconf: no such setting'
  ]) t.match(err, problem)
})

t.test('a start that cannot succeed ends with one line on standard error and an exit code', async (t) => {
  const oneLine = async (name: string, code: number, line: RegExp, change: (yaml: string) => string): Promise<void> => {
    const found = await run('--config', await variant(`${name}.yaml`, change))
    t.match(found, { code, err: line }, name)
    t.equal(found.err.split('\n').length, 2, `${name}: one line, no stack`)
  }
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => { taken.close() })
  const { port } = taken.address() as { port: number }
  await writeFile(join(gwa.folder, 'wrong-pin'), '0000\n')
  await writeFile(join(gwa.folder, 'empty-pin'), '\n')
  await writeFile(join(gwa.folder, 'no-anchor.xml'), 'hello')
  const elsewhere = (yaml: string): string => anyPorts(yaml).replace('dataFolder: data', 'dataFolder: other-data')
  await oneLine('taken port', 1, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: another program listens there \\(EADDRINUSE\\)`), (yaml) => elsewhere(yaml).replace(/(ocsp:\s+host: \S+\s+port:) 0/, `$1 ${port}`))
  await oneLine('wrong PIN', 1, /the PIN does not open the software token/, (yaml) => anyPorts(yaml).replace('pinFile: pin', 'pinFile: wrong-pin'))
  await oneLine('empty PIN', 2, /gateway\.pinFile: empty-pin is empty/, (yaml) => yaml.replace('pinFile: pin', 'pinFile: empty-pin'))
  await oneLine('no PIN file', 2, /gateway\.pinFile: cannot read .*none: no such file or folder/, (yaml) => yaml.replace('pinFile: pin', 'pinFile: none'))
  await oneLine('no anchor', 2, /gateway\.anchor: .*no-anchor\.xml is no configuration anchor/, (yaml) => yaml.replace('configuration-anchor.xml', 'no-anchor.xml'))
  await oneLine('anchor of another instance', 2, /gateway\.anchor: .* is of instance TEST, and server is of OTHER/, (yaml) => yaml.replace('server: TEST', 'server: OTHER'))
  await oneLine('data folder in use', 1, /message log is in use by another process/, anyPorts)
})

t.test('rights and services of a server configuration that lead nowhere are found before anything is changed', async (t) => {
  await writeFile(join(gwa.folder, 'sc.yaml'), `clients:
  - id: TEST/GOV/1001
    localGroups: [{ code: friends }, { code: friends }]
    descriptions: [{ type: REST, url: 'http://x/', services: [{ code: a, url: 'http://x/' }, { code: a, url: 'http://x/' }] }]
    rights: [{ subject: 'local:strangers', service: a }, { subject: 'client:TEST/GOV/1001', service: b }]
  - id: TEST/GOV/1001
`)
  const { code, err } = await run('--config', await variant('sc-gateway.yaml', (yaml) => yaml.replace('serverconf.yaml', 'sc.yaml')))
  t.equal(code, 2)
  for (const problem of ['localGroups: friends stands there twice', 'service a stands there twice', 'no local group strangers', 'no service b in the descriptions', 'TEST/GOV/1001 stands there twice']) {
    t.match(err, problem)
  }
})

t.test('health says what a gateway lacks, in words that tell what to do', async (t) => {
  const running = await (await fetch(`http://127.0.0.1:${gwa.ports.console}/health`)).json() as HealthReport
  t.match(running.checks.map(({ name, status }) => `${name}: ${status}`), ['global configuration: pass', 'authentication certificate: pass', 'seals: pass', 'access log: pass', 'message log: pass'])

  const fresh = { dataFolder: join(folder, 'fresh'), serverConf: undefined }
  const withoutKeys = await healthOf(fresh)
  t.equal(withoutKeys.status, 503)
  t.equal(withoutKeys.check('authentication certificate'), 'fail: Security server has no valid authentication certificate: the token has no authentication key with a certificate')
  t.equal(withoutKeys.check('seals'), 'warn: no clients are configured')

  const { serverConf } = readGatewayConfig(gwa.configFile, {})
  t.match((await healthOf({ ...fresh, serverConf })).check('seals'), /^fail: Failed to get signing info for member 'MEMBER:TEST\/GOV\/1001': member has no signing certificate here/)

  await federation.gateway('gwa').close()
  const misnamed = await healthOf({ server: { instance: 'TEST', memberClass: 'GOV', memberCode: '1001', serverCode: 'typo' } })
  t.equal(misnamed.check('authentication certificate'), 'fail: registered for TEST/GOV/1001/gwa, not for TEST/GOV/1001/typo')

  await federation.core.close()
  await rm(join(folder, 'fresh'), { recursive: true })
  const alone = await healthOf(fresh)
  t.match(alone.check('global configuration'), /^fail: Global configuration is not available: could not download http:\/\/127\.0\.0\.1/)
  t.match(alone.check('message log'), /^fail: Global configuration is not available/)
  const cutOff = await healthOf({})
  t.match(cutOff.check('global configuration'), /^warn: instance TEST, valid until .*; cannot be refreshed: could not download http:/)
  t.equal(cutOff.status, 200, 'what was downloaded is good until it expires')
})
