import { createPublicKey, randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { eventHash, normaliseSubjectId, parseAccessEvent, sealSubjectKey, subjectIndex, type AccessEvent, type SubjectIdType } from '@trembita/protocol/accessevent'
import { startService, type Received } from '../network/service.ts'

interface Report {
  readonly component: string
  readonly fromSeq: number
  readonly toSeq: number
  readonly events: readonly unknown[]
}

/** A centre that takes the contract by the letter, and a key service beside it. */
export interface Centre {
  readonly url: string
  /** What it has taken, in order. */
  readonly events: AccessEvent[]
  readonly heartbeats: Record<string, unknown>[]
  /** What it found wrong about reports that should not have come. */
  readonly complaints: string[]
  readonly reports: number
  readonly keyRequests: number
  /** Answers this once, to the next report, and takes nothing. */
  next: ((response: ServerResponse) => void) | undefined
  /** Answers no longer. */
  down: boolean
  /** Event ids that it refuses, with the code. */
  refuse: ((event: AccessEvent) => string | undefined) | undefined
  /** Largest batch it takes. */
  batchMax: number
  /** Forgets what it has taken behind a number, as one restored from a backup. */
  forget (afterSeq: number): void
  indexOf (type: SubjectIdType, id: string, domain: string, epoch: string): string
  until (holds: (events: readonly AccessEvent[]) => boolean): Promise<void>
  close (): Promise<void>
}

export async function startCentre (): Promise<Centre> {
  const service = await startService()
  const hashes = new Map<string, string>()
  const monthKeys = new Map<string, Buffer>()
  const waiting = new Set<() => void>()
  let ackSeq = 0
  const keyOf = (domain: string, epoch: string): Buffer => {
    const name = `${domain} ${epoch}`
    if (!monthKeys.has(name)) monthKeys.set(name, randomBytes(32))
    return monthKeys.get(name)!
  }
  const state = { reports: 0, keyRequests: 0 }
  const centre: Centre = {
    url: service.url,
    events: [],
    heartbeats: [],
    complaints: [],
    get reports () { return state.reports },
    get keyRequests () { return state.keyRequests },
    next: undefined,
    down: false,
    refuse: undefined,
    batchMax: 500,
    forget (afterSeq) {
      ackSeq = afterSeq
      for (const { eventId } of centre.events.splice(afterSeq)) hashes.delete(eventId)
    },
    indexOf: (type, id, domain, epoch) => subjectIndex(keyOf(domain, epoch), normaliseSubjectId(type, id)),
    until: async (holds) => {
      while (!holds(centre.events)) await new Promise<void>((resolve) => { waiting.add(resolve) })
    },
    close: () => service.close()
  }

  function take ({ component, fromSeq, toSeq, events }: Report): { status: number, body: object } {
    if (component !== 'PDAMS_LC_T') centre.complaints.push('component')
    if (events.length > centre.batchMax) return { status: 413, body: {} }
    if (fromSeq > ackSeq + 1) return { status: 409, body: { expectedSeq: ackSeq + 1 } }
    if (toSeq - fromSeq + 1 !== events.length) centre.complaints.push(`${fromSeq}–${toSeq} with ${events.length} events`)
    const rejected: object[] = []
    events.forEach((value, i) => {
      const event = parseAccessEvent(value)
      if (event.source.seq !== fromSeq + i) centre.complaints.push(`number ${event.source.seq} in the place of ${fromSeq + i}`)
      const hash = eventHash(event).toString('hex')
      const known = hashes.get(event.eventId)
      if (known !== undefined) {
        if (known !== hash) {
          centre.complaints.push('conflict')
          rejected.push({ eventId: event.eventId, code: 'conflict', retryable: false })
        }
        return
      }
      if (event.source.seq <= ackSeq) centre.complaints.push(`number ${event.source.seq} for another event`)
      const code = centre.refuse?.(event)
      if (code === undefined) {
        hashes.set(event.eventId, hash)
        centre.events.push(event)
      } else {
        rejected.push({ eventId: event.eventId, code, retryable: false })
      }
    })
    ackSeq = Math.max(ackSeq, toSeq)
    return { status: 200, body: { ackSeq, rejected, nextPollAfter: 60 } }
  }

  function answer ({ url, body }: Received): { status: number, body: object } {
    const asked = JSON.parse(body.toString())
    if (url === '/subject-keys') {
      state.keyRequests += 1
      const recipient = Buffer.from(asked.publicKey, 'base64url')
      createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x: asked.publicKey } })
      const names = asked.domains.flatMap((domain: string) => asked.epochs.map((epoch: string) => ({ domain, epoch })))
      return { status: 200, body: { keys: names.map(({ domain, epoch }: { domain: string, epoch: string }) => ({ domain, epoch, keyVersion: 1, sealed: sealSubjectKey(keyOf(domain, epoch), recipient) })) } }
    }
    if (url === '/report-access/heartbeat') {
      centre.heartbeats.push(asked)
      return { status: 200, body: {} }
    }
    state.reports += 1
    return take(asked)
  }

  service.answer = (received, response) => {
    if (centre.down) {
      response.destroy()
      return
    }
    if (received.url === '/report-access' && centre.next !== undefined) {
      const { next } = centre
      centre.next = undefined
      next(response)
    } else {
      let reply: { status: number, body: object }
      try {
        reply = answer(received)
      } catch (thrown) {
        centre.complaints.push(String(thrown))
        reply = { status: 400, body: {} }
      }
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
    }
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  return centre
}
