import { PassThrough } from 'node:stream'
import t from 'tap'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Call } from '../../src/consumer/call.ts'
import { readRequest, type ReadDeps } from '../../src/consumer/read-request.ts'
import { Spool } from '../../src/transport/index.ts'
import { envelope } from '../foreign/messages.ts'
import { PORTAL, REGISTRY } from '../foreign/network.ts'

const soap = envelope({ client: PORTAL, service: `${REGISTRY}/lookup` })

function callOf (contentType: string): { call: Call, body: PassThrough } {
  const body = new PassThrough()
  const request = Object.assign(body, { method: 'POST', url: '/', headers: { 'content-type': contentType }, rawHeaders: [] }) as unknown as IncomingMessage
  return {
    body,
    call: { request, response: {} as ServerResponse, dialect: 'soap', peer: { secure: false, certificateHash: undefined }, requestId: 'r', trace: { traceId: '', spanId: '', sampled: false } as never }
  }
}

const deps: ReadDeps = {
  spool: new Spool({ openBody: () => { throw new Error('nothing is large here') }, readBody: () => { throw new Error() }, releaseBody: async () => {} }),
  instance: 'TEST',
  soapReadTimeoutMs: 100,
  admit: () => {},
  checkBodySize: () => {}
}

t.test('an information system that falls silent in the middle of its envelope is told so, and not only dropped', async (t) => {
  for (const [type, start] of [['text/xml', soap.slice(0, 100)], ['multipart/related; boundary=b', `--b\r\nContent-Type: text/xml\r\n\r\n${soap}`]] as const) {
    const { call, body } = callOf(type)
    body.write(start)
    const expected = { name: 'Fault', kind: 'InternalError', origin: undefined, message: 'Reading SOAP from request timed out' }
    await t.rejects(readRequest(call, deps), expected, type)
  }
})

t.test('attachments may take longer than the envelope', async (t) => {
  const { call, body } = callOf('multipart/related; boundary=b')
  body.write(`--b\r\nContent-Type: text/xml\r\n\r\n${soap}\r\n--b\r\nContent-Type: a/b\r\n\r\n`)
  const reading = readRequest(call, deps)
  await new Promise((resolve) => { setTimeout(resolve, 300) })
  body.end('x\r\n--b--\r\n')
  t.equal((await reading).attachments.length, 1)
})
