import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import { type Bounds, Unreadable } from './cuts.ts'
import type { FieldRules } from './field-rules.ts'
import { boundJson } from './json-bounds.ts'
import { boundXml } from './xml-bounds.ts'

/** An answer to be looked through: JSON, an XML document, or a SOAP envelope. */
export interface LargeAnswer {
  readonly bytes: Uint8Array
  readonly kind: 'json' | 'document' | 'soap'
  readonly rules: Pick<FieldRules, 'json' | 'xml'>
}

export type LargeAnswerBounds = { readonly unreadable: string } | { readonly outside: readonly string[], readonly inside: Uint8Array | 'unchanged' | undefined }

interface Waiting {
  readonly answer: LargeAnswer
  readonly resolve: (bounds: LargeAnswerBounds) => void
  readonly reject: (error: Error) => void
}

/** Up to here an answer is looked through at once: handing it over would take as long. */
const SMALL_BYTES_MAX = 64 * 1024

/**
 * Looks through answers. A large one is handed to a thread of its own, one at a time: ten megabytes would hold every other
 * exchange of the gateway up for a good part of a second. The thread starts when the first one comes.
 */
export class AnswerReader {
  #worker: Worker | undefined
  #waiting: Waiting[] = []
  #closed = false

  /** @throws {Unreadable} as `boundJson` and `boundXml`. */
  async read (bytes: Buffer, kind: LargeAnswer['kind'], rules: LargeAnswer['rules']): Promise<Bounds> {
    if (bytes.length <= SMALL_BYTES_MAX) return kind === 'json' ? boundJson(bytes, rules.json) : boundXml(bytes, rules.xml, kind)
    const bounds = await new Promise<LargeAnswerBounds>((resolve, reject) => {
      this.#waiting.push({ answer: { bytes, kind, rules: { json: rules.json, xml: rules.xml } }, resolve, reject })
      if (this.#waiting.length === 1) this.#next()
    })
    if ('unreadable' in bounds) throw new Unreadable(bounds.unreadable)
    const { inside } = bounds
    return { outside: bounds.outside, inside: inside === undefined ? undefined : inside === 'unchanged' ? bytes : Buffer.from(inside.buffer, inside.byteOffset, inside.byteLength) }
  }

  async close (): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #next (): void {
    const first = this.#waiting[0]
    if (first === undefined) return
    if (this.#closed) {
      this.#fail(new Error('the gateway is closing'))
      return
    }
    this.#worker ??= this.#start()
    this.#worker.postMessage(first.answer)
  }

  #start (): Worker {
    // Runs as source in development and compiled when published.
    const file = new URL(import.meta.url.endsWith('.ts') ? './large-answers-worker.ts' : './large-answers-worker.js', import.meta.url)
    const cache = getCompileCacheDir()
    const worker = new Worker(file, { name: 'large answers', env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } })
    worker.unref()
    worker.on('message', (bounds: LargeAnswerBounds) => {
      this.#waiting.shift()?.resolve(bounds)
      this.#next()
    })
    // One answer that takes the thread down must not take those behind it along: they get another.
    const gone = (error: Error): void => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#fail(error)
    }
    worker.on('error', gone)
    worker.on('exit', () => { gone(new Error('the thread that looks through large answers ended')) })
    return worker
  }

  #fail (error: Error): void {
    this.#waiting.shift()?.reject(error)
    this.#next()
  }
}
