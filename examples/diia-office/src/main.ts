#!/usr/bin/env node
import { runCli, untilSignal, UsageError } from '@trembita/daemon'
import { readOfficeConfig, startDiiaOffice } from './index.ts'

await runCli({
  name: 'diia-office',
  version: '0.1.0',
  summary: 'Example participant: Diia.Office for officials of several bodies, each through its own gateway; synthetic data.',
  notes: ['Settings of the file can be overridden by TREMBITA_OFFICE_* variables; docs/diia-office.md lists them.'],
  main: async ({ config }) => {
    if (config === undefined) throw new UsageError('give --config FILE')
    const office = await startDiiaOffice(readOfficeConfig(config, process.env))
    console.log(`diia-office listens on ${office.url}, services on ${office.servicesUrl}`)
    await untilSignal()
    await office.close()
  }
})
