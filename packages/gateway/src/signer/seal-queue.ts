import { Fault } from '@trembita/protocol/fault'
import { seal, type Piece, type SealKey, type SignatureParts } from '@trembita/protocol/signature'

interface Waiting {
  readonly pieces: readonly Piece[]
  readonly resolve: (parts: SignatureParts) => void
  readonly reject: (error: unknown) => void
}

/** As many operations of one key run side by side as there are cores to use; what comes meanwhile is signed together. */
const RUNNING_MAX = 2

/**
 * Signs for one key. A message that finds the key idle is signed alone; those that arrive while it is busy share the next
 * operation, each with its own hash chain (xroad-messages §3.5: "several messages signed at once").
 */
export class SealQueue {
  readonly #key: SealKey
  readonly #now: () => Date
  readonly #batchMax: number
  #waiting: Waiting[] = []
  #running = 0

  constructor (key: SealKey, now: () => Date, batchMax: number) {
    this.#key = key
    this.#now = now
    this.#batchMax = batchMax
  }

  seal (pieces: readonly Piece[]): Promise<SignatureParts> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ pieces, resolve, reject })
      this.#next()
    })
  }

  #next (): void {
    while (this.#running < RUNNING_MAX && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchMax)
      this.#running++
      seal(this.#key, batch.map(({ pieces }) => pieces), this.#now()).then(
        (parts) => { batch.forEach(({ resolve }, index) => resolve(parts[index]!)) },
        (cause: unknown) => {
          const fault = cause instanceof Fault ? cause : new Fault('CannotCreateSignature', 'the signing key could not be used', { cause })
          for (const { reject } of batch) reject(fault)
        }
      ).finally(() => {
        this.#running--
        this.#next()
      })
    }
  }
}
