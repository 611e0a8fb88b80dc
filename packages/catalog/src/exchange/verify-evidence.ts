import { createHash } from 'node:crypto'
import { readContainer, verifyContainer } from '@trembita/protocol/asic'
import { formatClientId } from '@trembita/protocol/identifiers'
import type { SignedConfiguration } from '../configuration/index.ts'

/** What the container of an exchange proves. */
export interface Evidence {
  readonly verdict: 'verified' | 'failed' | 'undecided'
  readonly reason?: string | undefined
  /** Member whose seal it is. */
  readonly signer?: string | undefined
  readonly stampedAt?: string | undefined
  /** SHA-256 of the container, hexadecimal. */
  readonly sha256: string
}

/** Verifies a container against the signed configuration, as `trembita-verify` does. */
export async function verifyEvidence (bytes: Buffer, configuration: SignedConfiguration): Promise<Evidence> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  try {
    const report = verifyContainer(await readContainer(bytes), (instance) => configuration.trustOf(instance))
    return {
      verdict: report.verdict,
      reason: report.reason?.message,
      signer: report.signer === undefined ? undefined : formatClientId(report.signer),
      stampedAt: report.timestamp?.genTime.toISOString(),
      sha256
    }
  } catch (error) {
    return { verdict: 'failed', reason: error instanceof Error ? error.message : String(error), sha256 }
  }
}
