import { Problem } from './problem.ts'

/**
 * Is it a code of the register of legal entities (ЄДРПОУ): eight digits, the last one a check digit?
 * Weights 1…7, between 30 000 000 and 60 000 000 they are 7, 1…6; when the remainder is 10, each weight is raised by 2; when again, the digit is 0.
 */
export function isEdrpou (code: string): boolean {
  if (!/^\d{8}$/.test(code)) return false
  const digits = [...code].map(Number)
  const number = Number(code)
  const weights = number >= 30_000_000 && number <= 60_000_000 ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7]
  const sum = (raise: number): number => weights.reduce((total, weight, i) => total + (weight + raise) * digits[i]!, 0) % 11
  const first = sum(0)
  return digits[7] === (first < 10 ? first : sum(2) % 10)
}

/** Is it a registration number of a taxpayer (РНОКПП): ten digits, the last one a check digit? */
export function isRnokpp (code: string): boolean {
  if (!/^\d{10}$/.test(code)) return false
  const digits = [...code].map(Number)
  const sum = [-1, 5, 7, 9, 4, 6, 10, 5, 7].reduce((total, weight, i) => total + weight * digits[i]!, 0)
  // The first weight is negative, so the sum may be too: 9000000002 is a valid number.
  return digits[9] === (((sum % 11) + 11) % 11) % 10
}

/** @throws {Problem} when it is neither; a register validates what it is asked about (a gateway never judges a member's code). */
export function checkSubjectCode (code: string): void {
  if (isEdrpou(code) || isRnokpp(code)) return
  throw new Problem('invalid-identifier', 'Код не є ні кодом ЄДРПОУ, ні РНОКПП: довжина або контрольна цифра', 'The code is neither ЄДРПОУ nor РНОКПП: its length or check digit is wrong')
}
