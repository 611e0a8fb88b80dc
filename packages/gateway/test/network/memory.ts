import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { GatewayProcess } from './network.ts'

/** Linux tells how much memory a process holds, and held at most. */
export const NO_PROC = existsSync('/proc/self/clear_refs') ? false : 'needs /proc of Linux'

function statusOf (pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  if (found === null) throw new Error(`no ${field} in /proc/${pid}/status`)
  return Number(found[1]) * 1024
}

/** Watches how far the memory of a gateway grows from now on: the peak, not what it is when one looks. */
export function watchMemory ({ pid }: GatewayProcess): { grownBytes (): number, restingBytes: number } {
  const restingBytes = statusOf(pid, 'VmRSS')
  // Sets the peak back to what is held now (proc(5), clear_refs).
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  return { restingBytes, grownBytes: () => statusOf(pid, 'VmHWM') - restingBytes }
}
