/** Amounts are decimal texts with up to two digits after the point: a float would not add up. @throws {RangeError} */
export function toHundredths (amount: string): bigint {
  const parts = /^(\d+)(?:\.(\d{1,2}))?$/.exec(amount)
  if (parts === null) throw new RangeError('not an amount')
  return BigInt(parts[1]!) * 100n + BigInt((parts[2] ?? '').padEnd(2, '0'))
}

export function isAtLeast (amount: string, least: string): boolean {
  return toHundredths(amount) >= toHundredths(least)
}

export function isAtMost (amount: string, most: string): boolean {
  return toHundredths(amount) <= toHundredths(most)
}
