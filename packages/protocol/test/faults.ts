import type { Test } from 'tap'
import { Fault } from '../src/fault/index.ts'

/** Asserts that a call refuses with a fault of this code: the kind, with its stages before it. */
export function refuses (t: Test, run: () => unknown, code: string, because = code): void {
  let thrown: unknown
  try {
    run()
  } catch (caught) {
    thrown = caught
  }
  t.equal(thrown instanceof Fault ? thrown.code : thrown ?? 'nothing was thrown', code, because)
}

export async function rejects (t: Test, run: () => Promise<unknown>, code: string, because = code): Promise<void> {
  let thrown: unknown
  await run().catch((caught: unknown) => { thrown = caught })
  t.equal(thrown instanceof Fault ? thrown.code : thrown ?? 'nothing was thrown', code, because)
}
