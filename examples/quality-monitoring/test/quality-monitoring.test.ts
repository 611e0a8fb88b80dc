import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startQualityMonitoring } from '../src/index.ts'

async function open (t: Test) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'trembita-quality-'))
  let system = await startQualityMonitoring({ dataFolder })
  t.teardown(async () => {
    await system.close()
    await rm(dataFolder, { recursive: true, force: true })
  })
  return {
    url: () => system.url,
    restart: async () => {
      await system.close()
      system = await startQualityMonitoring({ dataFolder })
    },
    ask: async (path: string, body: object): Promise<{ status: number, body: any }> => {
      const response = await fetch(`${system.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-road-client': 'TEST/GOV/90000080/CENTRES' }, body: JSON.stringify(body) })
      return { status: response.status, body: await response.json() }
    }
  }
}

const rating = (ratingId: string, result: number, centre = 'vinnytsia-1') => ({ ratingId, centre, service: '00025', scores: { waiting: 3, politeness: 5, clarity: 4, result }, channel: 'visit', ratedOn: '2026-11-20' })

t.test('a batch counts once, however often it comes and whatever happens between (CD-18)', async (t) => {
  const { ask, restart } = await open(t)
  const batch = { batchId: 'batch-0001', ratings: [rating('rating-0001', 5), { ...rating('rating-0002', 2), remark: 'Довго чекали' }] }
  const [first, ...others] = await Promise.all([1, 2, 3, 4].map(async () => await ask('/ratings', batch)))
  t.match(first, { status: 200, body: { accepted: 2, duplicates: 0, rejected: [] } })
  for (const other of others) t.same(other, first)
  await restart()
  t.same(await ask('/ratings', batch), first)
  t.match((await ask('/ratings', { batchId: 'batch-0002', ratings: [rating('rating-0001', 5), rating('rating-0002', 5), rating('rating-0003', 5, 'lviv-1')] })).body, { accepted: 1, duplicates: 1, rejected: [{ ratingId: 'rating-0002', code: 'rating-conflict' }] })
  t.match(await ask('/ratings', { ...batch, ratings: [rating('rating-0009', 1)] }), { status: 409, body: { code: 'request-conflict' } })
  t.match((await ask('/indicators', {})).body, { items: [{ centre: 'lviv-1', count: 1 }, { centre: 'vinnytsia-1', count: 2, remarks: 1, means: { waiting: 3, politeness: 5, clarity: 4, result: 3.5 } }], asOf: /Z$/ })
})

t.test('indicators are of a centre and of a period; nothing but the description is taken', async (t) => {
  const { ask, url } = await open(t)
  await ask('/ratings', { batchId: 'batch-0001', ratings: [rating('rating-0001', 5)] })
  t.same((await ask('/indicators', { centre: 'lviv-1' })).body.items, [])
  t.same((await ask('/indicators', { from: '2026-11-21' })).body.items, [])
  t.equal((await ask('/indicators', { centre: 'vinnytsia-1', from: '2026-11-20', until: '2026-11-20' })).body.items.length, 1)
  t.match(await ask('/ratings', { batchId: 'batch-0002', ratings: [{ ...rating('rating-0002', 6) }] }), { status: 400 })
  t.match(await ask('/ratings', { batchId: 'batch-0002', ratings: [{ ...rating('rating-0002', 5), name: 'Особа' }] }), { status: 400 }, 'an identity has no place in a rating')
  for (const code of ['submitRatings', 'indicators']) t.match((await (await fetch(`${url()}/openapi/${code}.json`)).json() as any).paths['/'].post, { operationId: code })
})
