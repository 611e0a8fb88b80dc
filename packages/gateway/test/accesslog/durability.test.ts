import t, { type Test } from 'tap'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { rest, faultOf } from '../network/messages.ts'
import type { GatewayProcess } from '../network/network.ts'
import { startWatched, type Watched } from './watched-network.ts'

/*
 * The provider's gateway dies by kill -9, at each step and in the middle of its reports; a centre that takes the contract by the letter
 * tells afterwards whether something is missing or twice there.
 */
const KILL_AT_STEP = fileURLToPath(new URL('../network/kill-at-step.ts', import.meta.url))
const STEPS = ['read', 'verify', 'log', 'service', 'seal', 'log', 'reply']

async function ask (gateway: string, succeeded: Set<string>): Promise<void> {
  const id = randomUUID()
  try {
    const reply = await rest(gateway, { path: '/persons/3000300007', headers: { 'X-Road-Id': id } })
    if (reply.status === 200 && faultOf(reply) === '') succeeded.add(id)
  } catch {
    // its gateway died
  }
}

/** Everything that a caller saw succeed is told of, once; numbers have no gap. */
function check (t: Test, { centre }: Watched, succeeded: Set<string>): void {
  const told = centre.events.map(({ exchange }) => exchange.messageId!)
  t.same([...succeeded].filter((id) => !told.includes(id)), [], `each of ${succeeded.size} accesses that a caller saw succeed is told of`)
  t.same(told.filter((id, i) => told.indexOf(id) !== i), [], 'none is told of twice')
  t.same(centre.events.map(({ source }) => source.seq), centre.events.map((_, i) => i + 1), 'numbers have no gap')
  t.same(centre.complaints, [])
}

t.test('kill -9 at each step loses no access that a caller saw succeed, and doubles none (TR-5.3)', { timeout: 100_000 }, async (t) => {
  const watched = await startWatched(t)
  const { network, centre } = watched
  const { addresses } = await network.embed('gwa')
  const succeeded = new Set<string>()
  let provider: GatewayProcess | undefined
  for (const [index, step] of STEPS.entries()) {
    await provider?.kill()
    provider = await network.spawn('gwb', { file: KILL_AT_STEP, args: ['provider', String(STEPS.length + index + 1)] })
    // The first may still meet a connection to the gateway that died before.
    for (let tries = 0; tries < 5 && provider.child.signalCode === null; tries++) await ask(addresses.consumerHttp!, succeeded)
    t.equal((await provider.ended).signal, 'SIGKILL', `dies after ${step}`)
  }
  provider = await network.spawn('gwb')
  await ask(addresses.consumerHttp!, succeeded)
  await centre.until((events) => [...succeeded].every((id) => events.some(({ exchange }) => exchange.messageId === id)))
  t.ok(succeeded.size >= STEPS.length, `${succeeded.size} succeeded`)
  check(t, watched, succeeded)
})

t.test('kill -9 under load, in the middle of reports whose answers are lost (TR-5.3)', { timeout: 100_000 }, async (t) => {
  const watched = await startWatched(t)
  const { network, centre } = watched
  const { addresses } = await network.embed('gwa')
  const succeeded = new Set<string>()
  let provider = await network.spawn('gwb')
  for (let round = 0; round < 4; round++) {
    const stop = new AbortController()
    const load = Array.from({ length: 4 }, async () => { while (!stop.signal.aborted) await ask(addresses.consumerHttp!, succeeded) })
    const enough = succeeded.size + 20
    const before = centre.reports
    await centre.until(() => succeeded.size >= enough && centre.reports > before)
    await provider.kill()
    stop.abort()
    await Promise.all(load)
    provider = await network.spawn('gwb')
  }
  await ask(addresses.consumerHttp!, succeeded)
  await centre.until((events) => [...succeeded].every((id) => events.some(({ exchange }) => exchange.messageId === id)))
  check(t, watched, succeeded)
})
