#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { askEdrByRest, askEdrBySoap, askEdrByUxp, Refusal, type Exchanged, type Gateway } from './index.ts'

const HELP = `ask-edr: asks the register of legal entities through a gateway

  --gateway URL    the gateway's address for information systems (default http://127.0.0.1:4401)
  --client ID      who asks (default SEVDEIR-DEMO/GOV/90000050/CABINET)
  --code CODE      ЄДРПОУ of the entity asked about
  --by WAY         rest, uxp or soap (default rest)
  --purpose ID     purpose of the processing
  --user ID        who acts
  --help           this text

Exit code: 0 an answer (also one of absence), 1 refused, 2 wrong usage.`

const WAYS = { rest: askEdrByRest, uxp: askEdrByUxp, soap: askEdrBySoap } as const

process.exitCode = await main()

async function main (): Promise<number> {
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string', default: 'http://127.0.0.1:4401' },
      client: { type: 'string', default: 'SEVDEIR-DEMO/GOV/90000050/CABINET' },
      code: { type: 'string' },
      by: { type: 'string', default: 'rest' },
      purpose: { type: 'string' },
      user: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (values.code === undefined || !Object.hasOwn(WAYS, values.by)) {
    console.error(HELP)
    return 2
  }
  const gateway: Gateway = { url: values.gateway, client: values.client }
  const ask = WAYS[values.by as keyof typeof WAYS] as (gateway: Gateway, code: string, options: object) => Promise<Exchanged<unknown>>
  try {
    const { id, answer, source } = await ask(gateway, values.code, { purpose: values.purpose, userId: values.user })
    console.log(JSON.stringify({ id, ...answer, source }, null, 2))
    return 0
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    console.error(`refused by the ${thrown.by}: ${thrown.code}: ${thrown.message} (exchange ${thrown.exchangeId}${thrown.detail === undefined ? '' : `, detail ${thrown.detail}`})`)
    return 1
  }
}
