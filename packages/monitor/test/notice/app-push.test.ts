import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { AppPush } from '../../src/notice/index.ts'
import { EMAIL, eventOf, openBench } from './fixture.ts'

interface Call {
  readonly method: string
  readonly path: string
  readonly client: string
  readonly id: string
  readonly content: Record<string, unknown>
}

/** What our gateway shows of the portal's five services. `answer` decides what the portal says to a distribution. */
async function startPortalServices (t: Test, answer: { status: number, accepted: number }): Promise<{ readonly url: string, readonly calls: Call[] }> {
  const calls: Call[] = []
  const read = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>
  }
  const server = createServer((request, response) => {
    void read(request).then((content) => {
      const path = request.url!
      calls.push({ method: request.method!, path, client: String(request.headers['x-road-client']), id: String(request.headers['x-road-id']), content })
      const send = (status: number, body?: object): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body)) }
      if (path.endsWith('/createTemplate')) send(201, { code: content.code, version: 1 })
      else if (path.endsWith('/pushNotification')) send(answer.status, { distributionId: 'd-1', accepted: answer.accepted, notReachable: 1 - answer.accepted })
      else if (path.includes('/distributionStatus/')) send(200, { distributionId: 'd-1', total: 1 })
      else if (path.includes('/distributionRecipients/')) send(200, { recipients: [{ position: 0, state: 'pushed' }] })
      else send(204)
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => new Promise<void>((resolve) => { server.close(() => { resolve() }); server.closeAllConnections() }))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/r1/T/GOV/90000067/PORTAL`, calls }
}

const pushTo = (url: string): AppPush => new AppPush({ subsystemUrl: url, client: 'T/GOV/90000104/MONITOR', inboxUrl: 'http://127.0.0.1:4100/accesses' })

t.test('a notice goes to the app by the services of the portal, once by its key, naming the subject at the provider and no code (IP-2.4a)', async (t) => {
  const portal = await startPortalServices(t, { status: 202, accepted: 1 })
  const bench = await openBench(t, { appPush: pushTo(portal.url) })
  await bench.settings({ appSubject: 'opaque-subject' })
  bench.append(eventOf())
  await bench.notices.run()
  t.same(await bench.store.all('SELECT channel, state, result FROM notice_message'), [{ channel: 'app-push', state: 'accepted', result: '202' }])
  const [template, distribution] = portal.calls
  t.match(template, { method: 'POST', client: 'T/GOV/90000104/MONITOR', content: { code: 'personal-data-access', link: 'http://127.0.0.1:4100/accesses' } })
  t.match(distribution, { id: /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/, content: { template: 'personal-data-access', recipients: [{ subject: 'opaque-subject', parameters: { text: 'Бюро кредитних історій: новий запис про доступ' } }] } })
  t.notMatch(JSON.stringify(portal.calls), /7000100119|P-17|019ac0de|address/)
})

t.test('who has no app is told by e-mail; a portal that is down is asked again under the same key', async (t) => {
  const answer = { status: 202, accepted: 0 }
  const portal = await startPortalServices(t, answer)
  const bench = await openBench(t, { appPush: pushTo(portal.url) })
  await bench.settings({ appSubject: 'opaque-subject', email: EMAIL })
  bench.append(eventOf())
  await bench.notices.run()
  t.equal(bench.mailbox.mails().length, 1)

  answer.status = 503
  bench.append(eventOf({ purpose: { declarationId: 'P-2', text: { uk: 'Мета' } } }))
  await bench.notices.run()
  Object.assign(answer, { status: 202, accepted: 1 })
  bench.clock.advance(10)
  await bench.notices.run()
  const [again, once] = portal.calls.filter(({ path }) => path.endsWith('/pushNotification')).reverse()
  t.equal(again?.id, once?.id)
  t.equal(bench.mailbox.mails().length, 1)
})

t.test('status, recipients and removal of a distribution are asked for by their services', async (t) => {
  const portal = await startPortalServices(t, { status: 202, accepted: 1 })
  const app = pushTo(portal.url)
  t.match(await app.status('d-1'), { total: 1 })
  t.same(await app.recipients('d-1'), [{ position: 0, state: 'pushed' }])
  await app.deleteDistribution('d-1')
  t.same(portal.calls.map(({ method, path }) => `${method} ${path.slice(path.indexOf('PORTAL'))}`), ['GET PORTAL/distributionStatus/d-1', 'GET PORTAL/distributionRecipients/d-1', 'DELETE PORTAL/deleteDistribution/d-1'])
})
