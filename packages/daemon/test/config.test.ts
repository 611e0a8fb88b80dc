import t from 'tap'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type CliStreams, ConfigError, type ConfigReader, readConfigFile, runCli, toConfig, UsageError } from '../src/index.ts'

const shape = (config: ConfigReader) => ({
  id: config.string('id'),
  bodyBytesMax: config.bytes('bodyBytesMax', 1024),
  consumer: config.section('consumer', (consumer) => ({
    http: consumer.section('http', (http) => ({ host: http.string('host', '127.0.0.1'), port: http.port('port', 8080) }))
  })),
  sources: config.list('sources', (source) => ({ url: source.url('url'), tls: source.boolean('tls', true) })),
  proxy: config.optional('proxy', (name) => config.url(name))
})
const problemsOf = (run: () => unknown): readonly string[] => {
  try {
    run()
  } catch (thrown) {
    return thrown instanceof ConfigError ? thrown.problems : [String(thrown)]
  }
  return []
}
const file = (values: unknown) => ({ path: '/etc/trembita/gateway.yaml', values })

t.test('reads a YAML file with fallbacks, and what comes out cannot be changed', async (t) => {
  const path = join(t.testdir({ 'g.yaml': 'id: a\nbodyBytesMax: 10 MiB\nconsumer:\n  http:\n    port: 4401\nsources:\n  - url: http://core/\n' }), 'g.yaml')
  const config = toConfig({ file: readConfigFile(path) }, shape)
  t.equal(config.bodyBytesMax, 10 * 1024 * 1024)
  t.same(config.consumer, { http: { host: '127.0.0.1', port: 4401 } })
  t.equal(config.sources[0]?.url.href, 'http://core/')
  t.equal(config.proxy, undefined)
  t.throws(() => { (config.consumer.http as { port: number }).port = 1 }, TypeError)
})

t.test('reports every problem at once, each with its path', async (t) => {
  const source = { file: file({ consumer: { http: { port: 'x', prot: 1 } }, sources: [{ url: 'ftp://a' }], bodyBytesMax: '10 miles' }), name: 'gateway' }
  t.same(problemsOf(() => toConfig(source, shape)), [
    'gateway.id: missing',
    'gateway.bodyBytesMax: expected a number of bytes, such as 10 MiB',
    'gateway.consumer.http.port: expected a port number',
    'gateway.sources.0.url: expected an http or https address',
    'gateway.consumer.http.prot: no such setting'
  ])
  t.same(problemsOf(() => toConfig({ file: file({ id: 90000038 }) }, shape)), ['id: expected a text: put digits in quotes'])
})

t.test('the environment overrides the file, and a misspelt variable is a problem too', async (t) => {
  const env = { G_CONSUMER_HTTP_PORT: '99', G_BODY_BYTES_MAX: '5', OTHER: 'x' }
  const config = toConfig({ file: file({ id: 'a', consumer: { http: { port: 1 } } }), env, envPrefix: 'G' }, shape)
  t.equal(config.consumer.http.port, 99)
  t.equal(config.bodyBytesMax, 5)
  t.same(problemsOf(() => toConfig({ file: file({ id: 'a' }), env: { G_CONSUMER_HTTP_PROT: '1', G_PROXY: 'no' }, envPrefix: 'G' }, shape)),
    ['proxy: expected an http or https address (from G_PROXY)', 'G_CONSUMER_HTTP_PROT: no such setting (environment)'])
})

t.test('a secret comes from a file, loses one line end, and never shows itself', async (t) => {
  const folder = t.testdir({ pin: '1234\n' })
  const config = toConfig({ file: { path: join(folder, 'g.yaml'), values: { pinFile: 'pin' } } }, (config) => ({ pin: config.secret('pinFile') }))
  t.equal(config.pin.bytes.toString(), '1234')
  t.notMatch(JSON.stringify(config) + inspect(config) + String(config.pin), '1234')
  t.same(problemsOf(() => toConfig({ file: file({ pinFile: 'none' }) }, (config) => config.secret('pinFile'))), ['pinFile: cannot read /etc/trembita/none: no such file or folder (ENOENT)'])
  writeFileSync(join(folder, 'pin'), '\n')
  t.same(problemsOf(() => toConfig({ file: { path: join(folder, 'g.yaml'), values: { pinFile: 'pin' } } }, (config) => config.secret('pinFile'))), ['pinFile: pin is empty'])
})

t.test('a file that is no configuration is refused in one line', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'a: [', 'b.json': '{', 'c.yaml': 'a: &x [1]\nb: *x', 'd.yaml': '- 1' })
  for (const name of ['a.yaml', 'b.json', 'c.yaml', 'missing.yaml']) {
    t.match(problemsOf(() => readConfigFile(join(folder, name))), [new RegExp(`${name}: [^\n]+$`)], name)
  }
  t.match(problemsOf(() => readConfigFile(join(folder, 'c.yaml'))), [/begins with \* must stand in quotes/])
  t.same(problemsOf(() => toConfig({ file: readConfigFile(join(folder, 'd.yaml')) }, () => 1)), ['configuration: expected settings, each as "name: value"'])
})

