import { test } from 'tap'
import { PUBLIC, SYSTEM_VIEWER, type Viewer } from '../../src/entry/index.ts'
import { addInterface, cardOf, HIDDEN_WORDS, REST, startFilledCatalog } from '../filled-catalog.ts'

const PARTICIPANT: Viewer = { admin: false, organisations: ['1001'] }
const OWNER: Viewer = { admin: false, organisations: ['90000044'] }

test('Search shows each viewer what they may see, and nothing of the rest: hits, counts, suggestions, fragments (CD-8.6, IP-1.3)', async (t) => {
  const { catalog, url } = await startFilledCatalog(t)
  const { search } = catalog.parts
  const ids = async (query: string, viewer: Viewer): Promise<string[]> => (await search.search(query, viewer)).map(({ id }) => id)

  t.same(await ids('чернетковий', PUBLIC), [])
  t.same(await ids('чернетковий', PARTICIPANT), [])
  t.same(await ids('чернетковий', OWNER), ['draft-interface'])
  t.same(await ids('прихованеполе', PUBLIC), [])
  t.same(await ids('прихованеполе', PARTICIPANT), ['TEST/GOV/90000044/TAX/hiddenService'])
  t.same(await ids('закритополе', PUBLIC), [], 'words of a closed description')
  t.same(await ids('закритополе', PARTICIPANT), ['TEST/GOV/90000044/TAX/closedService'])
  t.ok((await ids('найменування', PUBLIC)).includes(REST), 'words of an open description')

  for (const word of HIDDEN_WORDS) {
    for (const path of [`/search?q=${encodeURIComponent(word)}`, `/api/v1/search?q=${encodeURIComponent(word)}`]) {
      const answer = await (await fetch(`${url}${path}`, { headers: { accept: path.startsWith('/api') ? 'application/json' : 'text/html' } })).text()
      t.notMatch(answer, /\/catalog\/(?:interfaces\/draft|services\/[^"]*hiddenService)|<mark>(?:чернетковий|закритополе)/i, path)
    }
    const { items } = await (await fetch(`${url}/api/v1/suggest?q=${encodeURIComponent(word)}`)).json() as { items: unknown[] }
    t.same(items, [], `no suggestion for ${word}`)
  }
  const everything = await (await fetch(`${url}/api/v1/search?limit=200`)).json() as { total: number, facets: { kind: Record<string, number>, status: Record<string, number> } }
  t.equal(everything.facets.status.draft, undefined, 'counts tell nothing of drafts')
  t.equal(everything.facets.kind.interface, 2)
  t.ok((await search.find({ query: '', viewer: SYSTEM_VIEWER })).hits.length > everything.total)
})

test('Search follows a publication at once, filters by facets, and says how a word was read (CD-8.6)', async (t) => {
  const { catalog, url } = await startFilledCatalog(t)
  const find = async (query: string): Promise<{ total: number, reading: string, understood?: string, items: { id: string, fragments: { pieces: { text: string, hit: boolean }[] }[] }[] }> =>
    await (await fetch(`${url}/api/v1/search?${query}`)).json() as never

  t.equal((await find('q=новиносховище')).total, 0)
  await addInterface(catalog.parts.store, { id: 'new', organisation: 'TEST/GOV/90000038', card: cardOf('Новиносховище', 'Новини'), state: 'published', services: [] })
  t.equal((await find('q=новиносховище')).items[0]?.id, 'new')

  const marked = (await find('q=юридичної')).items[0]!.fragments[0]!.pieces.find(({ hit }) => hit)
  t.match(marked?.text, /^юридичн/i)
  t.equal((await find("q=ht'cnh")).understood, 'реєстр')
  t.ok((await find('q=&kind=service&protocol=SOAP')).items.every(({ id }) => id.endsWith('SubjectDetail')))
  t.equal((await fetch(`${url}/api/v1/search?q=${'я'.repeat(300)}`)).status, 400)

  const page = await (await fetch(`${url}/search?q=${encodeURIComponent('юридичної')}`, { headers: { accept: 'text/html' } })).text()
  t.match(page, /<mark>/)
  const none = await (await fetch(`${url}/search?q=${encodeURIComponent('<b>щщщ')}`, { headers: { accept: 'text/html' } })).text()
  t.notMatch(none, /<b>щщщ/)
  t.match(none, 'Нічого не знайдено')
})

test('A suspended participant shows in search and export at once, and comes back (TR-15, CD-8.6)', async (t) => {
  const { catalog, url } = await startFilledCatalog(t)
  const suspend = async (suspension: object | null): Promise<void> => {
    await catalog.parts.store.write(async (tx) => {
      await tx.run('UPDATE organisation SET status = ?, suspension = ?, last_seen = ? WHERE id = ?', suspension === null ? 'active' : 'suspended', suspension === null ? null : JSON.stringify(suspension), suspension === null ? '2027-01-02' : '2027-01-01', 'TEST/GOV/90000038')
    })
  }
  const statusOf = async (id: string): Promise<string | undefined> => (await catalog.parts.search.find({ query: '', viewer: PUBLIC })).hits.find(({ document }) => document.id === id)?.document.facets.status?.[0]
  t.equal(await statusOf(REST), 'published')
  await suspend({ ground: 'law', actNumber: '1', since: '2026-11-29T00:00:00.000Z' })
  t.equal(await statusOf(REST), 'suspended')
  t.equal(await statusOf('edr-interface'), 'suspended')
  t.equal((await (await fetch(`${url}/dcat.ttl`)).text()).match(/suspendedSince "2026-11-29T00:00:00.000Z"/g)?.length, 2, 'of the organisation and of its interface')
  await suspend(null)
  t.equal(await statusOf(REST), 'published')
})
