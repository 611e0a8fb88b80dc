import { runCli, untilSignal } from '@trembita/daemon'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { PORTS } from './plan.ts'

await runCli({
  name: 'demonstration identity provider',
  version: '0.1.0',
  summary: 'Signs people in to the consoles and the example systems, for development only: whoever opens it picks a person.',
  takesConfig: false,
  main: async () => {
    await using provider = await startIdentityProvider({
      port: PORTS.identityProvider,
      clients: DEVELOPMENT_CLIENTS
    })
    console.log(`identity provider listens on ${provider.issuer}`)
    await untilSignal()
  }
})
