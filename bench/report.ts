import type { SealKeyKind } from './pairs/pair.ts'
import { medianRatio, medianSample, type Plan, type Sample } from './measure.ts'

/** A row of `latest.json`. */
export interface Row {
  readonly bytes: number
  readonly connections: number
  readonly key: SealKeyKind
  readonly exchangesPerSecond: number
  readonly ratioToPlainPair: number
  /** null where nginx is not installed. */
  readonly ratioToNginxPair: number | null
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMsPerExchange: number
  readonly rssMb: number
}

export interface BaselineRow extends Omit<Row, 'key' | 'ratioToPlainPair' | 'ratioToNginxPair'> {
  readonly pair: string
}

export interface Measured {
  readonly rows: Row[]
  readonly baselines: BaselineRow[]
  /** Where the time of our flow goes, one entry per row of `rows`. */
  readonly shares: Readonly<Record<string, number>>[]
}

export function addRows (measured: Measured, plan: Plan, key: SealKeyKind, samples: ReadonlyMap<string, Sample[]>): void {
  for (const [pair, turns] of samples) {
    const { shares, ...figures } = medianSample(turns)
    const row = { bytes: plan.bytes, connections: plan.connections, ...rounded(figures) }
    if (pair !== 'ours') {
      measured.baselines.push({ pair, ...row })
      continue
    }
    const { bytes, connections, ...rest } = row
    const [plain, nginx] = [medianRatio(turns, samples.get('plain')), medianRatio(turns, samples.get('nginx'))]
    const { exchangesPerSecond, ...other } = rest
    measured.rows.push({ bytes, connections, key, exchangesPerSecond, ratioToPlainPair: round(plain ?? 0, 3), ratioToNginxPair: nginx === null ? null : round(nginx, 3), ...other })
    measured.shares.push(Object.fromEntries(Object.entries(shares).map(([step, share]) => [step, round(share, 3)])))
  }
}

function rounded (figures: Omit<Sample, 'shares'>): Omit<Sample, 'shares'> {
  return {
    exchangesPerSecond: round(figures.exchangesPerSecond, 1),
    p50Ms: round(figures.p50Ms, 2),
    p99Ms: round(figures.p99Ms, 2),
    cpuMsPerExchange: round(figures.cpuMsPerExchange, 3),
    rssMb: round(figures.rssMb, 1)
  }
}

function round (value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** The table for people. */
export function formatTable ({ rows, baselines, shares }: Measured): string {
  const head = ['answer', 'conn.', 'pair', 'exch/s', '÷ plain', '÷ nginx', 'p50 ms', 'p99 ms', 'CPU ms', 'MB']
  const figures = (row: BaselineRow | Row): string[] => [row.p50Ms.toFixed(2), row.p99Ms.toFixed(2), row.cpuMsPerExchange.toFixed(3), row.rssMb.toFixed(0)]
  const lines = [
    ...rows.map((row) => [sizeOf(row.bytes), String(row.connections), `ours ${row.key}`, row.exchangesPerSecond.toFixed(1), row.ratioToPlainPair.toFixed(3), row.ratioToNginxPair?.toFixed(3) ?? '–', ...figures(row)]),
    ...baselines.map((row) => [sizeOf(row.bytes), String(row.connections), row.pair, row.exchangesPerSecond.toFixed(1), '', '', ...figures(row)])
  ]
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i]!.length)))
  const format = (cells: string[]): string => cells.map((cell, i) => i === 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join('  ')
  const table = [format(head), format(widths.map((width) => '-'.repeat(width))), ...lines.map(format)]
  const where = rows.flatMap((row, i) => {
    const named = Object.entries(shares[i] ?? {}).filter(([, share]) => share > 0.005).toSorted(([, a], [, b]) => b - a)
    return named.length === 0 ? [] : [`${sizeOf(row.bytes)}, ${row.connections} conn., ${row.key}: ${named.map(([step, share]) => `${step} ${Math.round(share * 100)} %`).join(', ')}`]
  })
  return [...table, ...(where.length === 0 ? [] : ['', 'Where the time goes, shares of the flow:', ...where])].join('\n')
}

export function sizeOf (bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MB` : `${bytes / 1024} KB`
}
