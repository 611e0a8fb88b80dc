import fastify from 'fastify'
import t from 'tap'
import { addMounts } from '../src/admin/mount.ts'

t.test('what is mounted gets its requests whole, before the listener\'s own rules, and nothing else', async (t) => {
  const inner = fastify()
  inner.post('/catalog/echo', async ({ body }) => ({ body }))
  inner.setNotFoundHandler(async (_request, reply) => await reply.code(404).send('inner'))
  await inner.ready()
  const outer = fastify()
  addMounts(outer, [{ prefix: '/catalog', handle: (request, response) => { inner.routing(request, response) } }])
  outer.addHook('onRequest', async (_request, reply) => { reply.header('outer', 'yes') })
  outer.get('/catalogue', async () => 'outer')
  outer.setNotFoundHandler(async (_request, reply) => await reply.code(404).send('outer'))
  const url = await outer.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await outer.close()
    await inner.close()
  })
  const echoed = await fetch(`${url}/catalog/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  t.same(await echoed.json(), { body: { a: 1 } })
  t.equal(echoed.headers.get('outer'), null)
  t.equal(await (await fetch(`${url}/catalog?x=/`)).text(), 'inner')
  t.equal(await (await fetch(`${url}/catalogue`)).text(), 'outer', 'a longer name is another')
  t.equal(await (await fetch(`${url}/x/catalog`)).text(), 'outer')
})
