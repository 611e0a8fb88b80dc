declare const verified: unique symbol

/** A value whose signature was checked, or that we sealed ourselves. Only `trust/` and `signer/` make one. */
export type Verified<T> = T & { readonly [verified]: true }

/** States that the value was checked. Called by `trust/` and `signer/` alone; the architecture test holds that. */
export function markVerified<T> (value: T): Verified<T> {
  return value as Verified<T>
}
