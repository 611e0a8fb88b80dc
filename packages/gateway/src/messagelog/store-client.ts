import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import {
  type FromWorker, type OutgoingRecord, packBatch, type StoreCalls, type ToWorker, type WorkerOptions
} from './worker-protocol.ts'

interface Waiting {
  readonly record: OutgoingRecord
  readonly resolve: (id: number) => void
  readonly reject: (reason: Error) => void
}

/** One transaction holds no more than this, so that the first of a long queue does not wait for the last. */
const BATCH_RECORDS_MAX = 512
const BATCH_BYTES_MAX = 8 * 1024 * 1024

/** This side of the database thread: gathers records into batches, carries calls over and answers back. */
export class StoreClient {
  readonly #worker: Worker
  readonly #calls = new Map<number, { resolve: (value: never) => void, reject: (reason: Error) => void }>()
  readonly #exited: Promise<void>
  readonly #opened: Promise<void>
  #onOpened: () => void = () => {}
  #queue: Waiting[] = []
  #onTheWay: Waiting[] | undefined
  #scheduled = false
  #nextCall = 1
  #broken: Error | undefined
  #transactions = 0
  #onIdle: (() => void) | undefined
  #onBreak: (reason: Error) => void = () => {}

  private constructor (worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: FromWorker) => {
      this.#receive(message)
      if (this.#onIdle !== undefined && this.#isIdle()) this.#onIdle()
    })
    worker.on('error', (thrown) => { this.#break(thrown instanceof Error ? thrown : new Error(String(thrown))) })
    this.#opened = new Promise((resolve, reject) => {
      this.#onOpened = resolve
      this.#onBreak = reject
    })
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#break(new Error('database thread of the message log has ended'))
        resolve()
      })
    })
  }

  /** Starts the thread; resolves when the database is open. */
  static async open (options: WorkerOptions): Promise<StoreClient> {
    // Runs as source in development and compiled when published.
    const file = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
    // The thread needs nothing of the environment, except the process's compile cache: with it 25 MB and half the start are saved.
    const cache = getCompileCacheDir()
    const worker = new Worker(file, { workerData: options, name: 'messagelog', env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } })
    const client = new StoreClient(worker)
    await client.#opened
    return client
  }

  /** Transactions so far: fewer than records when many are written at once. */
  get transactions (): number {
    return this.#transactions
  }

  /** Why the thread no longer works, if so. */
  get broken (): Error | undefined {
    return this.#broken
  }

  onBreak (listener: (reason: Error) => void): void {
    this.#onBreak = listener
  }

  /** Resolves with the record's number once it is on disk. */
  append (record: OutgoingRecord): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken)
        return
      }
      this.#queue.push({ record, resolve, reject })
      if (this.#scheduled || this.#onTheWay !== undefined) return
      // At the end of the turn, so that what arrived together is written together.
      this.#scheduled = true
      setImmediate(() => {
        this.#scheduled = false
        this.#send()
      })
    })
  }

  call<N extends keyof StoreCalls> (name: N, ...args: Parameters<StoreCalls[N]>): Promise<ReturnType<StoreCalls[N]>> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) {
        reject(this.#broken)
        return
      }
      const call = this.#nextCall++
      this.#calls.set(call, { resolve, reject })
      this.#post({ kind: 'call', call, name, args })
    })
  }

  /** Writes what waits, then ends the thread. Nothing may be handed over after this call. */
  async close (): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => { this.#onIdle = resolve })
    if (this.#broken === undefined) this.#post({ kind: 'close' })
    await this.#exited
  }

  #isIdle (): boolean {
    return this.#broken !== undefined || (this.#queue.length === 0 && this.#onTheWay === undefined && this.#calls.size === 0)
  }

  #post (message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #send (): void {
    if (this.#queue.length === 0 || this.#broken !== undefined) return
    let count = 0
    for (let bytes = 0; count < this.#queue.length && count < BATCH_RECORDS_MAX && bytes < BATCH_BYTES_MAX; count++) {
      const { content } = this.#queue[count]!.record
      bytes += content.message.length + content.signature.length
    }
    const batch = count === this.#queue.length ? this.#queue : this.#queue.slice(0, count)
    this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count)
    this.#onTheWay = batch
    this.#transactions++
    const packed = packBatch(batch.map((waiting) => waiting.record))
    this.#post({ kind: 'append', batch: packed }, [packed.bytes])
  }

  #receive (message: FromWorker): void {
    if (message.kind === 'answer' || message.kind === 'failure') {
      const call = this.#calls.get(message.call)
      this.#calls.delete(message.call)
      if (message.kind === 'answer') call?.resolve(message.value as never)
      else call?.reject(message.error)
      return
    }
    if (message.kind === 'ready') {
      this.#onOpened()
      return
    }
    const batch = this.#onTheWay ?? []
    this.#onTheWay = undefined
    this.#send()
    batch.forEach((waiting, i) => {
      const outcome = message.kind === 'appended' ? message.first + i : message.outcomes[i]!
      if (typeof outcome === 'number') waiting.resolve(outcome)
      else waiting.reject(new Error(outcome))
    })
  }

  #break (reason: Error): void {
    if (this.#broken !== undefined) return
    this.#broken = reason
    this.#onBreak(reason)
    for (const { reject } of [...this.#onTheWay ?? [], ...this.#queue, ...this.#calls.values()]) reject(reason)
    this.#queue = []
    this.#onTheWay = undefined
    this.#calls.clear()
    this.#onIdle?.()
  }
}
