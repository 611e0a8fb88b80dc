import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { F01, startWorld, type World } from './world.ts'

t.setTimeout(120_000)

interface State {
  readonly state: string
  readonly erased?: object
  readonly counts: readonly { state: string, count: number }[]
  readonly answers: number
  readonly history: number
  readonly offers: number
  readonly held: boolean
  readonly exchanges: readonly { register: string, result: string, count: number }[]
}

const PROGRAMMES = 10

async function start (t: Test, { gateway, files }: World, folder: string, crashAt = ''): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'cabinet-process.ts'), [folder, gateway.url, gateway.client, files.pseudonymKeyFile, files.portalKeysFile, crashAt], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  t.teardown(() => { child.kill('SIGKILL') })
  await Promise.race([once(child, 'message'), once(child, 'exit')])
  return child
}

async function ask (child: ChildProcess, what: 'join' | 'leave' | 'state'): Promise<State | 'killed'> {
  if (child.exitCode !== null || child.signalCode !== null) return 'killed'
  child.send({ do: what, ...F01 })
  return await Promise.race([once(child, 'message').then(([state]) => state as State), once(child, 'exit').then(() => 'killed' as const)])
}

async function end (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

t.test('killed at each step of joining and of asking, a cabinet finishes it at the next start; nothing is lost or doubled (UP-3.3, UP-13)', async (t) => {
  const world = await startWorld(t)
  for (const [i, step] of ['joining', 'enrolled', 'profile opened', 'asking EDR', 'answered EDR', 'kept', 'asking TAX', 'answered TAX'].entries()) {
    const folder = join(world.folder, `join-${i}`)
    const first = await start(t, world, folder, step)
    t.equal(await ask(first, 'join'), 'killed', `${step}: it died there`)
    const second = await start(t, world, folder)
    const state = await ask(second, 'state') as State
    t.match(state, { state: 'joined', held: true, answers: 2, history: 2, offers: PROGRAMMES }, `${step}: joined, asked, offered, each once`)
    t.same(state.counts.map(({ state: one, count }) => [one, count]), [['joined', 1]])
    t.notOk(state.exchanges.some(({ result }) => result === 'asked'), 'no exchange is left open')
    await end(second)
  }
})

t.test('killed at each step of leaving, everything is erased at the next start, and the act says what (UP-3.3, UP-13)', async (t) => {
  const world = await startWorld(t)
  for (const [i, step] of ['leaving', 'code erased', 'profile erased', 'documents erased'].entries()) {
    const folder = join(world.folder, `leave-${i}`)
    const first = await start(t, world, folder, step)
    t.match(await ask(first, 'join'), { state: 'joined', answers: 2 })
    t.equal(await ask(first, 'leave'), 'killed', `${step}: it died there`)
    const asked = world.gateway.passed.length
    const second = await start(t, world, folder)
    t.match(await ask(second, 'state'), { state: 'left', held: false, answers: 0, offers: 0, erased: { answers: 2, offers: PROGRAMMES, documents: 0 } }, `${step}: left`)
    t.equal(world.gateway.passed.length, asked, 'nobody is asked about any more')
    await end(second)
  }
})
