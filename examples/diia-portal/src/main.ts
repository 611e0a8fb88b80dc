#!/usr/bin/env node
import { readConfigFile, runCli, untilSignal } from '@trembita/daemon'
import { toPortalOptions } from './config.ts'
import { startDiiaPortal } from './index.ts'

await runCli({
  name: 'diia-portal',
  version: '0.1.0',
  summary: 'Model of the Diia portal: documents, offers and notices for people, and services for the exchange. Synthetic data.',
  options: {
    port: { type: 'string', placeholder: 'PORT', description: 'port of the pages (4210)' },
    'services-port': { type: 'string', placeholder: 'PORT', description: 'port of the services for the exchange (4211)' }
  },
  main: async ({ config, options }) => {
    const { port, 'services-port': servicesPort } = options
    const env = {
      ...process.env,
      ...typeof port === 'string' ? { DIIA_PORTAL_PAGES_PORT: port } : {},
      ...typeof servicesPort === 'string' ? { DIIA_PORTAL_SERVICES_PORT: servicesPort } : {}
    }
    await using portal = await startDiiaPortal(toPortalOptions(config === undefined ? undefined : readConfigFile(config), env))
    console.log(`diia-portal listens on ${portal.url}, its services for the exchange on ${portal.servicesUrl}`)
    await untilSignal()
  }
})
