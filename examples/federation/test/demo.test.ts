import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { checkAxe, openBrowser, skipWithoutBrowser } from '@trembita/testnet/browser'
import { DEVELOPMENT_PERSONS } from '@trembita/testnet/identity-provider'
import { until } from '@trembita/testnet/joining'
import { ScriptedPerson, textOfPage } from '../src/demonstrations/index.ts'
import { allPorts, localhost, PORTS } from '../src/plan/index.ts'
import { checkPortsFree, program } from '../src/processes.ts'
import { PICTURES, takePicture } from './pictures.ts'

// The demonstration as people start it: processes on the ports that they know. Where those are taken, it is running already.

t.setTimeout(900_000)
t.jobs = 1
const skip = await checkPortsFree(allPorts()).then(() => false as const, (error: Error) => error.message)
const folder = await mkdtemp(join(tmpdir(), 'trembita-demo-'))
t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))

function start (...args: string[]): ChildProcess {
  return spawn(process.execPath, [program('examples/federation/src/main.ts').pathname, '--data', folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Presses a register's button on the page. */
async function control (register: string, verb: 'start' | 'stop'): Promise<void> {
  await fetch(localhost(PORTS.front, `/registers/${register}/${verb}`), { method: 'POST', redirect: 'manual' })
}

t.test('npm start -- --once joins, publishes, exchanges, runs every demonstration, and proves it', { skip }, async (t) => {
  const demo = start('--once')
  const [said, [code]] = await Promise.all([text(demo.stdout!), once(demo, 'exit')])
  t.equal(code, 0, said)
  t.match(said, /everything held: \d+ requests approved, 10 exchanges, 34 sealed records verified, 5 demonstrations/)
})

t.test('a second start goes on with what the first left; pages say what is so, also of a register that was stopped', { skip }, async (t) => {
  const demo = start()
  t.teardown(() => { demo.kill('SIGKILL') })
  let said = ''
  demo.stdout!.setEncoding('utf8').on('data', (chunk: string) => { said += chunk })
  await until('the federation', async () => said.includes('goes on running') || demo.exitCode !== null, { timeoutMs: 240_000, everyMs: 300 })
  t.match(said, /everything held: 0 requests approved/)

  await t.test('every node is up, and each demonstration remembered', async (t) => {
    const state = await (await fetch(localhost(PORTS.front, '/state.json'))).json() as { nodes: Record<string, string>, demonstrations: { id: string, held: boolean }[] }
    t.same(Object.entries(state.nodes).filter(([, how]) => how !== 'up'), [])
    t.same(state.demonstrations.map(({ id, held }) => [id, held]), [['D1', true], ['D3', true], ['D5', true], ['D7', true], ['D8', true]])
  })

  await t.test('pictures of each reader’s first page', { skip: skipWithoutBrowser() }, async (t) => {
    await using browser = await openBrowser()
    for (const picture of PICTURES) t.same(await takePicture(browser, picture), [], picture.name)
    for (const size of ['desktop', 'phone'] as const) {
      const { page } = await browser.open(localhost(PORTS.front), { size })
      await page.goto('/')
      t.same(await checkAxe(page), [], `federation, ${size}`)
    }
  })

  await t.test('a stopped register is an outage on the pages that depend on it, never “no data” (UP-12)', async (t) => {
    for (const register of ['tax', 'edr', 'displaced-persons', 'personnel', 'queue']) await control(register, 'stop')
    t.teardown(async () => { for (const register of ['tax', 'edr', 'displaced-persons', 'personnel', 'queue']) await control(register, 'start') })

    const bureau = textOfPage(await (await fetch(localhost(PORTS.bureau), { method: 'POST', body: new URLSearchParams({ rnokpp: '7000200223', familyName: 'Їжак', givenName: 'Єлизавета', application: 'LOAN-9' }) })).text())
    t.match(bureau, 'зараз не працює', 'credit bureau, of the register of individuals')
    t.notMatch(bureau, 'немає такого запису')

    const displaced = new ScriptedPerson('f08')
    await displaced.signIn(localhost(PORTS.portal.pages))
    const documents = textOfPage((await displaced.open(localhost(PORTS.portal.pages, '/documents'))).html)
    t.match(documents, /Джерела та суми доходів.{0,200}тимчасово недоступний/, 'Diia portal, of income')
    t.match(documents, /внутрішньо переміщеної особи.{0,200}тимчасово недоступний/, 'Diia portal, of displaced persons')

    const entrepreneur = new ScriptedPerson('f03')
    await entrepreneur.signIn(localhost(PORTS.cabinet.pages))
    const asked = await entrepreneur.submit(await entrepreneur.open(localhost(PORTS.cabinet.pages, '/cabinet/join')), '/cabinet/join', { kind: 'FOP' })
    await until('the cabinet says that the register is away', async () => textOfPage((await entrepreneur.open(asked.url)).html).includes('Реєстр тимчасово недоступний'), { timeoutMs: 20_000, everyMs: 300 })

    const official = new ScriptedPerson('o02')
    const office = await official.signIn(localhost(PORTS.office.pages))
    t.match(textOfPage((await official.submit(office, '/join', { body: '90000050', agree: 'on' })).html), 'Кадрова система не відповідає', 'Diia.Office')

    const booking = textOfPage(await (await fetch(localhost(PORTS.centres.pages, '/centres/vinnytsia-1/book'))).text())
    t.match(booking, 'Записатися тимчасово неможливо', 'centres')
  })

  await t.test('the control of the registers is for programs, not for a page that somebody opened', async (t) => {
    t.equal((await fetch(localhost(PORTS.registers, '/registers/tax/stop'), { method: 'POST', headers: { origin: 'http://elsewhere.example' } })).status, 403)
    t.match(await (await fetch(localhost(PORTS.registers, '/registers'))).json(), { items: [{ running: true }] })
  })

  demo.kill('SIGINT')
  const [code] = await once(demo, 'exit') as [number]
  t.equal(code, 0, 'Ctrl+C ends it in order')
})

t.test('no number of a person in any log line or store that is left, but where the description of a service samples one (CD-8.12, CD-20)', { skip }, async (t) => {
  const numbers = DEVELOPMENT_PERSONS.flatMap(({ identity }) => identity?.rnokpp ?? [])
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const found: string[] = []
  for (const file of files) {
    const bytes = await readFile(file)
    if (numbers.some((number) => bytes.includes(number))) found.push(file.slice(folder.length + 1))
  }
  t.ok(files.some((file) => file.endsWith('GW-JUSTICE.log')) && files.some((file) => file.includes('/monitor/')), 'logs and the monitor’s store were among them')
  t.same(found.filter((file) => !file.startsWith('catalog/')), [])
})
