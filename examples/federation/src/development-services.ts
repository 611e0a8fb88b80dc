import { runCli, untilSignal } from '@trembita/daemon'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startMailbox } from '@trembita/testnet/mailbox'
import { startPushService } from '@trembita/testnet/push-service'
import { startWitness } from '@trembita/testnet/witness'
import { localhost, PORTS } from './plan/index.ts'
import { WITNESS_NAME } from './witness-key.ts'

/** The witness learns the log's key when the monitor has one. */
async function logKeys (): Promise<string[]> {
  const response = await fetch(localhost(PORTS.monitor.portal, '/log/vkey'), { signal: AbortSignal.timeout(1000) })
  return response.ok ? [(await response.text()).trim()] : []
}

await runCli({
  name: 'demonstration development services',
  version: '0.1.0',
  summary: 'What others would run in earnest, for development only: identity provider, mailbox, push service, and a witness of the log of accesses.',
  takesConfig: false,
  options: { witness: { type: 'string', placeholder: 'DIR', description: 'folder of the witness' } },
  main: async ({ options }) => {
    let logs: readonly string[] = []
    const timer = setInterval(() => { logKeys().then((keys) => { logs = keys }, () => {}) }, 500)
    await using provider = await startIdentityProvider({ port: PORTS.identityProvider, clients: DEVELOPMENT_CLIENTS })
    await using mailbox = await startMailbox({ smtpPort: PORTS.mailbox.smtp, httpPort: PORTS.mailbox.pages })
    await using push = await startPushService({ port: PORTS.pushService })
    await using witness = await startWitness({ folder: String(options.witness), name: WITNESS_NAME, logs: () => logs, port: PORTS.witness })
    console.log(`identity provider ${provider.issuer}, mailbox ${mailbox.url}, push service ${push.url}, witness ${witness.url}`)
    await untilSignal()
    clearInterval(timer)
  }
})
