const LOW = [1, 2, 3, 4, 5, 6, 7]
const MIDDLE = [7, 1, 2, 3, 4, 5, 6]

/**
 * Whether the last digit of a code of the register of enterprises and organisations is the one that the others ask for. Codes of
 * another length have no check digit and pass. For a warning and never to refuse: test environments use codes that fail.
 *
 * @see trembita.md §13
 */
export function edrpouDigitFits (code: string): boolean {
  if (!/^\d{8}$/.test(code)) return true
  const digits = [...code].map(Number)
  const value = Number(code)
  const weights = value >= 30_000_000 && value <= 60_000_000 ? MIDDLE : LOW
  const remainder = (more: number): number => weights.reduce((sum, weight, index) => sum + (weight + more) * digits[index]!, 0) % 11
  const first = remainder(0)
  return (first < 10 ? first : remainder(2) % 10) === digits[7]
}
