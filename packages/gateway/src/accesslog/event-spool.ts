import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { EventStore, NewEvent } from './event-store.ts'

type Calls = Omit<EventStore, 'close'>

export interface EventCall {
  readonly call: number
  readonly name: keyof EventStore
  readonly args: readonly unknown[]
}

/** Call 0: the store is open. */
export type EventReply = { readonly call: number, readonly value: unknown } | { readonly call: number, readonly error: string }

interface Waiting {
  readonly events: readonly NewEvent[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Events of one transaction: the first of a long queue does not wait for the last. */
const BATCH_EVENTS_MAX = 1000

/** This side of the thread that keeps events: gathers what arrives together into one transaction. */
export class EventSpool {
  readonly #worker: Worker
  readonly #calls = new Map<number, { readonly resolve: (value: never) => void, readonly reject: (error: Error) => void }>()
  readonly #exited: Promise<void>
  #queue: Waiting[] = []
  #nextCall = 1
  #writing = false
  #scheduled = false
  #broken: Error | undefined
  #onIdle: (() => void) | undefined

  private constructor (worker: Worker, opened: { resolve: (value: never) => void, reject: (error: Error) => void }) {
    this.#worker = worker
    this.#calls.set(0, opened)
    worker.on('message', (reply: EventReply) => {
      const waiting = this.#calls.get(reply.call)
      this.#calls.delete(reply.call)
      if ('error' in reply) waiting?.reject(new Error(reply.error))
      else waiting?.resolve(reply.value as never)
    })
    worker.on('error', (thrown) => { this.#break(thrown instanceof Error ? thrown : new Error(String(thrown))) })
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#break(new Error('the thread that keeps accesses has ended'))
        resolve()
      })
    })
  }

  /** Starts the thread; resolves when the database is open. */
  static async open (path: string): Promise<EventSpool> {
    // Runs as source in development and compiled when published.
    const file = new URL(import.meta.url.endsWith('.ts') ? './event-worker.ts' : './event-worker.js', import.meta.url)
    const cache = getCompileCacheDir()
    const worker = new Worker(file, { workerData: { path }, name: 'accesslog', env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } })
    return await new Promise((resolve, reject) => {
      const spool: EventSpool = new EventSpool(worker, { resolve: () => { resolve(spool) }, reject })
    })
  }

  /** Why the thread no longer works, if so. */
  get broken (): Error | undefined {
    return this.#broken
  }

  /** Resolves when the events are on disk, all of them. */
  append (events: readonly NewEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken)
        return
      }
      this.#queue.push({ events, resolve, reject })
      if (this.#writing || this.#scheduled) return
      // At the end of the turn, so that what arrived together is written together.
      this.#scheduled = true
      setImmediate(() => {
        this.#scheduled = false
        void this.#write()
      })
    })
  }

  call<N extends keyof Calls> (name: N, ...args: Parameters<Calls[N]>): Promise<ReturnType<Calls[N]>> {
    return this.#post(name, args)
  }

  /** Writes what waits, then ends the thread. Nothing may be handed over after this call. */
  async close (): Promise<void> {
    if (this.#broken === undefined && (this.#queue.length > 0 || this.#writing)) await new Promise<void>((resolve) => { this.#onIdle = resolve })
    if (this.#broken === undefined) this.#worker.postMessage({ call: -1, name: 'close', args: [] } satisfies EventCall)
    await this.#exited
  }

  async #write (): Promise<void> {
    this.#writing = true
    while (this.#queue.length > 0 && this.#broken === undefined) {
      let count = 0
      for (let events = 0; count < this.#queue.length && (count === 0 || events + this.#queue[count]!.events.length <= BATCH_EVENTS_MAX); count++) events += this.#queue[count]!.events.length
      const batch = this.#queue.splice(0, count)
      try {
        await this.#post('append', [batch.flatMap(({ events }) => events)])
        for (const { resolve } of batch) resolve()
      } catch (thrown) {
        for (const { reject } of batch) reject(thrown as Error)
      }
    }
    this.#writing = false
    this.#onIdle?.()
  }

  #post<T> (name: keyof Calls, args: readonly unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken)
        return
      }
      const call = this.#nextCall++
      this.#calls.set(call, { resolve, reject })
      this.#worker.postMessage({ call, name, args } satisfies EventCall)
    })
  }

  #break (reason: Error): void {
    if (this.#broken !== undefined) return
    this.#broken = reason
    for (const { reject } of [...this.#calls.values(), ...this.#queue]) reject(reason)
    this.#calls.clear()
    this.#queue = []
    this.#onIdle?.()
  }
}
