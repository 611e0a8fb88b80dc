import { writeFile } from 'node:fs/promises'
import { Closer, createLogger, type Clock, type Logger, type LogLevel } from '@trembita/daemon'
import { readCoreConfig, startCore, type Core } from '@trembita/core'
import { readGatewayConfig, startGateway, type Gateway } from '@trembita/gateway'
import { startOcspResponder, startTimestamper, type OcspFaults, type TimestampFaults, type TrustService } from '../pki/index.ts'
import type { FederationPlan } from './plan.ts'
import { provision, type Provisioned } from './provision.ts'

/** The trust services of a development PKI, answering. */
export interface RunningTrust extends AsyncDisposable {
  readonly ocsp: TrustService<OcspFaults>
  readonly timestamps: TrustService<TimestampFaults>
}

/** A federation running inside this process. */
export interface Federation extends AsyncDisposable {
  readonly provisioned: Provisioned
  readonly core: Core
  readonly trust: RunningTrust
  gateway (code: string): Gateway
  close (): Promise<void>
}

export async function startTrust (provisioned: Provisioned): Promise<RunningTrust> {
  const host = '127.0.0.1'
  const ocsp = await startOcspResponder(provisioned.pki, { host, port: provisioned.trustPorts.ocsp })
  const timestamps = await startTimestamper(provisioned.pki, { host, port: provisioned.trustPorts.timestamps })
  return {
    ocsp,
    timestamps,
    async [Symbol.asyncDispose] () {
      await ocsp.close()
      await timestamps.close()
    }
  }
}

/** Fetches the anchor from the running core and gives it to every gateway. */
export async function distributeAnchor (provisioned: Provisioned): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${provisioned.corePorts.admin}/anchor`)
  if (!response.ok) throw new Error(`the core gives no anchor: HTTP ${response.status}`)
  const anchor = Buffer.from(await response.arrayBuffer())
  for (const { anchorFile } of provisioned.gateways) await writeFile(anchorFile, anchor)
}

export interface FederationOptions {
  readonly logLevel?: LogLevel | undefined
  /** Log of `core` or of a gateway by its code, in place of standard output. */
  readonly log?: ((name: string) => Logger) | undefined
  /** Clock of a gateway by its code. */
  readonly clock?: ((code: string) => Clock) | undefined
}

/** Provisions a plan into a folder and runs it all in this process: trust services, core, gateways. Its peers are left to the caller. */
export async function startFederation (plan: FederationPlan, folder: string, options: FederationOptions = {}): Promise<Federation> {
  const closer = new Closer()
  const logOf = options.log ?? ((name: string): Logger => createLogger(name, options.logLevel ?? 'error'))
  try {
    const provisioned = await provision(plan, folder)
    const trust = closer.use('trust services', await startTrust(provisioned))
    const core = closer.use('core', await startCore(readCoreConfig(provisioned.coreConfigFile, {}), logOf('core')))
    await distributeAnchor(provisioned)
    const gateways = new Map<string, Gateway>()
    for (const { code, configFile } of provisioned.gateways) {
      gateways.set(code, closer.use(`gateway ${code}`, await startGateway(readGatewayConfig(configFile, {}), logOf(code), options.clock?.(code))))
    }
    return {
      provisioned,
      core,
      trust,
      gateway (code) {
        const gateway = gateways.get(code)
        if (gateway === undefined) throw new Error(`no gateway ${code}`)
        return gateway
      },
      close: () => closer.close(),
      [Symbol.asyncDispose]: () => closer.close()
    }
  } catch (error) {
    await closer.close()
    throw error
  }
}
