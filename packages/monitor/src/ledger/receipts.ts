import { formatOpening, openingHash, type AccessEvent } from '@trembita/protocol/accessevent'
import { writeZip } from '@trembita/protocol/asic'
import { formatPolicy, formatProof, hashOfRange, inclusionRanges } from '@trembita/protocol/tlog'
import type { SqlStore } from '@trembita/daemon/store'
import type { Receipts } from '../events/index.ts'
import type { Ledger } from './ledger.ts'
import type { WitnessSettings } from './witness-client.ts'

export interface ReceiptDeps {
  readonly store: SqlStore
  readonly ledger: Ledger
  readonly witnesses: readonly WitnessSettings[]
  readonly quorum: number
  /** Address of the log for the policy. */
  readonly logUrl?: string | undefined
}

/** Receipts from the published log: nothing of them is kept. */
export function receiptsOf (deps: ReceiptDeps): Receipts {
  const policy = logPolicy(deps)
  return {
    of: async (eventId) => {
      const { store, ledger } = deps
      const row = await store.get<{ body: string, salt: Buffer, leaf_index: number }>(
        'SELECT a.body, a.salt, l.leaf_index FROM access_event a JOIN log_entry l ON l.ref = a.event_id WHERE a.event_id = ?', eventId)
      const head = ledger.head
      const index = Number(row?.leaf_index)
      if (row === undefined || head === undefined || index >= head.checkpoint.size) return undefined
      const { size } = head.checkpoint
      const opening = formatOpening(row.salt, JSON.parse(row.body) as AccessEvent)
      const read = ledger.tiles.reader(size)
      const hashes = await Promise.all(inclusionRanges(index, size).map((range) => hashOfRange(range, read)))
      const proof = formatProof({ extra: openingHash(opening), index, hashes, checkpoint: head.note })
      const zip = await writeZip([
        { name: 'receipt.tlog-proof', bytes: Buffer.from(proof) }, { name: 'opening.json', bytes: Buffer.from(opening) }, { name: 'policy.txt', bytes: Buffer.from(policy) }
      ], { at: new Date((JSON.parse(row.body) as AccessEvent).recordedAt) })
      return { proof, opening, policy, zip, treeSize: size, leafIndex: index, witnesses: head.cosignatures.map(({ witness, at }) => ({ name: witness.name, at })) }
    }
  }
}

/** Whom to trust for this log, as a C2SP tlog-policy. */
export function logPolicy ({ ledger, witnesses, quorum, logUrl }: Omit<ReceiptDeps, 'store'>): string {
  const names = witnesses.map(({ key }) => key.name)
  const hasQuorum = quorum > 0 && names.length > 0
  return formatPolicy({
    logs: [{ key: ledger.signer, url: logUrl }],
    witnesses: witnesses.map(({ key, url }) => ({ name: key.name, key, url })),
    groups: hasQuorum ? [{ name: 'witnesses', threshold: quorum, members: names }] : [],
    quorum: hasQuorum ? 'witnesses' : undefined
  })
}
