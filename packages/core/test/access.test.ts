import t from 'tap'
import { ROLES } from '../src/admin/index.ts'
import { createAccountsKey } from './api-keys.ts'
import { coreIn, seedOf } from './seeding.ts'

t.setTimeout(120_000)

interface Operation {
  readonly 'x-access'?: 'public' | 'signed-in' | readonly string[]
  readonly summary?: string
  readonly tags?: readonly string[]
}

/** Something that every parameter takes for a value, and that is nothing's identifier. */
const nothing = (path: string): string => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => /(^id$|Id$)/.test(name) ? '999999' : /kind/i.test(name) ? 'INTERNAL' : 'none')

t.test('TR-4.4: every operation of the API names who may call it, and lets in nobody else', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf(), rateLimit: { perSecond: 10_000, perMinute: 100_000 } })
  const root = `${core.addresses.admin}`
  const { paths } = await (await fetch(`${root}/api/v1/openapi.json`)).json() as { paths: Record<string, Record<string, Operation>> }
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })))
  t.ok(operations.length > 60, `${operations.length} operations`)
  const keys = new Map<string, string>()
  for (const role of ROLES) keys.set(role, await createAccountsKey(core, [role]))

  const ask = async (method: string, path: string, key?: string): Promise<{ status: number, code: string | undefined }> => {
    const headers = key === undefined ? {} : { authorization: `X-Road-ApiKey token=${key}` }
    const response = await fetch(`${root}${nothing(path)}`, { method, headers, signal: AbortSignal.timeout(20_000) })
    return { status: response.status, code: /"code":"(\w+)"/.exec(await response.text())?.[1] }
  }

  for (const { path, method, operation } of operations) {
    const name = `${method} ${path}`
    const access = operation['x-access']
    t.ok(access !== undefined && operation.summary !== undefined && operation.tags !== undefined, `${name} says who may call it, what it does, where it belongs`)
    const stranger = await ask(method, path)
    if (access === 'public') {
      t.notMatch(stranger.status, 401, `${name} is open`)
      continue
    }
    t.equal(stranger.status, 401, `${name} asks who is there`)
    for (const [role, key] of keys) {
      const may = access === 'signed-in' || access!.includes(role)
      // With the role, and a body or identifier that is nothing, whatever else comes is not "who are you" and not "you may not".
      if (may && method !== 'GET') continue
      const { status, code } = await ask(method, path, key)
      if (may) t.notOk([401, 403].includes(status), `${name} lets ${role} in`)
      else t.match({ status, code }, { status: 403, code: 'forbidden' }, `${name} refuses ${role}`)
    }
  }
})
