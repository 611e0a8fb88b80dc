import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runCli, untilSignal } from '@trembita/daemon'
import { agree } from './decisions.ts'
import { DEMONSTRATIONS, Stage, type Account } from './demonstrations/index.ts'
import { CABINET, runExchanges } from './exchanges.ts'
import { startDemo } from './federation.ts'
import { createFront } from './front/index.ts'
import { localhost, PORTS } from './plan/index.ts'
import { proveExchanges } from './proofs.ts'
import { publishInterfaces } from './publications.ts'
import { accountTable, allHeld, decisionTable, outcomeTable, proofTable, publicationTable, requestTable } from './table.ts'

const started = performance.now()

function say (line: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`)
}

const ADDRESSES = `
  the whole federation             http://127.0.0.1:${PORTS.front}  every system, demonstrations that run at the press of a button
  people: business cabinet         http://127.0.0.1:${PORTS.cabinet.pages}  Diia portal http://127.0.0.1:${PORTS.portal.pages}  access monitor http://127.0.0.1:${PORTS.monitor.portal}
          centres                  http://127.0.0.1:${PORTS.centres.pages}  Diia.Office http://127.0.0.1:${PORTS.office.pages}  catalog http://127.0.0.1:${PORTS.core.admin}/catalog
  core: console                    http://127.0.0.1:${PORTS.core.admin}  sign in as «Тарас Гнатюк» (all roles) or anybody else of the list
  core: API                        http://127.0.0.1:${PORTS.core.admin}/api/v1/openapi.json  key in core/operator.key of the data folder
  core: requests of gateways       https://127.0.0.1:${PORTS.core.registration} (registration)  https://127.0.0.1:${PORTS.core.management} (through GW-ADMIN)
  signed configuration             http://127.0.0.1:${PORTS.core.configuration}/internalconf
  identity provider                http://127.0.0.1:${PORTS.identityProvider}
  certification authority          http://127.0.0.1:${PORTS.trust.ca}  OCSP http://127.0.0.1:${PORTS.trust.ocsp}  time stamps http://127.0.0.1:${PORTS.trust.tsa}
  registers: EDR, tax              http://127.0.0.1:${PORTS.edr}  http://127.0.0.1:${PORTS.tax}
  gateway of the office            information systems http://127.0.0.1:${PORTS.consumer.consumerHttp}  https://127.0.0.1:${PORTS.consumer.consumerHttps}
                                   console http://127.0.0.1:${PORTS.consumer.console}  messages :${PORTS.consumer.messages}  OCSP :${PORTS.consumer.messages + 1}
  gateway of justice               information systems http://127.0.0.1:${PORTS.provider.consumerHttp}  https://127.0.0.1:${PORTS.provider.consumerHttps}
                                   console http://127.0.0.1:${PORTS.provider.console}  messages :${PORTS.provider.messages}  OCSP :${PORTS.provider.messages + 1}
  gateway of the administrator     console http://127.0.0.1:${PORTS.administrator.console}  messages :${PORTS.administrator.messages}  OCSP :${PORTS.administrator.ocsp}

  Try it:
  curl -H 'X-Road-Client: ${CABINET}' http://127.0.0.1:${PORTS.consumer.consumerHttp}/r1/SEVDEIR-DEMO/GOV/90000038/EDR/subjectByCode/91000033

  To join with a gateway of your own: docs/joining.md
`

await runCli({
  name: 'npm start --',
  version: '0.1.0',
  summary: 'Brings a whole federation up on this machine, runs real exchanges through two gateways and proves them.',
  takesConfig: false,
  options: {
    once: { type: 'boolean', description: 'run the exchanges and all demonstrations, print the proof table and stop; exit code 0 only if everything held' },
    data: { type: 'string', placeholder: 'DIR', description: 'where the federation keeps its data (default .demo); a second start continues with it' }
  },
  notes: ['`npm run demo:reset` clears .demo. All data are synthetic; everything listens on 127.0.0.1 only.'],
  main: async ({ options }) => {
    const folder = resolve(typeof options.data === 'string' ? options.data : '.demo')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await using federation = await startDemo(folder, say)
    const { approved } = federation
    const decisions = await agree(federation)
    say(`${decisions.length} agreements concluded: sealed by both sides at their own gateways`)
    const published = await publishInterfaces(say)
    const stage = await Stage.open(DEMONSTRATIONS, { federation, folder })
    await using front = await createFront(stage)
    await front.listen({ host: '127.0.0.1', port: PORTS.front })
    say(`the federation is up: ${localhost(PORTS.front)}`)
    const outcomes = await runExchanges(say)
    const proofs = await proveExchanges(outcomes, join(folder, 'proofs'), federation.trustFolder, say)
    const accounts = options.once === true ? await runAll(stage) : []
    if (approved.length > 0) console.log(`\n${requestTable(approved)}`)
    console.log(`\n${decisionTable(decisions)}\n\n${publicationTable(published)}\n\n${outcomeTable(outcomes)}\n\n${proofTable(proofs)}\n`)
    if (accounts.length > 0) console.log(`${accountTable(accounts)}\n`)
    const held = allHeld({ requests: approved, decisions, published, outcomes, proofs, accounts })
    say(held
      ? `everything held: ${approved.length} requests approved, ${outcomes.length} exchanges, ${proofs.length} sealed records verified${accounts.length === 0 ? '' : `, ${accounts.length} demonstrations`}`
      : 'NOT everything held: see the rows marked NOT or FAILED')
    if (options.once === true) return held ? 0 : 1
    console.log(`${ADDRESSES}\nThe federation goes on running. Ctrl+C stops it.`)
    await untilSignal()
    say('stopping')
    return held ? 0 : 1
  }
})

/** Every demonstration, one after another. */
async function runAll (stage: Stage): Promise<Account[]> {
  const accounts: Account[] = []
  for (const { id, title } of stage.demonstrations) {
    const account = await stage.run(id)
    say(`${account.held === true ? 'ok ' : 'NOT'} ${id} ${title.en}: ${account.steps.length} steps${account.failure === undefined ? '' : `, broke off: ${account.failure}`}`)
    accounts.push(account)
  }
  return accounts
}
