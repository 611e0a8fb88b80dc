import t from 'tap'
import { systemClock } from '@trembita/daemon'
import { runTool } from '@trembita/testnet/verifiers'
import { AdminApi } from '@trembita/testnet/joining'
import { FollowedSuspensions } from '../../src/harvest/index.ts'
import { runCatalog, SERVICE } from './running-catalog.ts'

t.test('a suspended participant shows in the catalog within one cycle of the configuration, and comes back (TR-15)', async (t) => {
  const running = await runCatalog(t)
  const { parts } = running.catalog
  const { core, provisioned } = running.federation
  await parts.harvest.run()
  await parts.store.write(async (tx) => { await tx.run("INSERT INTO service_health (service_id, state, since, recent) VALUES (?, 'up', '2026-11-30T00:00:00Z', '[]')", SERVICE) })
  const suspensions = new FollowedSuspensions()
  t.equal(await suspensions.follow(parts.store, await parts.configuration.get(true), systemClock.now()), true)
  t.equal(await suspensions.follow(parts.store, await parts.configuration.get(true), systemClock.now()), false, 'the same is not written again')

  const key = await runTool('node', ['packages/core/bin/trembita-core.ts', 'api-key', 'create', '--config', provisioned.coreConfigFile, '--role', 'TREMBITA_HOLDER'])
  t.ok(key.ok, key.text)
  const holder = new AdminApi(core.addresses.admin, key.text.trim().split('\n').at(-1)!)
  const act = { number: '15/1', date: '2026-01-15' }
  const { id } = await holder.post<{ id: number }>('/suspensions', { object: { type: 'MEMBER', encoded_id: 'TEST:GOV:2002' }, ground: 'protection', act })
  await core.publish()
  await suspensions.follow(parts.store, await parts.configuration.get(true), systemClock.now())
  t.match(await parts.entries.organisation('TEST/GOV/2002'), { status: 'suspended', suspension: { ground: 'protection' } })
  t.equal((await parts.entries.health()).get(SERVICE)?.state, 'suspended')
  const page = await (await fetch(`${running.catalog.url!}/organisations/TEST/GOV/2002`, { headers: { accept: 'text/html' } })).text()
  t.match(page, /Доступ зупинено рішенням держателя/)

  await holder.post(`/suspensions/${id}/lift`, { act })
  await core.publish()
  await suspensions.follow(parts.store, await parts.configuration.get(true), systemClock.now())
  t.equal((await parts.entries.organisation('TEST/GOV/2002'))?.status, 'active')
  t.equal((await parts.entries.health()).get(SERVICE)?.state, 'up')
})
