import { openDatabase } from '@trembita/daemon/sqlite'
import t from 'tap'
import { MIGRATIONS } from '../../src/messagelog/migrations.ts'
import { RecordPages, type PageColumns } from '../../src/messagelog/record-pages.ts'

// Pages over the rows alone: what people look for, at a bounded cost.

const db = openDatabase(':memory:', MIGRATIONS)
t.teardown(() => { db.close() })
const insert = db.prepare(`INSERT INTO record (id, direction, side, query_id, request_id, party, client, service, protocol, created, completeness, signature_hash)
  VALUES (?, ?, 'provider', ?, ?, 'T/G/1/r', ?, ?, 'rest', ?, 'whole', x'00')`)
const ROWS = 12_000
db.transaction(() => {
  for (let id = 1; id <= ROWS; id++) {
    const exchange = Math.ceil(id / 2)
    // Many share a millisecond, and the clock went back once.
    insert.run(id, id % 2 === 1 ? 'request' : 'response', id === 7 ? 'rare' : '1', `exchange-${exchange}`, `T/G/${exchange % 3}/c`, `T/G/1/r/s${exchange % 2}/`, id === 9000 ? 5 : Math.floor(id / 100))
  }
})()
const pages = new RecordPages(db)

function idsOf (query: Omit<PageColumns, 'limit'>, limit = 50): { ids: number[], pages: number } {
  const ids: number[] = []
  let before: PageColumns['before']
  for (let count = 1; ; count++) {
    const page = pages.page({ ...query, before, limit })
    ids.push(...page.rows.map(({ id }) => id))
    if (page.next === undefined) return { ids, pages: count }
    before = page.next
  }
}

t.test('newest first, each record once, across pages and equal times', async (t) => {
  const { ids } = idsOf({}, 997)
  t.equal(ids.length, ROWS)
  t.equal(new Set(ids).size, ROWS)
  t.same(ids.slice(0, 2), [12_000, 11_999])
  t.ok(ids.indexOf(9000) > ids.indexOf(600), 'by time, not by number')
})

t.test('each filter, and filters together', async (t) => {
  t.same(idsOf({ requestId: 'exchange-5' }).ids, [10, 9])
  t.same(idsOf({ requestId: 'exchange-5', direction: 'request' }).ids, [9])
  t.same(idsOf({ queryId: 'rare' }).ids, [7])
  t.equal(idsOf({ client: 'T/G/1/c' }).ids.length, 4000)
  t.equal(idsOf({ service: 'T/G/1/r/s0/', client: 'T/G/0/c' }).ids.length, 2000)
  t.same(idsOf({ from: 119, to: 120 }).ids.length, 100)
  t.same(idsOf({ side: 'consumer' }).ids, [])
  t.same(idsOf({ status: 'archived' }).ids, [])
  t.equal(idsOf({ status: 'waiting for time stamp', from: 118, to: 119 }).ids.length, 100)
})

t.test('a page looks at a bounded number of rows, and says where to go on', async (t) => {
  const first = pages.page({ queryId: '1', client: 'T/G/7/c', limit: 50 })
  t.equal(first.rows.length, 0)
  t.ok(first.next !== undefined)
  t.same(idsOf({ queryId: '1', client: 'T/G/7/c' }), { ids: [], pages: 3 })
  t.same(idsOf({ client: 'T/G/7/c' }), { ids: [], pages: 1 })
  t.equal(idsOf({ side: 'consumer' }).pages, 3)
})

t.test('every look-up walks down an index and sorts nothing', async (t) => {
  for (const [column, index] of [['request_id', 'record_request'], ['query_id', 'record_query'], ['service', 'record_service'], ['client', 'record_client']] as const) {
    const plan = db.prepare(`EXPLAIN QUERY PLAN SELECT id FROM record r WHERE r.${column} = ? AND r.created >= ? AND r.created < ? AND (r.created, r.id) < (?, ?) ORDER BY r.created DESC, r.id DESC`).all('x', 0, 1, 1, 1) as { detail: string }[]
    t.match(plan.map(({ detail }) => detail).join('; '), new RegExp(index))
    t.notMatch(plan.map(({ detail }) => detail).join('; '), /TEMP B-TREE/)
  }
})
