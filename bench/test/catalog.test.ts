import { test } from 'tap'
import { benchCatalog, formatCatalogTable } from '../catalog/bench-catalog.ts'

test('the bench of the catalog asks an index of made-up services each question and gives figures (CD-8.6)', (t) => {
  const [row] = benchCatalog([200])
  t.equal(row?.services, 200)
  t.ok(row!.buildMs > 0 && row!.p50Ms > 0 && row!.p50Ms <= row!.p95Ms && row!.p95Ms <= row!.p99Ms)
  t.equal(formatCatalogTable([row!]).split('\n').length, 2)
  t.end()
})
