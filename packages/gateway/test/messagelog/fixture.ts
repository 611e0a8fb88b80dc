import type { KeyObject } from 'node:crypto'
import { createLogger, ManualClock, type Clock, type Logger, type LogLevel } from '@trembita/daemon'
import { readContainer, verifyContainer, type ContainerReport } from '@trembita/protocol/asic'
import type { TrustStore } from '@trembita/protocol/pki'
import { type SealKey, signatureAlgorithmFor, signValue } from '@trembita/protocol/signature'
import { createTestPki, ocspResponseFor, startTimestamper, type TestPki, type TimestampFaults, type TrustService, trustStoreOfPki } from '@trembita/testnet/pki'
import { openMessageLog, type GatewayMessageLog, type LogRecord, type MessageLogOptions, type TimestampingOptions } from '../../src/messagelog/index.ts'
import { PIN, type RecordOptions, sealedRecord } from './records.ts'

export { CLIENT, PIN, SERVICE } from './records.ts'

/** A PKI with a time-stamping service that listens and one member's seal. */
export interface Authority {
  readonly pki: TestPki
  readonly trust: TrustStore
  readonly tsa: TrustService<TimestampFaults>
  readonly key: SealKey
  /** The private half of `key`, for a process apart. */
  readonly privateKey: KeyObject
  /** A request of `CLIENT`, really sealed. */
  record (options?: RecordOptions): Promise<LogRecord>
  timestamping (options?: Partial<TimestampingOptions>): TimestampingOptions
  verify (container: Uint8Array): Promise<ContainerReport>
  close (): Promise<void>
}

export async function startAuthority (): Promise<Authority> {
  const pki = await createTestPki()
  const trust = trustStoreOfPki(pki)
  const tsa = await startTimestamper(pki)
  const issued = await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '00000001' } })
  const algorithm = signatureAlgorithmFor('ec')
  const key: SealKey = {
    certificate: issued.certificate,
    intermediates: [],
    ocspResponses: [ocspResponseFor(pki, issued.certificate)],
    algorithm,
    sign: (data) => signValue(algorithm, issued.privateKey, data)
  }
  return {
    pki,
    trust,
    tsa,
    key,
    privateKey: issued.privateKey,
    record: async (options = {}) => await sealedRecord(key, options),
    timestamping: (options = {}) => ({
      providers: () => [{ name: 'tsa', url: tsa.url }],
      trusted: () => [pki.tsa.certificate],
      // Only when a test asks: rounds by themselves are tested where they are meant.
      firstDelaySeconds: 3600,
      ...options
    }),
    verify: async (container) => verifyContainer(await readContainer(container), (instance) => instance === trust.instance ? trust : undefined),
    close: () => tsa.close()
  }
}

export function quietLogger (level: LogLevel = 'silent'): Logger {
  return createLogger('test', level)
}

export async function openLog (authority: Authority, folder: string, options: Partial<MessageLogOptions> = {}): Promise<GatewayMessageLog> {
  return await openMessageLog({
    folder, pin: PIN, clock: options.clock ?? systemLikeClock(), log: quietLogger(), timestamping: authority.timestamping(), ...options
  })
}

function systemLikeClock (): Clock {
  return { now: () => new Date() }
}

export { ManualClock }
