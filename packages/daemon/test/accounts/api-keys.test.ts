import t from 'tap'
import { openOffice } from './fixture.ts'

t.test('a key opens what its roles allow, in both spellings of the header, and nothing else', async (t) => {
  const { ask, key, events } = await openOffice(t)
  const text = await key(['CLERK'])
  t.match(text, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  for (const authorization of [`X-Road-ApiKey token=${text}`, `X-Road-ApiKey token="${text}"`, `Bearer ${text}`, `bearer ${text}`]) {
    const answer = await ask('GET', '/clerk', { authorization })
    t.equal(answer.statusCode, 200, authorization.slice(0, 15))
    t.match(answer.json(), { kind: 'apiKey', id: '1', name: 'API key 1', roles: ['CLERK'], origin: '127.0.0.1', owner: 'system:root' })
  }
  const refused = await ask('GET', '/api/v1/api-keys', { authorization: `Bearer ${text}` })
  t.equal(refused.statusCode, 403)
  t.same(refused.json(), { status: 403, error: { code: 'forbidden', message: 'none of your roles allows this' } })
  t.match(events, [{ kind: 'accessRefused', actor: { id: '1' }, route: 'GET /api/v1/api-keys' }])
})
