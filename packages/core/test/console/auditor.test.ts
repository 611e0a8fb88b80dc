import t from 'tap'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import { checkPage, runConsole, visitPage } from './running-console.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

const MENU = [
  '/', '/management-requests', '/members', '/subsystems', '/security-servers', '/global-groups', '/member-classes', '/agreements', '/suspensions', '/classifiers', '/approvals',
  '/trust-services', '/configuration', '/federation', '/audit', '/backups', '/settings'
]
const BELOW = [
  '/configuration/keys', '/configuration/history', '/configuration/downloads', '/settings/parameters', '/settings/management-services', '/members/ZZ:GOV:1001', '/subsystems/ZZ:GOV:1001:EDR',
  '/security-servers/ZZ:GOV:1001:gw1', '/global-groups/readers', '/trust-services/certification/1', '/audit/1'
]

const nameOf = (path: string): string => path === '/' ? 'overview' : path.slice(1).replaceAll(/[/:]/g, '-')

t.test('TR-4.7: an auditor sees every page of the menu, and nothing on them that changes anything', { skip }, async (t) => {
  const { sit } = await runConsole(t)
  const desk = await sit('auditor')
  const nothingToDo = async (path: string): Promise<void> => {
    const forms = await desk.page.locator('main form[method=post]').evaluateAll((found) => found.map((form) => form.getAttribute('action')))
    t.same(forms, [], `${path} offers nothing to do`)
  }
  for (const path of MENU) {
    await visitPage(t, desk, path, nameOf(path))
    await nothingToDo(path)
  }
  for (const path of BELOW) {
    t.equal((await desk.page.goto(path))?.status(), 200, `${path} answers`)
    await checkPage(t, desk, nameOf(path), ['phone'])
    await nothingToDo(path)
  }
  const menu = await desk.page.locator('nav a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  for (const path of MENU) t.ok(menu.includes(path), `the menu leads to ${path}`)
  t.notOk(menu.includes('/access'), 'keys and sessions of others are not offered')
  t.same(desk.problems, [])
})
