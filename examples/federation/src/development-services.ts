import { runCli, untilSignal } from '@trembita/daemon'
import { DEVELOPMENT_CLIENTS, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { PORTS } from './plan/index.ts'

await runCli({
  name: 'demonstration development services',
  version: '0.1.0',
  summary: 'What others would run in earnest, for development only: the identity provider, where whoever opens it picks a person.',
  takesConfig: false,
  main: async () => {
    await using provider = await startIdentityProvider({ port: PORTS.identityProvider, clients: DEVELOPMENT_CLIENTS })
    console.log(`identity provider listens on ${provider.issuer}`)
    await untilSignal()
  }
})
