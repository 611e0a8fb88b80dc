import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillRegistry, sizeOf } from './fill.ts'
import { measureCore, type CoreRow } from './measure-core.ts'

/** A core with registries of these sizes: what it takes to publish a change, and how it answers meanwhile. */
export async function benchCore (members: readonly number[], rounds: number): Promise<CoreRow[]> {
  const rows: CoreRow[] = []
  for (const count of members) {
    const folder = await mkdtemp(join(tmpdir(), 'trembita-bench-core-'))
    try {
      const size = sizeOf(count)
      console.error(`${size.members} members, ${size.gateways} gateways, ${size.subsystems} subsystems: filling …`)
      await fillRegistry(folder, size)
      console.error('measuring …')
      rows.push(await measureCore(folder, size, rounds))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  return rows
}

/** The table for people. */
export function formatCoreTable (rows: readonly CoreRow[]): string {
  const head = ['members', 'gateways', 'subsystems', 'change, s', 'CPU, s', 'minute, s', 'peak MB', 'with calls', 'file MB', 'API p50/p95 ms', 'while generating', 'pages p50/p95 ms']
  const latency = ({ p50Ms, p95Ms }: CoreRow['idle']): string => `${p50Ms.toFixed(0)} / ${p95Ms.toFixed(0)}`
  const lines = rows.map((row) => [
    String(row.members), String(row.gateways), String(row.subsystems), row.generationSeconds.toFixed(2), row.generationCpuSeconds.toFixed(2), row.unchangedSeconds.toFixed(3),
    String(row.peakMb), String(row.peakWithCallsMb), row.partMb.toFixed(1),
    latency(row.idle), latency(row.busy), latency(row.pages)
  ])
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i]!.length)))
  const format = (cells: readonly string[]): string => cells.map((cell, i) => cell.padStart(widths[i]!)).join('  ')
  return [format(head), format(widths.map((width) => '-'.repeat(width))), ...lines.map(format)].join('\n')
}
