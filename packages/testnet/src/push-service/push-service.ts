import { createECDH, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, closeServer, systemClock } from '@trembita/daemon'
import { readCodingHeader, readPushMessage, UnreadableMessage, type UserAgentKeys } from './message-encryption.ts'
import { messagesPage } from './messages-page.ts'
import { vapidProblem } from './vapid-check.ts'

/** What `PushSubscription.toJSON()` gives in a browser. */
export interface DevelopmentSubscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string, readonly auth: string }
}

/** A message that arrived and could be read. */
export interface ReceivedMessage {
  readonly endpoint: string
  readonly text: string
  readonly at: Date
  readonly ttlSeconds: number
  readonly urgency: string
  readonly topic?: string | undefined
  /** Bytes as they came. */
  readonly bodyBytes: number
}

/** What the service answers the next times, before it is itself again. */
export interface ScriptedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** The line breaks instead of an answer. */
  readonly reset?: true
}

export interface RefusedMessage {
  readonly status: number
  readonly reason: string
}

export interface PushService extends AsyncDisposable {
  readonly url: string
  /** `host:port`, for the portal's list of development hosts. */
  readonly host: string
  /** A development user agent subscribes: its keys stay here, what it gets is in `messages`. */
  subscribe (applicationServerKey?: string): DevelopmentSubscription
  /** A user agent with keys of its own elsewhere. */
  register (keys: UserAgentKeys, applicationServerKey?: string): DevelopmentSubscription
  messages (): readonly ReceivedMessage[]
  refused (): readonly RefusedMessage[]
  /** Waits until so many messages have come. */
  untilMessages (count: number): Promise<readonly ReceivedMessage[]>
  /** Answers of the next requests to an endpoint. */
  script (endpoint: string, ...answers: readonly ScriptedAnswer[]): void
  /** The user agent has unsubscribed: 410 from now on. */
  expire (endpoint: string): void
  close (): Promise<void>
}

export interface PushServiceOptions {
  readonly port?: number | undefined
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  readonly clock?: Clock | undefined
}

interface Agent {
  readonly keys: UserAgentKeys
  readonly applicationServerKey?: string | undefined
  readonly scripted: ScriptedAnswer[]
  gone: boolean
}

const BODY_BYTES_MAX = 4096
const TTL_SECONDS_MAX = 2_419_200
const MESSAGES_MAX = 1000

/**
 * A push service FOR DEVELOPMENT ONLY (RFC 8030, 8291, 8292), stricter than those of the browsers: it refuses what they let pass.
 * Holds messages in memory. `GET /` shows what came, `GET /messages` the same as JSON, `POST /subscriptions` subscribes.
 */
