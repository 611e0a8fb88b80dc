import type { Actor } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import type { ChangeRecord } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { approve } from './decide.ts'

/** What an approval would do now. */
export type Prospect =
  | { readonly changes: readonly ChangeRecord[] }
  /** What forbids it. */
  | { readonly obstacle: { readonly code: string, readonly message: string } }

/** Carries nothing but the way out. */
class Rehearsed extends Error {}

/**
 * Approves a request and takes it back before anybody could see: what a page says will change is what the approval itself does,
 * not a second opinion on it.
 */
export async function rehearseApproval (store: SqlStore, actor: Actor, id: number, at: Date): Promise<Prospect> {
  const changes: ChangeRecord[] = []
  try {
    await store.write(async (tx) => {
      await approve({
        at,
        actor,
        all: (sql, ...values) => tx.all(sql, ...values),
        get: (sql, ...values) => tx.get(sql, ...values),
        run: (sql, ...values) => tx.run(sql, ...values),
        record: async (entry) => { changes.push(entry) }
      }, id)
      throw new Rehearsed()
    })
  } catch (thrown) {
    if (thrown instanceof Refusal) return { obstacle: { code: thrown.code, message: thrown.message } }
    if (!(thrown instanceof Rehearsed)) throw thrown
  }
  // Of the request itself the page speaks anyway.
  return { changes: changes.filter(({ object }) => object.kind !== 'management-request') }
}
