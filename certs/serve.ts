/**
 * Runs the development certification authority: signs certificate requests by HTTP, answers OCSP, stamps time.
 *
 *     node certs/serve.ts --out DIR --port 4092      OCSP and time stamps at the two ports after it
 */
import { resolve } from 'node:path'
import { UsageError, packageVersion, runCli, untilSignal } from '@trembita/daemon'
import { startDevelopmentCa } from '@trembita/testnet/development-ca'
import { loadOrCreateTestPki } from '@trembita/testnet/pki'

await runCli({
  name: 'certs-serve',
  version: packageVersion(import.meta.url),
  summary: 'A certification authority FOR DEVELOPMENT ONLY: whoever asks gets a certificate for whichever name they ask.',
  takesConfig: false,
  options: {
    out: { type: 'string', short: 'o', placeholder: 'DIR', description: 'where its keys are; default .certs/pki. A PKI that is there is used again' },
    port: { type: 'string', placeholder: 'N', description: 'port of the authority; OCSP listens at N+1, time stamps at N+2; default 4092' }
  },
  notes: ['GET / tells every address; POST /sign?kind=sign|auth takes a PKCS#10 request.', 'Everything listens on 127.0.0.1.'],
  async main ({ options }) {
    const port = Number(options.port ?? 4092)
    if (!Number.isInteger(port) || port < 1 || port > 65_533) throw new UsageError('--port: expected 1 to 65533')
    const pki = await loadOrCreateTestPki(resolve(typeof options.out === 'string' ? options.out : '.certs/pki'))
    await using ca = await startDevelopmentCa({ pki, ports: { ca: port, ocsp: port + 1, tsa: port + 2 } })
    console.log(`certification authority at ${ca.url}, OCSP at ${ca.ocsp.url}, time stamps at ${ca.tsa.url}`)
    await untilSignal()
  }
})