t.test('the command line', async (t) => {
  const run = async (argv: string[], main: () => number | undefined = () => undefined): Promise<{ code: number, out: string, err: string }> => {
    let out = ''
    let err = ''
    const streams: CliStreams = { out: (text) => { out += text }, err: (text) => { err += text } }
    const code = await runCli({
      name: 'trembita-x', version: '1.2.3', summary: 'Does it.', positionals: ['FILE'], options: { json: { type: 'boolean', description: 'as JSON' } }, main
    }, argv, streams)
    return { code, out, err }
  }
  t.match(await run(['--help']), { code: 0, out: /^Usage: trembita-x \[options\] FILE\n\nDoes it\.\n[^]*--json +as JSON[^]*--config FILE/, err: '' })
  t.same(await run(['--version']), { code: 0, out: 'trembita-x 1.2.3\n', err: '' })
  t.match(await run(['--jso', 'f']), { code: 2, out: '', err: /^trembita-x: Unknown option '--jso'\nTry 'trembita-x --help'/ })
  t.match(await run([]), { code: 2, err: /missing FILE/ })
  t.match(await run(['a', 'b']), { code: 2, err: /unexpected argument 'b'/ })
  t.match(await run(['a'], () => { throw new UsageError('not both') }), { code: 2, err: /not both/ })
  t.match(await run(['a'], () => { throw new ConfigError(['x: missing']) }), { code: 2, err: 'trembita-x: x: missing\n' })
  t.match(await run(['a'], () => { throw new Error('outer', { cause: new Error('inner') }) }), { code: 1, err: 'trembita-x: outer: inner\n' })
  t.match(await run(['a'], () => 3), { code: 3 })
})

t.test('a taken port, an address elsewhere and a wrong key are told in one line of plain words', async (t) => {
  const told = async (thrown: unknown): Promise<string> => {
    let err = ''
    await runCli({ name: 'x', version: '1', summary: 's', main: () => { throw thrown } }, [], { out: () => {}, err: (text) => { err += text } })
    return err
  }
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.close() })
  const { port } = server.address() as AddressInfo
  const [taken] = await once(createServer().listen(port, '127.0.0.1'), 'error')
  t.equal(await told(taken), `x: cannot listen on 127.0.0.1:${port}: another program listens there (EADDRINUSE)\n`)
  const [foreign] = await once(createServer().listen(0, '192.0.2.1'), 'error')
  t.match(await told(foreign), /^x: cannot listen on 192\.0\.2\.1(:0)?: not an address of this machine \(EADDRNOTAVAIL\)\n$/)
  const opaque = new Error('the key does not open with this PIN', { cause: new Error('error:1C800064:Provider routines::bad decrypt') })
  t.equal(await told(opaque), 'x: the key does not open with this PIN\n')
  t.equal(await told(new Error('part: broken at 7', { cause: new Error('broken at 7') })), 'x: part: broken at 7\n')
})

t.test('a real process: an unreadable configuration exits 2 and says which file', async (t) => {
  const { spawnSync } = await import('node:child_process')
  const script = join(t.testdir(), 'x.mts')
  writeFileSync(script, `import { runCli, readConfigFile } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
await runCli({ name: 'x', version: '1', summary: 's', main: ({ config }) => { readConfigFile(config!) } })`)
  const run = spawnSync(process.execPath, [script, '--config', '/nowhere.yaml'], { encoding: 'utf8' })
  t.equal(run.status, 2)
  t.match(run.stderr, /^x: \/nowhere\.yaml: no such file or folder \(ENOENT\)\n$/)
})

t.test('a program has commands of several words, each with its own help and options', async (t) => {
  let out = ''
  let err = ''
  const run = async (...args: string[]): Promise<number> => {
    [out, err] = ['', '']
    return await runCli({
      name: 'prog',
      version: '1.2.3',
      summary: 'Does things.',
      main: () => 7,
      commands: {
        'api-key create': {
          summary: 'Makes a key.',
          options: { role: { type: 'string', description: 'what it may', multiple: true } },
          main: ({ options }) => { out += JSON.stringify(options.role) }
        }
      }
    }, args, { out: (text) => { out += text }, err: (text) => { err += text } })
  }
  t.equal(await run(), 7)
  t.equal(await run('--help'), 0)
  t.match(out, /api-key create {2}Makes a key\./)
  t.equal(await run('api-key', 'create', '--role', 'A', '--role', 'B'), 0)
  t.equal(out, '["A","B"]')
  t.equal(await run('api-key', 'create', '--help'), 0)
  t.match(out, /Usage: prog api-key create \[options\][\s\S]*--role/)
  t.equal(await run('api-key', 'create', '--version'), 0)
  t.equal(out, 'prog api-key create 1.2.3\n')
  t.equal(await run('api-key', 'burn'), 2)
  t.match(err, /unexpected argument 'api-key'/)
})
