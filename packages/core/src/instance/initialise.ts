import type { Actor } from '@trembita/daemon/accounts'
import type { Changes } from '../audit/index.ts'
import { checkCodes, readParameters, writeParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'

/**
 * Gives the instance its identifier, once and for all: it stands in every identifier of every member.
 *
 * @throws {Refusal} `init_already_initialized`, `invalid_identifier`
 */
export async function initialise (changes: Changes, actor: Actor, instance: string): Promise<void> {
  await changes.change(actor, async (tx) => {
    const known = await readParameters(tx)
    if (known.instance !== '') throw new Refusal('conflict', 'init_already_initialized', `the core is initialised already, as instance ${known.instance}`)
    checkCodes({ instance_identifier: instance }, known.strictIdentifiers)
    await writeParameters(tx, { instance })
    await tx.record({ action: 'instance.initialise', object: { kind: 'instance', id: instance }, after: { instance } })
  })
}
