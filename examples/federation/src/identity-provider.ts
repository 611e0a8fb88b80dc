import { runCli, untilSignal } from '@trembita/daemon'
import { startIdentityProvider } from '@trembita/testnet/identity-provider'
import { PORTS } from './plan.ts'

await runCli({
  name: 'demonstration identity provider',
  version: '0.1.0',
  summary: 'Signs people in to the core\'s console, for development only: whoever opens it picks a person.',
  takesConfig: false,
  main: async () => {
    await using provider = await startIdentityProvider({
      port: PORTS.identityProvider,
      clients: [{ id: 'trembita-core', name: 'Ядро системи', url: `http://127.0.0.1:${PORTS.core.admin}` }]
    })
    console.log(`identity provider listens on ${provider.issuer}`)
    await untilSignal()
  }
})
