import { openBrowser, screenshots } from '@trembita/testnet/browser'
const [, , person, app, ...paths] = process.argv
await using browser = await openBrowser()
const { page, problems } = await browser.open(app!, { lang: (process.env.L ?? 'uk') as 'uk' })
if (person !== '-') { await page.goto('/sign-in?return=/'); if (page.url().includes(':4200')) await page.locator(`button[name=person][value=${person}]`).first().click() }
for (const path of paths) { await page.goto(path); await page.waitForTimeout(300); const n = (app!.split(':').at(-1) + path).replace(/[^a-z0-9]+/gi, '_'); await screenshots(page, n, '/tmp/shots'); console.log(n) }
console.log(problems.slice(0, 5))
