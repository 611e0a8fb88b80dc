#!/usr/bin/env node
import { runCli, untilSignal, UsageError } from '@trembita/daemon'
import { readCabinetConfig } from './config.ts'
import { startBusinessCabinet } from './index.ts'

await runCli({
  name: 'business-cabinet',
  version: '0.1.0',
  summary: 'Example participant: the business cabinet of resolution 688. Synthetic data.',
  notes: ['Settings may also come from the environment: CABINET_GATEWAY_URL is gateway.url.'],
  main: async ({ config }) => {
    if (config === undefined) throw new UsageError('--config FILE is needed')
    const system = await startBusinessCabinet(readCabinetConfig(config, process.env))
    console.log(`business-cabinet: pages ${system.url}, services ${system.servicesUrl}`)
    await untilSignal()
    await system.close()
    return 0
  }
})