export async function startPushService ({ port = 0, host = '127.0.0.1', clock = systemClock }: PushServiceOptions = {}): Promise<PushService> {
  const agents = new Map<string, Agent>()
  const received: ReceivedMessage[] = []
  const refused: RefusedMessage[] = []
  const used = new Set<string>()
  const waiting = new Set<() => void>()
  let origin = ''

  const register = (keys: UserAgentKeys, applicationServerKey?: string): DevelopmentSubscription => {
    const path = `/push/${randomBytes(24).toString('base64url')}`
    agents.set(path, { keys, applicationServerKey, scripted: [], gone: false })
    return { endpoint: origin + path, keys: { p256dh: keys.curve.getPublicKey().toString('base64url'), auth: Buffer.from(keys.auth).toString('base64url') } }
  }
  const subscribe = (applicationServerKey?: string): DevelopmentSubscription => {
    const curve = createECDH('prime256v1')
    curve.generateKeys()
    return register({ curve, auth: randomBytes(16) }, applicationServerKey)
  }

  const refuse = (response: ServerResponse, status: number, reason: string): void => {
    refused.push({ status, reason })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code: status, message: reason }))
  }

  const push = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const agent = agents.get(path)
    const body = await readBody(request)
    if (agent === undefined) return refuse(response, 404, 'unknown subscription')
    if (agent.gone) return refuse(response, 410, 'unsubscribed')
    const scripted = agent.scripted.shift()
    if (scripted !== undefined) {
      if (scripted.reset === true) request.socket.destroy()
      else response.writeHead(scripted.status, scripted.headers).end()
      return
    }
    if (body === undefined) return refuse(response, 413, `more than ${BODY_BYTES_MAX} bytes`)
    const { ttl, topic, urgency = 'normal', authorization } = request.headers as Record<string, string | undefined>
    const vapid = vapidProblem(authorization, { audience: origin, subscribedKey: agent.applicationServerKey, now: clock.now() })
    if (vapid !== undefined) return refuse(response, vapid === 'missing' ? 401 : 403, `vapid: ${vapid}`)
    if (ttl === undefined || !/^\d+$/.test(ttl)) return refuse(response, 400, 'TTL is missing')
    if (topic !== undefined && !/^[\w-]{1,32}$/.test(topic)) return refuse(response, 400, 'topic is malformed')
    if (!['very-low', 'low', 'normal', 'high'].includes(urgency)) return refuse(response, 400, 'urgency is malformed')
    if (request.headers['content-encoding'] !== 'aes128gcm') return refuse(response, 415, 'coding is not aes128gcm')
    try {
      const { salt, senderKey } = readCodingHeader(body)
      const once = [salt, senderKey].map((bytes) => bytes.toString('base64'))
      if (once.some((value) => used.has(value))) return refuse(response, 400, 'salt or key was used before')
      for (const value of once) used.add(value)
      const { text } = readPushMessage(body, agent.keys)
      const message: ReceivedMessage = { endpoint: origin + path, text, at: clock.now(), ttlSeconds: Math.min(Number(ttl), TTL_SECONDS_MAX), urgency, topic, bodyBytes: body.length }
      // One that waits under the same topic is replaced; here all wait for ever.
      const before = topic === undefined ? -1 : received.findIndex((one) => one.endpoint === message.endpoint && one.topic === topic)
      if (before >= 0) received.splice(before, 1)
      received.push(message)
      if (received.length > MESSAGES_MAX) received.shift()
      for (const tell of waiting) tell()
      response.writeHead(201, { location: `${origin}/message/${randomBytes(12).toString('base64url')}`, ttl: String(message.ttlSeconds) }).end()
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error
      refuse(response, 400, error.message)
    }
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://push')
    if (request.method === 'POST' && pathname.startsWith('/push/')) void push(request, response, pathname).catch(() => { request.socket.destroy() })
    else if (request.method === 'POST' && pathname === '/subscriptions') {
      void readBody(request).then((body) => {
        const { applicationServerKey } = parsed(body)
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(subscribe(typeof applicationServerKey === 'string' ? applicationServerKey : undefined)))
      }, () => { request.socket.destroy() })
    } else if (request.method === 'GET' && pathname === '/messages') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ messages: received.map(({ endpoint: _, ...message }) => message) }))
    else if (request.method === 'GET' && pathname === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" }).end(messagesPage(received))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: listening } = server.address() as AddressInfo
  origin = `http://${host}:${listening}`
  const agentOf = (endpoint: string): Agent => {
    const agent = agents.get(new URL(endpoint).pathname)
    if (agent === undefined) throw new Error('no such subscription')
    return agent
  }
  const close = async (): Promise<void> => { await closeServer(server, 1000) }
  return {
    url: origin,
    host: `${host}:${listening}`,
    subscribe,
    register,
    messages: () => received,
    refused: () => refused,
    untilMessages: async (count) => {
      while (received.length < count) await new Promise<void>((resolve) => { waiting.add(resolve) })
      return received
    },
    script: (endpoint, ...answers) => { agentOf(endpoint).scripted.push(...answers) },
    expire: (endpoint) => { agentOf(endpoint).gone = true },
    close,
    [Symbol.asyncDispose]: close
  }
}

/** @returns undefined when there is more than a push message may have. */
async function readBody (request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk)
  }
  return bytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks)
}

function parsed (body: Buffer | undefined): Record<string, unknown> {
  return body === undefined || body.length === 0 ? {} : JSON.parse(body.toString('utf8')) as Record<string, unknown>
}
