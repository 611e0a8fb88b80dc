import { Worker } from 'node:worker_threads'
import { CHECK_TIMEOUT_MS } from './limits.ts'

/** One thing that is wrong: JSON pointer of the place and words without the value that stood there. */
export interface Finding {
  readonly place: string
  readonly message: string
}

export type CheckerRequest = { readonly id: number } & (
  | { readonly kind: 'openOpenApi', readonly bytes: Uint8Array }
  | { readonly kind: 'openWsdl', readonly bytes: Uint8Array }
  | { readonly kind: 'validateJson', readonly pointer: string, readonly value: unknown }
  | { readonly kind: 'validateXml', readonly element: string })

export interface CheckerAnswer { readonly id: number, readonly findings: Finding[] }

type Question = CheckerRequest extends infer R ? R extends CheckerRequest ? Omit<R, 'id'> : never : never

const HEAP_MIB_MAX = 256

/**
 * Holds one description and judges answers by it, in a thread with little memory and little time. When its time is over the thread
 * is ended, and that is a finding: a description nobody can check is not fit to be published.
 */
export class Checker implements AsyncDisposable {
  readonly #timeoutMs: number
  #worker: Worker | undefined
  #last = 0
  #failed: string | undefined

  constructor (timeoutMs: number = CHECK_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs
  }

  /** @returns what is wrong with the structure; empty when valid. */
  async openOpenApi (bytes: Uint8Array): Promise<Finding[]> {
    return await this.#ask({ kind: 'openOpenApi', bytes })
  }

  /** Compiles the schemas. */
  async openWsdl (bytes: Uint8Array): Promise<Finding[]> {
    return await this.#ask({ kind: 'openWsdl', bytes })
  }

  /** @param pointer of the schema within the description that was opened. */
  async validateJson (pointer: string, value: unknown): Promise<Finding[]> {
    return await this.#ask({ kind: 'validateJson', pointer, value })
  }

  /** @param element with its namespaces, as text. */
  async validateXml (element: string): Promise<Finding[]> {
    return await this.#ask({ kind: 'validateXml', element })
  }

  async close (): Promise<void> {
    await this.#worker?.terminate()
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.close()
  }

  async #ask (question: Question): Promise<Finding[]> {
    if (this.#failed !== undefined) return [{ place: '', message: this.#failed }]
    this.#worker ??= new Worker(new URL(import.meta.url.endsWith('.ts') ? './checker-worker.ts' : './checker-worker.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX } })
    const worker = this.#worker
    const id = ++this.#last
    return await new Promise((resolve) => {
      const done = (findings: Finding[]): void => {
        clearTimeout(timer)
        worker.off('message', onMessage).off('error', onError)
        resolve(findings)
      }
      const fail = (message: string): void => {
        this.#failed = message
        void worker.terminate()
        done([{ place: '', message }])
      }
      const onMessage = (answer: CheckerAnswer): void => { if (answer.id === id) done(answer.findings) }
      const onError = (): void => { fail('the description cannot be checked within the memory that is given to it') }
      const timer = setTimeout(() => { fail(`the check took longer than ${this.#timeoutMs} ms`) }, this.#timeoutMs)
      worker.on('message', onMessage).on('error', onError)
      worker.postMessage({ ...question, id })
    })
  }
}
