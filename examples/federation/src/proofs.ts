import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readContainer, readZip, CONTAINER_LIMITS } from '@trembita/protocol/asic'
import { CABINET, type Outcome } from './exchanges.ts'
import { PORTS } from './plan/index.ts'
import { checkByForeignTools, type ForeignChecks } from './foreign-tools.ts'

const run = promisify(execFile)

/** What is proved about one sealed message, as one gateway keeps it. */
export interface Proof {
  readonly exchange: Outcome
  readonly direction: 'request' | 'response'
  /** Which gateway's record it is. */
  readonly at: 'consumer' | 'provider'
  readonly sealedBy: string
  readonly certificate: string
  readonly sealedAt: string
  readonly stampedAt: string
  /** File name of the container: it holds the number of the record. */
  readonly record: string
  readonly verified: boolean
  readonly reason: string
  readonly foreign: ForeignChecks
}

/** The part of `trembita-verify --json` that is shown. */
interface VerifierReport {
  readonly verdict: string
  readonly containers: readonly {
    readonly name: string
    readonly verdict: string
    readonly reason: { readonly code: string, readonly message: string } | null
    readonly signer: string | null
    readonly signingTime: string | null
    readonly certificate: { readonly serialNumber: string } | null
    readonly timestamp: { readonly time: string } | null
  }[]
}

/** Fetches the containers of every exchange from both gateways and has them checked, by our verifier and by tools that are not ours. */
export async function proveExchanges (outcomes: readonly Outcome[], folder: string, trustFolder: string, say: (line: string) => void): Promise<Proof[]> {
  await mkdir(folder, { recursive: true })
  const trust = join(folder, 'verificationconf.zip')
  await writeFile(trust, await download(`http://127.0.0.1:${PORTS.consumer.consumerHttp}/verificationconf`))
  const proofs: Proof[] = []
  for (const exchange of outcomes) {
    const sides = [
      { at: 'consumer' as const, party: CABINET, port: PORTS.consumer.consumerHttp },
      { at: 'provider' as const, party: exchange.provider, port: PORTS.provider.consumerHttp }
    ]
    // A refused request reached no record of the provider's.
    const kept = exchange.complete ? sides : sides.slice(0, 1)
    const proved = await Promise.all(kept.map(async ({ at, party, port }) => await proveSide(exchange, at, `http://127.0.0.1:${port}/asic?force&${queryOf(exchange.id, party)}`, folder, trust, trustFolder)))
    proofs.push(...proved.flat())
    say(`proofs of «${exchange.title}» checked`)
  }
  return proofs
}

export function queryOf (id: string, party: string): string {
  const [xRoadInstance, memberClass, memberCode, subsystemCode] = party.split('/') as [string, string, string, string]
  return new URLSearchParams({ queryId: id, xRoadInstance, memberClass, memberCode, subsystemCode }).toString()
}

async function download (url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) })
  const body = Buffer.from(await response.arrayBuffer())
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status} ${body.toString('utf8').trim()}`)
  return body
}

async function proveSide (exchange: Outcome, at: Proof['at'], url: string, folder: string, trust: string, trustFolder: string): Promise<Proof[]> {
  const zip = await download(url)
  const path = join(folder, `${exchange.id}-${at}.zip`)
  await writeFile(path, zip)
  const report = await verify(path, trust)
  const { entries } = await readZip(zip, CONTAINER_LIMITS)
  const proofs: Proof[] = []
  for (const [name, bytes] of entries) {
    const found = report.containers.find((container) => container.name === name)
    proofs.push({
      exchange,
      direction: name.includes('-response-') ? 'response' : 'request',
      at,
      sealedBy: found?.signer ?? '?',
      certificate: found?.certificate === null || found === undefined ? '?' : BigInt(found.certificate.serialNumber).toString(16),
      sealedAt: found?.signingTime ?? '?',
      stampedAt: found?.timestamp?.time ?? '?',
      record: name,
      verified: found?.verdict === 'verified',
      reason: found?.reason == null ? '' : `${found.reason.code}: ${found.reason.message}`,
      foreign: await checkByForeignTools(await readContainer(bytes), trustFolder)
    })
  }
  return proofs
}

/** Runs the auditor's tool as a program of its own, offline, on the file alone. */
export async function verify (path: string, trust: string): Promise<VerifierReport> {
  const tool = new URL('../../../packages/protocol/bin/trembita-verify.ts', import.meta.url).pathname
  const { stdout } = await run(process.execPath, [tool, path, '--trust', trust, '--json']).catch((error: { stdout?: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw error
    return { stdout: error.stdout }
  })
  return JSON.parse(stdout) as VerifierReport
}
