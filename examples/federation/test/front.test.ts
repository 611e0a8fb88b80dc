import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { checkAxe, openBrowser, screenshots, skipWithoutBrowser } from '@trembita/testnet/browser'
import { Stage, type Demonstration } from '../src/demonstrations/index.ts'
import { createFront } from '../src/front/index.ts'

// The page alone: the nodes it draws are not running, and it says so; what it runs are stories of the test's own.

const holds: Demonstration = {
  id: 'D1',
  title: { uk: 'Показ, що справдився', en: 'A story that held' },
  about: { uk: 'Про що він', en: 'What it is about' },
  clauses: ['TR-4.6'],
  run: async (_world, tell) => {
    tell({ title: { uk: 'Крок', en: 'Step' }, said: { uk: 'FOUND', en: 'FOUND' }, ok: true, tookMs: 5, links: [{ label: { uk: 'Запис', en: 'Record' }, href: 'http://127.0.0.1:4400/messages' }] })
  }
}
const breaks: Demonstration = {
  ...holds,
  id: 'D2',
  title: { uk: 'Показ, що перервався', en: 'A story that broke off' },
  run: async (_world, tell) => {
    tell({ title: { uk: 'Крок', en: 'Step' }, ok: false })
    throw new Error('the register did not answer')
  }
}

async function start (t: Test): Promise<{ readonly url: string, readonly stage: Stage, readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-front-'))
  const stage = await Stage.open([holds, breaks], { federation: undefined as never, folder })
  const front = await createFront(stage)
  await front.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await front.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { url: `http://127.0.0.1:${(front.server.address() as AddressInfo).port}`, stage, folder }
}

t.test('a story runs at the press of a button, is told step by step, and is remembered', async (t) => {
  const { url, stage, folder } = await start(t)
  const pressed = await fetch(`${url}/demonstrations/D1`, { method: 'POST', redirect: 'manual' })
  t.equal(pressed.status, 303)
  t.equal(pressed.headers.get('location'), '/demonstrations/D1')
  t.match(await stage.run('D1'), { held: true, steps: [{ ok: true }] })
  t.match(await stage.run('D2'), { held: false, failure: 'the register did not answer', steps: [{ ok: false }] })
  t.match(await (await fetch(`${url}/demonstrations/D2?lang=en`)).text(), /did not hold[\s\S]*the register did not answer/)
  const state = await (await fetch(`${url}/state.json`)).json() as { nodes: Record<string, string>, demonstrations: { id: string, held: boolean }[] }
  t.equal(state.nodes['GW-JUSTICE'] !== undefined, true)
  t.match(state.demonstrations, [{ id: 'D1', held: true }, { id: 'D2', held: false }])
  t.match((await Stage.open([holds], { federation: undefined as never, folder })).account('D1'), { held: true }, 'after a new start too')
})

t.test('buttons are pressed by our own page alone, and nothing else is there', async (t) => {
  const { url, stage } = await start(t)
  t.equal((await fetch(`${url}/demonstrations/D1`, { method: 'POST', headers: { origin: 'http://elsewhere.example' }, redirect: 'manual' })).status, 403)
  t.equal((await fetch(`${url}/demonstrations/D1`, { method: 'POST', headers: { origin: 'null' }, redirect: 'manual' })).status, 403)
  const raw = async (method: string, headers: Record<string, string>): Promise<number | undefined> => await new Promise((resolve, reject) => {
    request(`${url}${method === 'POST' ? '/demonstrations/D1' : '/'}`, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).once('error', reject).end()
  })
  t.equal(await raw('POST', { 'sec-fetch-site': 'cross-site' }), 403, 'a form of another site, without an origin')
  const rebound = `elsewhere.example:${new URL(url).port}`
  t.equal(await raw('POST', { host: rebound, origin: `http://${rebound}` }), 421, 'a name of somebody else\'s that leads here')
  t.equal(await raw('GET', { host: rebound }), 421)
  t.equal(stage.account('D1'), undefined)
  t.equal((await fetch(`${url}/demonstrations/D9`, { method: 'POST', redirect: 'manual' })).status, 404)
  t.equal((await fetch(`${url}/demonstrations/D9`)).status, 404)
  t.equal((await fetch(`${url}/registers/edr/destroy`, { method: 'POST', redirect: 'manual' })).status, 404)
  await t.rejects(stage.run('D9'), { name: 'RangeError' })
})

t.test('the page works in both languages, on a phone and a desk, without violations of axe', { skip: skipWithoutBrowser() }, async (t) => {
  const { url, stage } = await start(t)
  await stage.run('D2')
  await using browser = await openBrowser()
  for (const [lang, size, button, held] of [['uk', 'phone', 'Запустити', 'усе справдилося'], ['en', 'desktop', 'Run again', 'everything held']] as const) {
    const { page, problems } = await browser.open(url, { lang, size })
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    t.same(await checkAxe(page), [])
    await page.locator('.demonstration').first().getByRole('button', { name: button }).click()
    await page.getByText(held).first().waitFor()
    t.same(await checkAxe(page), [])
    await page.goto('/demonstrations/D2')
    t.same(await checkAxe(page), [])
    await screenshots(page, `front-account-${lang}`)
    t.same(problems, [])
  }
})
