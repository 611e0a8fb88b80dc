import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadOptions, LoadResult } from './load.ts'
import type { Pair } from './pairs/pair.ts'
import { processUse } from './process-use.ts'

/** What is asked of every pair in turn. */
export interface Plan {
  /** Bytes of the answer. The request carries the same, but no more than `REQUEST_BYTES_MAX`. */
  readonly bytes: number
  readonly connections: number
  /** How often each pair gets its turn. */
  readonly rounds: number
  readonly secondsPerRound: number
}

/** One pair's turn, or the median of its turns. */
export interface Sample {
  readonly exchangesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of both processes of the pair. */
  readonly cpuMsPerExchange: number
  /** Memory of both processes after the turn. */
  readonly rssMb: number
  /** Share of each step in the time of the flow, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>
}

/** Registers are asked in a few lines and may answer much: requests do not grow with the answers past this. */
export const REQUEST_BYTES_MAX = 1024

const WARM_UP_SECONDS = 0.5
/** Before the first turn of a pair: long enough for the compiler to have seen all paths. */
const FIRST_WARM_UP = { bytes: 1024, connections: 20, rounds: 1, secondsPerRound: 6 }
/** A turn that has not made enough exchanges by then ends with what it has. */
const SECONDS_MAX = 60

/** Without it the first row would measure the compiler. */
export async function warmUp (pair: Pair): Promise<void> {
  await runLoad(pair, FIRST_WARM_UP)
}

/** Gives each pair its turns, alternating, so that whatever else the machine does meets all alike. */
export async function measure (pairs: readonly Pair[], plan: Plan): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(pairs.map(({ name }) => [name, []]))
  for (const pair of pairs) await runLoad(pair, { ...plan, secondsPerRound: WARM_UP_SECONDS })
  for (let round = 0; round < plan.rounds; round++) {
    for (const pair of pairs) samples.get(pair.name)!.push(await takeTurn(pair, plan))
  }
  return samples
}

async function takeTurn (pair: Pair, plan: Plan): Promise<Sample> {
  const steps = await pair.steps?.() ?? {}
  const before = processUse(pair.pids)
  const result = await runLoad(pair, plan)
  const after = processUse(pair.pids)
  return {
    exchangesPerSecond: result.exchanges / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMsPerExchange: (after.cpuMs - before.cpuMs) / Math.max(1, result.exchanges),
    rssMb: after.rssBytes / 2 ** 20,
    shares: sharesOf(steps, await pair.steps?.() ?? {})
  }
}

/** @throws {Error} when an exchange was refused or broke off: rates of refusals are no rates. */
async function runLoad (pair: Pair, plan: Plan): Promise<LoadResult> {
  const options: LoadOptions = {
    url: `${pair.url}/bytes/${plan.bytes}`,
    headers: pair.headers,
    bodyBytes: Math.min(plan.bytes, REQUEST_BYTES_MAX),
    connections: plan.connections,
    seconds: plan.secondsPerRound,
    exchangesMin: plan.connections,
    secondsMax: SECONDS_MAX
  }
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(options)])
  const result = JSON.parse(stdout) as LoadResult
  if (result.failures > 0 || Object.keys(result.refusals).length > 0 || result.exchanges === 0) {
    throw new Error(`${pair.name}: ${result.exchanges} exchanges, ${result.failures} broken off, refused: ${JSON.stringify(result.refusals)}`)
  }
  return result
}

function sharesOf (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): Record<string, number> {
  const spent = Object.entries(after).map(([step, ms]) => [step, ms - (before[step] ?? 0)] as const)
  const total = spent.reduce((sum, [, ms]) => sum + ms, 0)
  return Object.fromEntries(spent.map(([step, ms]) => [step, total === 0 ? 0 : ms / total]))
}

/** The middle of each figure over the turns. */
export function medianSample (samples: readonly Sample[]): Sample {
  const of = (figure: (sample: Sample) => number): number => median(samples.map(figure))
  return {
    exchangesPerSecond: of((sample) => sample.exchangesPerSecond),
    p50Ms: of((sample) => sample.p50Ms),
    p99Ms: of((sample) => sample.p99Ms),
    cpuMsPerExchange: of((sample) => sample.cpuMsPerExchange),
    rssMb: of((sample) => sample.rssMb),
    shares: samples.at(-1)?.shares ?? {}
  }
}

/** Median of the ratios of turns that stood side by side; steadier than the ratio of medians on a machine that others use. */
export function medianRatio (ours: readonly Sample[], theirs: readonly Sample[] | undefined): number | null {
  if (theirs === undefined) return null
  return median(ours.map((sample, i) => sample.exchangesPerSecond / theirs[i]!.exchangesPerSecond))
}

export function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
