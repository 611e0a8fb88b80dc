import t from 'tap'
import { brotliDecompressSync } from 'node:zlib'
import { serveGuide } from './serve-guide.ts'

const app = await serveGuide({ fileBytesMax: 1000 })
t.teardown(async () => { await app.close() })

const PAGE = { accept: 'text/html' }

t.test('every answer carries the policy: nothing inline, nothing from elsewhere, no frames', async (t) => {
  for (const url of ['/', '/members', '/nope', '/fails', '/assets/0/app.css']) {
    const { headers } = await app.inject({ url, headers: PAGE })
    t.equal(headers['content-security-policy'], "default-src 'self'; base-uri 'none'; object-src 'none'; frame-src 'none'; frame-ancestors 'none'; form-action 'self'", url)
    t.match(headers, { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin', 'cache-control': 'no-store' }, url)
    t.equal(headers['strict-transport-security'], undefined)
  }
})

t.test('behind HTTPS the policy asks for it, and forms may lead on to the identity provider', async (t) => {
  await using secure = await serveGuide({ https: true, formActionOrigins: ['https://id.example'] })
  const { headers } = await secure.inject('/?lang=en')
  t.match(headers['content-security-policy'], "form-action 'self' https://id.example; upgrade-insecure-requests")
  t.match(headers['strict-transport-security'], /^max-age=31536000/)
  t.match(headers['set-cookie'], /; Secure$/)
})

t.test('no page has what the policy forbids', async (t) => {
  for (const url of ['/', '/members', '/members/new', '/requests/1042', '/nope']) {
    const { body } = await app.inject({ url, headers: PAGE })
    t.notMatch(body, /<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc="\/)/i, url)
    t.same([...body.matchAll(/\s(?:src|href|action)="(?!\/|#|mailto:)([^"]*)"/g)].map(([, address]) => address), [], `${url}: every address is of our own origin`)
  }
})

t.test('assets lie under a digest, may be kept for ever, and are served compressed', async (t) => {
  const { body } = await app.inject('/')
  const paths = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  t.ok(paths.length >= 3)
  for (const path of paths) {
    const plain = await app.inject(path)
    t.match(plain.headers, { 'cache-control': 'public, max-age=31536000, immutable' }, path)
    const compressed = await app.inject({ url: path, headers: { 'accept-encoding': 'gzip, br' } })
    if (compressed.headers['content-encoding'] === 'br') t.equal(brotliDecompressSync(compressed.rawPayload).toString(), plain.body)
    t.equal((await app.inject(path.replace(/\/assets\/[0-9a-f]+/, '/assets/0000000000000000'))).statusCode, 404, 'under another digest there is nothing')
  }
  const [style] = paths.filter((path) => path.endsWith('.css'))
  for (const path of [style!.replace('app.css', '../package.json'), style!.replace('app.css', '..%2f..%2fpackage.json'), style!.replace('app.css', 'wa/'), style!.replace('app.css', 'constructor')]) {
    t.equal((await app.inject(path)).statusCode, 404, path)
  }
})

t.test('what scripts import and styles name is served by ourselves', async (t) => {
  const { body } = await app.inject('/')
  const waiting = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  const [entry] = waiting.filter((path) => path.endsWith('app.js'))
  for (const name of ['dialog', 'copy-button', 'tooltip']) waiting.push(new URL(`wa/components/${name}/${name}.js`, `http://x${entry!}`).pathname)
  waiting.push(new URL('wa/components/icon/library.js', `http://x${entry!}`).pathname, new URL('wa/translations/uk.js', `http://x${entry!}`).pathname)
  const seen = new Set<string>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const { statusCode, body: text } = await app.inject(path)
    t.equal(statusCode, 200, path)
    const targets = path.endsWith('.js') ? [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([\w@./:-]+)["']/g)] : [...text.matchAll(/(?:url\(|@import)\s*["']?([^"')\s]+)/g)]
    for (const [, target] of targets) {
      t.match(target, /^\.{0,2}\//, `${path} stays below our own assets`)
      waiting.push(new URL(target!, `http://x${path}`).pathname)
    }
  }
  t.ok(seen.size > 40)
})

t.test('the language is Ukrainian until asked otherwise, and then remembered', async (t) => {
  t.match((await app.inject({ url: '/', headers: { 'accept-language': 'en' } })).body, '<html lang="uk">')
  const asked = await app.inject('/?lang=en')
  t.match(asked.body, '<html lang="en">')
  t.match(asked.headers['set-cookie'], /^lang=en; Path=\/; Max-Age=31536000; SameSite=Lax; HttpOnly$/)
  const later = await app.inject({ url: '/', headers: { cookie: 'other=1; lang=en' } })
  t.match(later.body, '<html lang="en">')
  t.equal(later.headers['set-cookie'], undefined)
  for (const url of ['/?lang=xx', '/?lang=', '/?lang[]=en', '/?lang=en&lang=uk']) t.match((await app.inject({ url })).body, '<html lang="uk">', url)
  t.match((await app.inject({ url: '/', headers: { cookie: 'xlang=en; lang=de' } })).body, '<html lang="uk">')
})

t.test('a form is read as it was sent, with all values of a name', async (t) => {
  const { body } = await app.inject({ method: 'POST', url: '/members', headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'name=%D0%86%D0%BD%D1%84%D0%BE+%22x%22&roles=a&roles=b&__proto__=x&_csrf=t' })
  t.same(JSON.parse(body), { name: 'Інфо "x"', roles: ['a', 'b'], token: 't' })
})

function multipart (...parts: ReadonlyArray<readonly [disposition: string, content: string]>): { headers: Record<string, string>, payload: string } {
  const payload = parts.map(([disposition, content]) => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`).join('')
  return { headers: { ...PAGE, 'content-type': 'multipart/form-data; boundary=b' }, payload: `${payload}--b--\r\n` }
}

t.test('a form with files is read the same way, and a field without a file is empty', async (t) => {
  const sent = await app.inject({ method: 'POST', url: '/members', ...multipart(['name="name"', 'Інфо'], ['name="scan"; filename="../a.txt"', 'content'], ['name="roles"', 'a']) })
  t.same(JSON.parse(sent.body), { name: 'Інфо', roles: ['a'], token: '', scan: 'content' })
  const without = await app.inject({ method: 'POST', url: '/members', ...multipart(['name="name"', 'Інфо'], ['name="scan"; filename=""', '']) })
  t.same(JSON.parse(without.body), { name: 'Інфо', roles: [], token: '' })
})

t.test('a form that is too large, cut short or nonsense is refused in words', async (t) => {
  const large = await app.inject({ method: 'POST', url: '/members', ...multipart(['name="scan"; filename="a"', 'x'.repeat(1001)]) })
  t.equal(large.statusCode, 413)
  t.match(large.body, 'Завеликий обсяг даних')
  const fields = await app.inject({ method: 'POST', url: '/members', headers: { ...PAGE, 'content-type': 'application/x-www-form-urlencoded' }, payload: `name=${'x'.repeat(1024 * 1024)}` })
  t.equal(fields.statusCode, 413)
  const many = await app.inject({ method: 'POST', url: '/members', ...multipart(...Array.from({ length: 3 }, (_, at) => [`name="field${at}"`, 'x'.repeat(400_000)] as const)) })
  t.equal(many.statusCode, 413, 'many fields together too')
  const cut = await app.inject({ method: 'POST', url: '/members', headers: { ...PAGE, 'content-type': 'multipart/form-data; boundary=b' }, payload: '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx' })
  t.ok(cut.statusCode >= 400 && cut.statusCode < 500, String(cut.statusCode))
  const none = await app.inject({ method: 'POST', url: '/members', headers: { ...PAGE, 'content-type': 'multipart/form-data' }, payload: 'x' })
  t.ok(none.statusCode >= 400 && none.statusCode < 500, String(none.statusCode))
})

t.test('an error is a page for people and JSON for programs, and tells nothing of the inside', async (t) => {
  const page = await app.inject({ url: '/fails', headers: PAGE })
  t.equal(page.statusCode, 500)
  t.match(page.body, 'Помилка на нашому боці')
  t.match(page.body, /Номер звернення: <code class="identifier">req-/)
  t.notMatch(page.body, 'secret of the database')
  const json = await app.inject('/fails')
  t.same(json.json(), { status: 500, error: { code: 'internal_error' } })
  const missing = await app.inject('/nope')
  t.same(missing.json(), { status: 404, error: { code: 'not_found' } })
  t.match((await app.inject({ url: '/nope?lang=en', headers: PAGE })).body, 'Page not found')
})

t.test('a page is sent only when our templates made it', async (t) => {
  await using other = await serveGuide()
  other.get('/forged', async (_request, reply) => await reply.html(JSON.parse('{"markup": "<script>1</script>"}')))
  t.equal((await other.inject('/forged')).statusCode, 500)
})
