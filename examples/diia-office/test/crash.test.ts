import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { joined, JUSTICE, OFFICE, startSurroundings, until } from './running-office.ts'

t.setTimeout(60_000)

const main = join(import.meta.dirname, '../src/main.ts')
const own = `/b/${JUSTICE}`
const other = `/b/${OFFICE}`

t.test('kill -9 after a letter was recorded, and in the moment when the other side has taken it: once on each side (DO-5.3)', async (t) => {
  const around = await startSurroundings()
  const folder = await mkdtemp(join(tmpdir(), 'diia-office-config-'))
  const config = join(folder, 'office.json')
  const { rateLimit: _rateLimit, ...settings } = around.options
  await writeFile(config, JSON.stringify(settings))
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [main, '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = started
    let output = ''
    started.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
    while (!/listens on \S+/.test(output)) await once(started.stdout, 'data')
  }
  const kill = async (): Promise<void> => {
    const dying = child!
    const gone = once(dying, 'exit')
    dying.kill('SIGKILL')
    await gone
  }
  t.teardown(async () => {
    child?.kill('SIGKILL')
    await around.close()
    await rm(folder, { recursive: true, force: true })
  })
  await start()
  const url = `http://127.0.0.1:${around.options.port}`
  const justice = await joined(url, 'o03', JUSTICE)
  const eepo = await joined(url, 'o02', OFFICE)
  const write = async (subject: string): Promise<string> => {
    const { url: at } = await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject, text: 'x' })
    return /letters\/([0-9a-f-]{36})/.exec(at)![1]!
  }
  const onceOnEachSide = async (subject: string, id: string): Promise<void> => {
    await until(async () => (await justice.get(`${own}/letters/${id}`)).text.includes('доставлено') ? true : undefined, `${subject}: delivered`)
    t.equal((await eepo.get(`${other}/letters`)).text.split(subject).length - 1, 1, `${subject}: once at the addressee`)
    t.equal((await justice.get(`${own}/letters?box=out`)).text.split(subject).length - 1, 1, `${subject}: once at the sender`)
  }

  // Recorded, but the exchange has not been made: the sender was told that it is recorded.
  around.gateways.justice.answered = async (service) => { if (service.endsWith('/sendMessage')) throw new Error('the answer is lost') }
  const first = await write('Записано до збою')
  await kill()
  around.gateways.justice.answered = undefined
  await start()
  await onceOnEachSide('Записано до збою', first)

  // Taken and acknowledged by the other side, but the sender dies before it hears of it.
  const sent = new Promise<void>((resolve) => {
    around.gateways.justice.answered = async (service) => {
      if (!service.endsWith('/sendMessage')) return
      around.gateways.justice.answered = undefined
      await kill()
      resolve()
    }
  })
  const second = write('Прийнято перед збоєм').catch(() => undefined)
  await sent
  await start()
  const id = await second ?? await until(async () => /letters\/([0-9a-f-]{36})">Прийнято/.exec((await justice.get(`${own}/letters?box=out`)).text)?.[1], 'the letter')
  await onceOnEachSide('Прийнято перед збоєм', id)
  t.equal(around.gateways.justice.seen.filter(({ service }) => service.endsWith('/sendMessage')).length >= 3, true, 'it was sent again')
})

t.test('the command explains itself', async (t) => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
  t.equal((await once(child, 'exit'))[0], 0)
  t.match(output, '--config')
})
