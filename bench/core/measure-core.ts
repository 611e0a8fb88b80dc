import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild, type Child } from '../child.ts'
import { median } from '../measure.ts'
import { processUse } from '../process-use.ts'
import type { Size } from './fill.ts'

/** What a core of one size takes. */
export interface CoreRow extends Size {
  /** From a change to its publication in all versions, median of the rounds. */
  readonly generationSeconds: number
  /** A minute in which nothing changed. */
  readonly unchangedSeconds: number
  /** Processor time of a generation, all threads. */
  readonly generationCpuSeconds: number
  /** Most memory that the process held from a change to its publication, asked nothing else. */
  readonly peakMb: number
  /** Most memory that it held in all, with lists, searches and pages asked for while it published. */
  readonly peakWithCallsMb: number
  /** The shared parameters in version 6. */
  readonly partMb: number
  readonly idle: Latency
  /** While a generation is made. */
  readonly busy: Latency
  readonly pages: Latency
}

export interface Latency {
  readonly p50Ms: number
  readonly p95Ms: number
}

interface Ready { readonly admin: string, readonly configuration: string, readonly key: string }
interface Node { readonly duration_ms: number, readonly stamp: string, readonly revision: number }

const API = [
  '/members?limit=50', '/members?q=громади 77&limit=50', '/members?sort=member_code&desc=true&limit=50&offset=500', '/members/BENCH:COM:10000010', '/subsystems?q=реєстр 3&limit=50', '/security-servers?limit=50',
  '/security-servers/BENCH:COM:10000010:gw1', '/global-groups/security-server-owners/members?limit=50', '/overview', '/configuration-sources/INTERNAL/generations', '/audit-events?limit=50'
].map((path) => `/api/v1${path}`)
const PAGES = ['/', '/members', '/members?q=громади 77', '/members/BENCH:COM:10000010', '/subsystems', '/security-servers', '/security-servers/BENCH:COM:10000010:gw1', '/global-groups', '/management-requests', '/configuration', '/trust-services', '/federation']
const ROUNDS_OF_CALLS = 10

export async function measureCore (folder: string, size: Size, rounds: number): Promise<CoreRow> {
  const child = await startChild(join(import.meta.dirname, 'core.ts'), [folder], {}, 120_000)
  try {
    const core = new CoreClient(child, JSON.parse(child.ready) as Ready)
    // The key of the bench was a change, too: its publication is over by then.
    await sleep(3000 + size.members)
    const generations: number[] = []
    const cpu: number[] = []
    resetPeak(child.pid)
    for (let round = 0; round < rounds; round++) {
      const before = processUse([child.pid]).cpuMs
      generations.push(await core.change(`Державні органи ${round}`, () => sleep(250)) / 1000)
      cpu.push((processUse([child.pid]).cpuMs - before) / 1000)
    }
    const peak = peakOf(child.pid)
    await core.latencies([...API, ...PAGES], 1)
    const busy: number[] = []
    for (let round = 0; round < rounds; round++) {
      await core.change(`Органи держави ${round}`, async () => { busy.push(...await core.latencies(API, 1)) })
    }
    const unchanged = await core.publishAgain(child.pid)
    const idle = await core.latencies(API)
    const pages = await core.latencies(PAGES)
    return {
      ...size,
      generationSeconds: round(median(generations), 2),
      unchangedSeconds: round(unchanged / 1000, 3),
      generationCpuSeconds: round(median(cpu), 2),
      peakMb: Math.round(peak),
      peakWithCallsMb: Math.round(peakOf(child.pid)),
      partMb: round(await core.partBytes() / 2 ** 20, 1),
      idle: latencyOf(idle),
      busy: latencyOf(busy),
      pages: latencyOf(pages)
    }
  } finally {
    await child.close()
  }
}

class CoreClient {
  readonly #child: Child
  readonly #ready: Ready

  constructor (child: Child, ready: Ready) {
    this.#child = child
    this.#ready = ready
  }

  async call (path: string, init: { method?: string, body?: object } = {}): Promise<unknown> {
    const response = await fetch(`${this.#ready.admin}${path}`, {
      method: init.method ?? 'GET',
      headers: { authorization: `X-Road-ApiKey token=${this.#ready.key}`, ...init.body === undefined ? {} : { 'content-type': 'application/json' } },
      ...init.body === undefined ? {} : { body: JSON.stringify(init.body) }
    })
    const text = await response.text()
    if (response.status >= 300) throw new Error(`${path}: HTTP ${response.status} ${text.slice(0, 200)}`)
    return response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text
  }

  /** Changes something and waits until it is published. @returns how long it took from the start of the generation, ms. */
  async change (description: string, meanwhile: () => Promise<void>): Promise<number> {
    const before = await this.#node()
    await this.call('/api/v1/member-classes/GOV', { method: 'PATCH', body: { description } })
    for (;;) {
      await meanwhile()
      const node = await this.#node()
      if (node.revision > before.revision) return node.duration_ms
    }
  }

  async publishAgain (pid: number): Promise<number> {
    const { stamp } = await this.#node()
    process.kill(pid, 'SIGUSR2')
    for (;;) {
      const node = await this.#node()
      if (node.stamp !== stamp) return node.duration_ms
      await sleep(20)
    }
  }

  async latencies (paths: readonly string[], rounds = ROUNDS_OF_CALLS): Promise<number[]> {
    const found: number[] = []
    for (let i = 0; i < rounds; i++) {
      for (const path of paths) {
        const started = performance.now()
        await this.call(path)
        found.push(performance.now() - started)
      }
    }
    return found
  }

  async partBytes (): Promise<number> {
    const parts = await this.call('/api/v1/configuration-sources/INTERNAL/configuration-parts') as { content_identifier: string, size: number }[]
    return parts.find(({ content_identifier: name }) => name === 'SHARED-PARAMETERS')!.size
  }

  async #node (): Promise<Node> {
    const { nodes } = await this.call('/api/v1/system/high-availability-cluster/status') as { nodes: readonly [Node] }
    return nodes[0]
  }
}

/** proc(5): 5 resets the high-water mark of a process's memory. */
function resetPeak (pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function peakOf (pid: number): number {
  if (process.platform !== 'linux') return 0
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024
}

function latencyOf (all: readonly number[]): Latency {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0, 1)
  return { p50Ms: at(0.5), p95Ms: at(0.95) }
}

function round (value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
