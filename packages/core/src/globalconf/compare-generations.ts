import { getCompileCacheDir } from 'node:module'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { compareElements, type ElementChange } from './compare-elements.ts'
import { elementsOf } from './configuration-elements.ts'
import { KEPT_VERSION, readKept, type Generations, type KeptGeneration, type KeptPart } from './generations.ts'

/** What differs in one part between two generations. */
export interface PartChange {
  readonly contentIdentifier: string
  readonly change: 'added' | 'removed' | 'changed'
  /** Of parts that speak of members, servers and services, thing by thing. */
  readonly elements?: readonly ElementChange[] | undefined
  /** Of others the text, if it is not too long to show. */
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** A part as it is compared: where it lies, if it is there at all. */
export interface PartPair {
  readonly contentIdentifier: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Longer texts are named as changed and not shown. */
const TEXT_BYTES_MAX = 256 * 1024
/** Reading larger parts would hold up everybody else for too long: a thread does it. */
const BYTES_WITHOUT_THREAD = 1024 * 1024

/** What changed between two generations, in the parts that `wanted` names. */
export async function compareGenerations (generations: Generations, before: KeptGeneration, after: KeptGeneration, wanted: (contentIdentifier: string) => boolean): Promise<readonly PartChange[]> {
  const identifiers = [...new Set([...after.parts, ...before.parts].map(({ contentIdentifier }) => contentIdentifier))].filter(wanted)
  const of = ({ parts }: KeptGeneration, contentIdentifier: string): KeptPart | undefined => parts.find((part) => part.contentIdentifier === contentIdentifier)
  const differing = identifiers.flatMap((contentIdentifier) => {
    const [old, now] = [of(before, contentIdentifier), of(after, contentIdentifier)]
    return old?.digest === now?.digest ? [] : [{ contentIdentifier, old, now }]
  })
  const pairs = differing.map(({ contentIdentifier, old, now }): PartPair => ({
    contentIdentifier, before: old === undefined ? undefined : generations.pathOf(old), after: now === undefined ? undefined : generations.pathOf(now)
  }))
  const size = differing.reduce((sum, { old, now }) => sum + (old?.size ?? 0) + (now?.size ?? 0), 0)
  return size > BYTES_WITHOUT_THREAD ? await compareInThread(pairs) : await compareParts(pairs)
}

export async function compareParts (pairs: readonly PartPair[]): Promise<PartChange[]> {
  const changes: PartChange[] = []
  for (const { contentIdentifier, before, after } of pairs) {
    const [old, now] = [before === undefined ? undefined : await readKept(before), after === undefined ? undefined : await readKept(after)]
    const change = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    const elements = (bytes: Buffer | undefined): ReturnType<typeof elementsOf> => bytes === undefined ? [] : elementsOf(contentIdentifier, bytes, KEPT_VERSION)
    const [oldElements, newElements] = [elements(old), elements(now)]
    changes.push(oldElements === undefined || newElements === undefined
      ? { contentIdentifier, change, before: textOf(old), after: textOf(now) }
      : { contentIdentifier, change, elements: compareElements(oldElements, newElements) })
  }
  return changes
}

function textOf (bytes: Buffer | undefined): string | undefined {
  return bytes === undefined || bytes.length > TEXT_BYTES_MAX ? undefined : bytes.toString('utf8')
}

async function compareInThread (pairs: readonly PartPair[]): Promise<readonly PartChange[]> {
  // Runs as source in development and compiled when published.
  const file = new URL(import.meta.url.endsWith('.ts') ? './compare-worker.ts' : './compare-worker.js', import.meta.url)
  const cache = getCompileCacheDir()
  const worker = new Worker(file, { workerData: pairs, name: 'globalconf-compare', env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache } })
  const [changes] = await once(worker, 'message') as [readonly PartChange[]]
  return changes
}
