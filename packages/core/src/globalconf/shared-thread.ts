import { getCompileCacheDir } from 'node:module'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Fault, type FaultKind } from '@trembita/protocol/fault'
import type { GlobalConfVersion } from '@trembita/protocol/globalconf'
import type { SharedHead } from './registry-assembly.ts'
import type { RegistryPage } from './registry-pages.ts'
import type { WrittenFile } from './shared-files.ts'

/** What the thread is told: the registry page by page, then what else there is and where the files go. */
export type ToSharedThread = RegistryPage | { readonly head: SharedHead, readonly paths: Readonly<Record<GlobalConfVersion, string>> }
export type FromSharedThread = { readonly written: readonly WrittenFile[] } | { readonly failure: { readonly kind: FaultKind | undefined, readonly message: string } }

/**
 * Memory that the thread may have, MB, and that for each thousand rows. It would take more if it could, and give nothing back
 * before it ends; a registry of 10,000 members needs half of this.
 */
const MEMORY_MB = 96
const MEMORY_MB_OF_THOUSAND_ROWS = 1
const YOUNG_MEMORY_MB = 16

/** A thread that writes the shared parameters of a large registry, so that the process goes on answering meanwhile. */
export class SharedThread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #answer: Promise<FromSharedThread>

  /** @param rows how many there are, roughly. */
  constructor (rows: number) {
    // Runs as source in development and compiled when published.
    const file = new URL(import.meta.url.endsWith('.ts') ? './shared-worker.ts' : './shared-worker.js', import.meta.url)
    const cache = getCompileCacheDir()
    this.#worker = new Worker(file, {
      name: 'globalconf',
      env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(MEMORY_MB + MEMORY_MB_OF_THOUSAND_ROWS * rows / 1000), maxYoungGenerationSizeMb: YOUNG_MEMORY_MB }
    })
    this.#answer = this.#receive()
    // Nobody may be waiting yet when it fails.
    this.#answer.catch(() => {})
  }

  add (page: RegistryPage): void {
    this.#worker.postMessage(page satisfies ToSharedThread)
  }

  /** @throws {Fault} `MalformedGlobalConf` */
  async write (head: SharedHead, paths: Readonly<Record<GlobalConfVersion, string>>): Promise<readonly WrittenFile[]> {
    this.#worker.postMessage({ head, paths } satisfies ToSharedThread)
    const answer = await this.#answer
    if ('written' in answer) return answer.written
    const { kind, message } = answer.failure
    throw kind === undefined ? new Error(message) : new Fault(kind, message)
  }

  async [Symbol.asyncDispose] (): Promise<void> {
    await this.#worker.terminate()
  }

  async #receive (): Promise<FromSharedThread> {
    const ended = new AbortController()
    this.#worker.once('exit', () => { ended.abort(new Error('the thread that writes the configuration has ended')) })
    const [answer] = await once(this.#worker, 'message', { signal: ended.signal }) as [FromSharedThread]
    return answer
  }
}
