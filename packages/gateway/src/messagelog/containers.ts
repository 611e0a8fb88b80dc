import { containerFileName, writeContainer } from '@trembita/protocol/asic'
import { Fault } from '@trembita/protocol/fault'
import { addTimestampToSignature, type HashChains, timestampTree } from '@trembita/protocol/signature'
import type { BodyFiles } from './body-files.ts'
import type { RecordRow } from './row.ts'
import { type KeptBody, readContent } from './content.ts'
import { leafCount, splitLeaves, type StampOfRecord } from './stamp-store.ts'
import type { StoreClient } from './store-client.ts'
import type { NamedContainer, RecordSeal } from './types.ts'

/** Trees of the last few stamps: an archive takes thousands of records of one stamp, one after another. */
const TREES_KEPT = 4

/** Rebuilds ASiC-E containers from records: always the same bytes for the same record. */
export class Containers {
  readonly #store: StoreClient
  readonly #bodies: BodyFiles
  readonly #trees = new Map<number, HashChains>()

  constructor (store: StoreClient, bodies: BodyFiles) {
    this.#store = store
    this.#bodies = bodies
  }

  /** @throws {Fault} `InternalError` for a record that is unknown, has no stamp yet, or was damaged on disk. */
  async build (id: number): Promise<NamedContainer & { readonly row: RecordRow }> {
    const [found, stamp] = await Promise.all([this.#store.call('content', id), this.#store.call('stampOf', id)])
    if (found === undefined) throw new Fault('InternalError', 'record is not in the message log')
    if (stamp === undefined) throw new Fault('InternalError', 'record has no time stamp yet')
    const { message, signature, hashChainResult, hashChain, bodies } = readContent(asBuffer(found.content))
    const attachments: Uint8Array[] = []
    for (const body of bodies) attachments.push(await this.#body(body))
    const bytes = await writeContainer({
      message,
      attachments,
      signature: stamp.kind === 'single' ? addTimestampToSignature(signature, stamp.token) : signature,
      hashChainResult,
      hashChain,
      timestamp: stamp.kind === 'batch' ? this.#batchStamp(stamp) : undefined,
      at: new Date(found.row.created)
    })
    return { id, name: containerFileName(found.row.queryId, found.row.direction, id), bytes, row: found.row }
  }

  /** What a record says of its seal and stamp, without its message. */
  async seal (id: number): Promise<RecordSeal | undefined> {
    const [found, stamp] = await Promise.all([this.#store.call('content', id), this.#store.call('stampOf', id)])
    if (found === undefined) return undefined
    const { signature, hashChain, bodies } = readContent(asBuffer(found.content))
    return {
      signature: asBuffer(signature),
      hashChain: hashChain !== undefined,
      bodies: bodies.length,
      ...stamp === undefined ? {} : { stamp: { kind: stamp.kind, authority: stamp.authority, records: leafCount(stamp.leaves), position: stamp.position ?? 0 } }
    }
  }

  async #body (body: KeptBody): Promise<Uint8Array> {
    if ('bytes' in body) return body.bytes
    const whole = Buffer.allocUnsafeSlow(body.size)
    let at = 0
    for await (const chunk of this.#bodies.read(body.file)) at += chunk.copy(whole, at)
    if (at !== body.size) throw new Error(`${body.file}: not of the size that its record names`)
    return whole
  }

  #batchStamp (stamp: StampOfRecord): { kind: 'batch', token: Uint8Array, hashChainResult: Uint8Array, hashChain: Uint8Array } {
    let tree = this.#trees.get(stamp.stamp)
    if (tree === undefined) {
      tree = timestampTree(splitLeaves(stamp.leaves!))
      if (this.#trees.size >= TREES_KEPT) this.#trees.delete(this.#trees.keys().next().value!)
      this.#trees.set(stamp.stamp, tree)
    }
    return { kind: 'batch', token: stamp.token, hashChainResult: tree.result, hashChain: tree.chain(stamp.position) }
  }
}

function asBuffer (bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
