import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second (USER_HZ), whatever the kernel's own clock is. */
const TICK_MS = 10
const PAGE_BYTES = 4096

export interface ProcessUse {
  /** Processor time since the processes started, ms. */
  readonly cpuMs: number
  /** Memory held now. */
  readonly rssBytes: number
}

interface Stat {
  readonly parent: number
  readonly cpuMs: number
  readonly rssBytes: number
}

/** What these processes and all below them have used. Linux only; zeros elsewhere. */
export function processUse (pids: readonly number[]): ProcessUse {
  const stats = readStats()
  const family = new Set(pids)
  // A child has a later entry than its parent nearly always, but not by rule: repeat until nothing is added.
  for (let size = -1; size !== family.size;) {
    size = family.size
    for (const [pid, { parent }] of stats) if (family.has(parent)) family.add(pid)
  }
  let cpuMs = 0
  let rssBytes = 0
  for (const pid of family) {
    cpuMs += stats.get(pid)?.cpuMs ?? 0
    rssBytes += stats.get(pid)?.rssBytes ?? 0
  }
  return { cpuMs, rssBytes }
}

function readStats (): Map<number, Stat> {
  const stats = new Map<number, Stat>()
  if (process.platform !== 'linux') return stats
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      stats.set(Number(name), parseStat(readFileSync(`/proc/${name}/stat`, 'latin1')))
    } catch {
      // Gone between the listing and the reading.
    }
  }
  return stats
}

/** proc(5): the command stands in parentheses and may hold spaces; fields 4, 14, 15 and 24 are parent, utime, stime, rss. */
export function parseStat (text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number)
  return { parent: fields[1]!, cpuMs: (fields[11]! + fields[12]!) * TICK_MS, rssBytes: fields[21]! * PAGE_BYTES }
}
