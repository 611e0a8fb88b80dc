/**
 * `npm run bench [-- --quick]`: our pair of gateways beside two plain mutual-TLS pairs, on the same service, in alternating turns.
 * `npm run bench -- core`: the core with registries of up to 10,000 members.
 * `npm run bench -- catalog`: search of a catalog of 3,000 services.
 * `npm run bench -- capture`: our pair with capture of accesses to personal data on, against off.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchCapture, formatCaptureTable } from './capture/bench-capture.ts'
import { benchCatalog, formatCatalogTable } from './catalog/bench-catalog.ts'
import { startChild } from './child.ts'
import { benchCore, formatCoreTable } from './core/bench-core.ts'
import { measure, REQUEST_BYTES_MAX, warmUp, type Plan } from './measure.ts'
import { makeCredentials } from './pairs/credentials.ts'
import { startNginxPair } from './pairs/nginx-pair.ts'
import { startOurPair } from './pairs/our-pair.ts'
import type { Pair, SealKeyKind } from './pairs/pair.ts'
import { startPlainPair } from './pairs/plain-pair.ts'
import { addRows, formatTable, sizeOf, type Measured } from './report.ts'

const HELP = `npm run bench [-- [core | capture | catalog] [OPTIONS]]

  core           the core instead: time and memory of a publication, and how it answers, for 100, 1,000 and 10,000 members
  capture        what strict capture of accesses to personal data adds to an exchange, ms
  catalog        how long a search of the catalog takes, ms, for 300 and 3,000 services

  --quick        1 KB alone, RSA-2048, under 90 s; of the core 100 members alone
  --rounds N     turns of each pair per row (default 3, quick 2)
  --seconds N    length of a turn (default 3, quick 2)
  --out FILE     where the figures go (default bench/latest.json, latest-core.json, latest-capture.json, latest-catalog.json)
  --help         this text`

const KB = 1024
const MB = 1024 * KB
const CONNECTIONS = [1, 10, 50]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false }
  }
})

const turns = { rounds: Number(values.rounds ?? (values.quick ? 2 : 3)), secondsPerRound: Number(values.seconds ?? (values.quick ? 2 : 3)) }

if (values.help) {
  console.log(HELP)
} else if (positionals[0] === 'core') {
  const rows = await benchCore(values.quick ? [100] : [100, 1000, 10_000], Number(values.rounds ?? (values.quick ? 1 : 3)))
  write(values.out ?? join(import.meta.dirname, 'latest-core.json'), { rows })
  console.log(`\n${formatCoreTable(rows)}\n\nA change: from its commit to its publication in versions 2 to 6. A minute: one in which nothing changed.`)
} else if (positionals[0] === 'catalog') {
  const rows = benchCatalog(values.quick ? [300] : [300, 3000])
  write(values.out ?? join(import.meta.dirname, 'latest-catalog.json'), { rows })
  console.log(`\n${formatCatalogTable(rows)}\n\nMilliseconds of one question with facets, as everybody asks it; the index is in memory.`)
} else if (positionals[0] === 'capture') {
  const loads = (values.quick ? [KB] : [KB, 100 * KB]).flatMap((bytes) => (values.quick ? [10] : CONNECTIONS).map((connections) => ({ bytes, connections })))
  const rows = await benchCapture(loads, turns)
  write(values.out ?? join(import.meta.dirname, 'latest-capture.json'), { rows })
  console.log(`\n${formatCaptureTable(rows)}\n\nMilliseconds. Each exchange names one person, and its answer is looked through; the event is on disk before the answer leaves.`)
} else {
  const measured = await bench(values.quick ? [[KB, 'RSA-2048']] : [[KB, 'RSA-2048'], [100 * KB, 'RSA-2048'], [10 * MB, 'RSA-2048'], [KB, 'P-256']], turns)
  write(values.out ?? join(import.meta.dirname, 'latest.json'), measured)
  console.log(`\n${formatTable(measured)}\n\nEach exchange: a request of up to ${sizeOf(REQUEST_BYTES_MAX)}, an answer of the size named. CPU and memory are of both processes of a pair.`)
}

function write (file: string, figures: object): void {
  writeFileSync(file, JSON.stringify({ ...figures, at: new Date().toISOString(), cores: cpus().length, node: process.version }, null, 2) + '\n')
}

async function bench (sizes: readonly (readonly [bytes: number, key: SealKeyKind])[], turns: Pick<Plan, 'rounds' | 'secondsPerRound'>): Promise<Measured> {
  const measured: Measured = { rows: [], baselines: [], shares: [] }
  await using parts = new AsyncDisposableStack()
  const service = parts.adopt(await startChild(join(import.meta.dirname, 'service.ts'), []), (child) => child.close())
  const credentials = parts.adopt(await makeCredentials(), (made) => { made.remove() })
  const close = (pair: Pair | undefined): Promise<void> => pair?.close() ?? Promise.resolve()
  const plain = parts.adopt(await startPlainPair(service.ready, credentials), close)
  const nginx = parts.adopt(await startNginxPair(service.ready, credentials), close)
  if (nginx === undefined) console.error('nginx is not installed: its pair is left out (npm run setup:system)')

  for (const pair of [plain, nginx]) if (pair !== undefined) await warmUp(pair)

  for (const key of new Set(sizes.map(([, key]) => key))) {
    await using own = new AsyncDisposableStack()
    const ours = own.adopt(await startOurPair({ serviceUrl: service.ready, key }), close)
    if (ours !== undefined) await warmUp(ours)
    const pairs = [ours, plain, nginx].filter((pair) => pair !== undefined)
    for (const [bytes] of sizes.filter(([, other]) => other === key)) {
      for (const connections of CONNECTIONS) {
        console.error(`${sizeOf(bytes)}, ${connections} connections, ${key} …`)
        const plan = { bytes, connections, ...turns }
        addRows(measured, plan, key, await measure(pairs, plan))
      }
    }
  }
  return measured
}
