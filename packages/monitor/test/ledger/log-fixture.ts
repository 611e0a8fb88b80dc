import { join } from 'node:path'
import { createLogger, ManualClock, Secret } from '@trembita/daemon'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { parseVerifierKey } from '@trembita/protocol/tlog'
import { startWitness, type RunningWitness } from '@trembita/testnet/witness'
import { MIGRATIONS } from '../../src/index.ts'
import { Intake } from '../../src/intake/index.ts'
import { Ledger, logKeyOf, receiptsOf, type LedgerStep } from '../../src/ledger/index.ts'
import { CLIENT, COMPONENT, NOW } from '../samples.ts'

export const ORIGIN = 'monitor.example.gov.ua/log'

export interface TestLog {
  readonly store: SqlStore
  readonly ledger: Ledger
  readonly intake: Intake
  readonly receipts: ReturnType<typeof receiptsOf>
  readonly folder: string
  close (): Promise<void>
}

export interface TestLogOptions {
  readonly witness?: RunningWitness | undefined
  readonly quorum?: number
  readonly onStep?: (step: LedgerStep) => void
}

/** A log on disk with its store, to be opened again and again. */
export async function openLog (root: string, { witness, quorum = witness === undefined ? 0 : 1, onStep }: TestLogOptions = {}): Promise<TestLog> {
  const store = await openSqliteStore(join(root, 'monitor.db'), MIGRATIONS)
  const clock = new ManualClock(NOW)
  const log = createLogger('test', 'silent')
  const folder = join(root, 'log')
  try {
    const signer = await logKeyOf(join(root, 'log.key'), ORIGIN, new Secret(Buffer.from('passphrase of the test')), true)
    const witnesses = witness === undefined ? [] : [{ key: parseVerifierKey(witness.verifierKey), url: witness.url }]
    const ledger = await Ledger.open({ store, folder, signer, witnesses, quorum, clock, log, batchMs: 10, onStep })
    const intake = new Intake({ store, clock, log, components: [{ id: COMPONENT, client: CLIENT, name: { uk: 'Шлюз' } }], mayHide: [], onStored: () => {} })
    const close = async (): Promise<void> => {
      await ledger.close()
      await store.close()
    }
    return { store, ledger, intake, receipts: receiptsOf({ store, ledger, witnesses, quorum }), folder, close }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A witness of this log, wherever its key is made. */
export async function witnessOf (root: string, keys: () => readonly string[]): Promise<RunningWitness> {
  return await startWitness({ folder: join(root, 'witness'), name: 'witness.example.org/w1', logs: keys })
}
