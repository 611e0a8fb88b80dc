import { join } from 'node:path'
import { startChild } from '../child.ts'
import { measure, median, medianSample, warmUp, type Plan } from '../measure.ts'
import { startCapturePairs } from './capture-pair.ts'

/** One load, with capture and without, in alternating turns. */
export interface CaptureRow {
  readonly bytes: number
  readonly connections: number
  readonly off: { readonly exchangesPerSecond: number, readonly p50Ms: number, readonly p99Ms: number }
  readonly on: { readonly exchangesPerSecond: number, readonly p50Ms: number, readonly p99Ms: number }
  /** Medians of the differences of turns that stood side by side. */
  readonly addedP50Ms: number
  readonly addedP99Ms: number
}

/** What strict capture of accesses to personal data costs an exchange. */
export async function benchCapture (loads: readonly Pick<Plan, 'bytes' | 'connections'>[], turns: Pick<Plan, 'rounds' | 'secondsPerRound'>): Promise<CaptureRow[]> {
  await using parts = new AsyncDisposableStack()
  const service = parts.adopt(await startChild(join(import.meta.dirname, '../service.ts'), []), (child) => child.close())
  const { off, on } = parts.adopt(await startCapturePairs(service.ready), (pairs) => pairs.close())
  await warmUp(off)
  await warmUp(on)
  const rows: CaptureRow[] = []
  for (const load of loads) {
    console.error(`${load.bytes} bytes, ${load.connections} connections …`)
    const samples = await measure([off, on], { ...load, ...turns })
    const [without, by] = [samples.get('off')!, samples.get('on')!]
    const added = (figure: 'p50Ms' | 'p99Ms'): number => round(median(by.map((sample, i) => sample[figure] - without[i]![figure])))
    const figures = (of: typeof by): CaptureRow['on'] => {
      const { exchangesPerSecond, p50Ms, p99Ms } = medianSample(of)
      return { exchangesPerSecond: round(exchangesPerSecond), p50Ms: round(p50Ms), p99Ms: round(p99Ms) }
    }
    rows.push({ ...load, off: figures(without), on: figures(by), addedP50Ms: added('p50Ms'), addedP99Ms: added('p99Ms') })
  }
  return rows
}

/** The table for people. */
export function formatCaptureTable (rows: readonly CaptureRow[]): string {
  const cells = [['bytes', 'connections', 'off p50', 'off p99', 'on p50', 'on p99', 'added p50', 'added p99'],
    ...rows.map(({ bytes, connections, off, on, addedP50Ms, addedP99Ms }) => [bytes, connections, off.p50Ms, off.p99Ms, on.p50Ms, on.p99Ms, addedP50Ms, addedP99Ms].map(String))]
  return cells.map((row) => row.map((cell) => cell.padStart(12)).join('')).join('\n')
}

const round = (value: number): number => Number(value.toFixed(2))
