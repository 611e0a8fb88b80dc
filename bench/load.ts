/**
 * The load generator, a process of its own: keeps N connections busy with one request each and reports on standard output.
 *
 *     node bench/load.ts '{"url": "http://127.0.0.1:8080/x", "headers": {}, "bodyBytes": 1024, "connections": 10, "seconds": 3, "exchangesMin": 1}'
 */
import { connect, type Socket } from 'node:net'
import { ResponseReader } from './response-reader.ts'

export interface LoadOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Bytes of every request's body. */
  readonly bodyBytes: number
  readonly connections: number
  readonly seconds: number
  /** Goes on past `seconds` until so many are done, but never past `secondsMax`. */
  readonly exchangesMin: number
  readonly secondsMax: number
}

export interface LoadResult {
  readonly exchanges: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
  /** Status and times seen, of answers that were not 200. */
  readonly refusals: Readonly<Record<string, number>>
  readonly bytes: number
}

if (process.argv[2] !== undefined && import.meta.main) console.log(JSON.stringify(await load(JSON.parse(process.argv[2]) as LoadOptions)))

export async function load (options: LoadOptions): Promise<LoadResult> {
  const request = requestBytes(options)
  const started = performance.now()
  const latencies: number[] = []
  const refusals: Record<string, number> = {}
  let failures = 0
  let bytes = 0
  const isDone = (): boolean => {
    const elapsed = (performance.now() - started) / 1000
    return elapsed >= options.secondsMax || (elapsed >= options.seconds && latencies.length >= options.exchangesMin)
  }
  const worker = async (): Promise<void> => {
    while (!isDone()) {
      const socket = await open(options.url).catch(() => undefined)
      if (socket === undefined) {
        failures++
        await new Promise((resolve) => { setTimeout(resolve, 20) })
        continue
      }
      const timeLeftMs = (): number => options.secondsMax * 1000 - (performance.now() - started)
      await talk(socket, request, { isDone, timeLeftMs }, (status, bodyBytes, ms) => {
        bytes += bodyBytes
        if (status === 200) latencies.push(ms)
        else refusals[status] = (refusals[status] ?? 0) + 1
      }, () => { failures++ })
    }
  }
  await Promise.all(Array.from({ length: options.connections }, worker))
  const seconds = (performance.now() - started) / 1000
  latencies.sort((a, b) => a - b)
  return { exchanges: latencies.length, seconds, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), failures, refusals, bytes }
}

/** One exchange after another on one connection, until it is time to stop or the connection ends. */
function talk (
  socket: Socket, request: Buffer, until: { isDone: () => boolean, timeLeftMs: () => number },
  onAnswer: (status: number, bodyBytes: number, ms: number) => void, onFailure: () => void
): Promise<void> {
  return new Promise((resolve) => {
    const reader = new ResponseReader()
    let sentAt = 0
    let isWaiting = false
    // An answer that does not come in time is no answer.
    const deadline = setTimeout(() => { socket.destroy() }, Math.max(1, until.timeLeftMs()))
    const next = (): void => {
      if (until.isDone() || reader.isLast) {
        socket.destroy()
        return
      }
      isWaiting = true
      sentAt = performance.now()
      socket.write(request)
    }
    socket.on('data', (chunk: Buffer) => {
      try {
        if (!reader.read(chunk)) return
      } catch {
        socket.destroy()
        return
      }
      isWaiting = false
      onAnswer(reader.status, reader.bodyBytes, performance.now() - sentAt)
      next()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(deadline)
      if (isWaiting && !until.isDone()) onFailure()
      resolve()
    })
    next()
  })
}

function open (url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

function requestBytes ({ url, headers, bodyBytes }: LoadOptions): Buffer {
  const { pathname, search, host } = new URL(url)
  const lines = Object.entries({ host, 'content-type': 'application/json', 'content-length': String(bodyBytes), ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const body = `{"padding":"${'x'.repeat(Math.max(0, bodyBytes - 14))}"}`
  return Buffer.from(`POST ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body.slice(0, bodyBytes)}`, 'latin1')
}

function quantile (sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * q) - 1)] ?? 0
}
