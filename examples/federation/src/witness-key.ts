import { mkdir } from 'node:fs/promises'
import { witnessKey } from '@trembita/testnet/witness'
import { formatVerifierKey } from '@trembita/protocol/tlog'

export const WITNESS_NAME = 'witness.sevdeir-demo.example/w1'

/** By what the monitor knows its witness; the key is made when first asked for. */
export async function witnessVerifierKey (folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return formatVerifierKey(await witnessKey(folder, WITNESS_NAME))
}
