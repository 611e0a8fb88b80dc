#!/usr/bin/env node
import { runCli, untilSignal, UsageError } from '@trembita/daemon'
import { readCentresConfig } from './config.ts'
import { startServiceCentres } from './index.ts'

await runCli({
  name: 'service-centres',
  version: '0.1.0',
  summary: 'Example participant: the platform of service centres: cards, map, booking, ratings. Synthetic data.',
  notes: ['Settings may also come from the environment: CENTRES_GATEWAY_URL is gateway.url.'],
  main: async ({ config }) => {
    if (config === undefined) throw new UsageError('--config FILE is needed')
    const centres = await startServiceCentres(readCentresConfig(config, process.env))
    console.log(`service-centres: pages ${centres.url}, services ${centres.servicesUrl}`)
    await untilSignal()
    await centres.close()
    return 0
  }
})
