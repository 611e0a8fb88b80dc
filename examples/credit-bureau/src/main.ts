#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { startCreditBureau } from './index.ts'

const HELP = `credit-bureau: a credit bureau that checks a person with the tax service before a loan, through a gateway

  --port N         port of its pages (default: any free one)
  --gateway URL    the gateway's address for information systems (default http://127.0.0.1:4401)
  --client ID      who asks (default SEVDEIR-DEMO/GOV/90000127/BUREAU)
  --service ID     the register's service (default SEVDEIR-DEMO/GOV/90000044/DRFO/checkRnokpp)
  --purpose ID     purpose of the processing, from the contract (default DOG-127-DRFO)
  --help           this text`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    gateway: { type: 'string', default: 'http://127.0.0.1:4401' },
    client: { type: 'string', default: 'SEVDEIR-DEMO/GOV/90000127/BUREAU' },
    service: { type: 'string', default: 'SEVDEIR-DEMO/GOV/90000044/DRFO/checkRnokpp' },
    purpose: { type: 'string', default: 'DOG-127-DRFO' },
    help: { type: 'boolean', short: 'h', default: false }
  }
})
if (values.help) {
  console.log(HELP)
} else {
  const bureau = await startCreditBureau({ port: Number(values.port), gateway: { url: values.gateway, client: values.client }, service: values.service, purpose: values.purpose })
  console.log(`credit-bureau listens on ${bureau.url}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { bureau.close().catch(console.error) })
}
