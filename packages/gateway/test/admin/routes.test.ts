import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { GATEWAY_ROLES } from '../../src/admin/index.ts'
import { Console } from './console.ts'
import { startNewGateway } from './new-gateway.ts'

// Every route of the description with every role. The gateway is not initialised, so that what is let through finds nothing to change.

interface Operation { readonly summary?: string, readonly tags?: readonly string[], readonly 'x-access'?: readonly string[] | string }
interface Route { readonly method: string, readonly path: string, readonly operation: Operation }

const made = await startNewGateway(t)
const { console } = made
const { status, body: description } = await console.get('/openapi.json')
const routes: Route[] = Object.entries(description.paths as Record<string, Record<string, Operation>>)
  .flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path: path.replace('/api/v1', ''), operation })))

/** An identifier where one stands, something that is nothing elsewhere. */
const filled = (path: string): string => path.replace(/^(\/clients\/)\{id\}/, '$1TEST:GOV:1:x').replace(/\{[^}]+\}/g, 'none')

t.test('the description is OpenAPI 3.1, and says of each route what it does and who may call it', async (t) => {
  t.equal(status, 200)
  t.match(description, { openapi: '3.1.0', info: { title: 'Trembita gateway administration' } })
  t.ok(routes.length > 90, `${routes.length} routes`)
  for (const { method, path, operation } of routes) {
    t.ok(operation.summary !== undefined && operation.tags?.length === 1, `${method} ${path} is described`)
    const access = operation['x-access']
    t.ok(Array.isArray(access) ? access.length > 0 : access === 'signed-in' || access === 'public', `${method} ${path} says who`)
  }
  const names = new Set((description.tags as { name: string }[]).map(({ name }) => name))
  t.same([...new Set(routes.flatMap(({ operation }) => operation.tags ?? []))].filter((tag) => !names.has(tag)), [], 'every tag is told of')
})

t.test('a route takes who may call it, and nobody else', async (t) => {
  const people = new Map<string, Console>()
  for (const role of GATEWAY_ROLES) people.set(role, await made.as(role))
  const nobody = new Console(console.url, undefined)
  const stranger = new Console(console.url, '00000000-0000-0000-0000-000000000000')
  for (const { method, path, operation } of routes) {
    const access = operation['x-access']!
    const name = `${method} ${path}`
    for (const [who, one] of [['nobody', nobody], ['a stranger', stranger]] as const) {
      const answer = await one.call(method, filled(path))
      t.equal(answer.status === 401, access !== 'public', `${name}: ${who}`)
      if (answer.status === 401) t.match(answer.body, { status: 401, error: { code: 'unauthorized' } })
    }
    for (const [role, one] of people) {
      const allowed = typeof access === 'string' || access.includes(role)
      const answer = await one.call(method, filled(path))
      t.equal(answer.status === 403, !allowed, `${name}: ${role} is answered ${answer.status}`)
      t.not(answer.status, 401)
      t.ok(answer.status < 500 || answer.status === 502, `${name}: no failure of ours`)
    }
  }
})

t.test('who only looks has no route that changes anything', async (t) => {
  const changing = routes.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/system/anchor/previews'))
  t.same(changing.filter(({ operation }) => typeof operation['x-access'] === 'string' || operation['x-access']!.includes('XROAD_SECURITYSERVER_OBSERVER')), [])
})

t.test('keys of authentication are for security officers, whatever else somebody may do', async (t) => {
  const registrar = await made.as('XROAD_REGISTRATION_OFFICER')
  const answer = await registrar.post('/tokens/0/keys-with-csrs', {
    key_label: 'x', csr_generate_request: { key_usage_type: 'AUTHENTICATION', ca_name: 'x', csr_format: 'PEM', subject_field_values: {} }
  })
  t.match(answer, { status: 403, body: { error: { code: 'forbidden' } } })
  t.same((await console.get('/tokens')).body[0].keys, [])
})

t.test('every answer has a number by which the audit log knows it', async (t) => {
  const answers = [await console.get('/initialization/status'), await console.post('/initialization', {}), await new Console(console.url, undefined).get('/tokens'), await console.get('/nowhere')]
  const numbers = answers.map(({ headers }) => headers['x-road-ui-correlation-id'])
  for (const number of numbers) t.match(number, /^[0-9a-f]{16}$/)
  t.equal(new Set(numbers).size, numbers.length)
})

t.test('the files of administration are readable for the gateway alone', async (t) => {
  t.equal((await stat(join(made.folder, 'data', 'audit.log'))).mode & 0o077, 0)
  t.equal((await stat(join(made.folder, 'data'))).mode & 0o077, 0)
})

t.test('too many requests of one address are put off', async (t) => {
  const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(`${console.url}/api/v1/initialization/status`)).status))
  t.ok(statuses.includes(429))
  t.equal((await console.get('/initialization/status')).status, 200, 'others go on')
})
