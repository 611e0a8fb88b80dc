import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import { parseFetchInterval, parseMonitoringParameters, parseNextUpdate, PART_FILES } from '@trembita/protocol/globalconf'

/** Parts that an operator may add, with what checks their content (xroad-trust §2.4). */
export const OPTIONAL_PARTS = { MONITORING: parseMonitoringParameters, FETCHINTERVAL: parseFetchInterval, NEXTUPDATE: parseNextUpdate } as const
export type OptionalPartName = keyof typeof OPTIONAL_PARTS

export interface OptionalPart {
  /** One of `OPTIONAL_PARTS`, or of our own parts that X-Road's nodes keep and do not read. */
  readonly contentIdentifier: string
  readonly fileName: string
  readonly content: Buffer
}

/**
 * Takes up a part that the registry does not make itself; it is published byte for byte.
 *
 * @throws {Fault} `MalformedGlobalConf` for content that nodes could not read.
 */
export async function putPart (tx: SqlWriter, name: OptionalPartName, content: Uint8Array, at: Date): Promise<void> {
  OPTIONAL_PARTS[name](content)
  await tx.run(`INSERT INTO configuration_part (content_identifier, file_name, content, uploaded_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (content_identifier) DO UPDATE SET content = excluded.content, uploaded_at = excluded.uploaded_at`, name, PART_FILES[name]!, content, at.toISOString())
}

export async function optionalParts (reader: SqlReader): Promise<OptionalPart[]> {
  return await reader.all<OptionalPart>('SELECT content_identifier AS "contentIdentifier", file_name AS "fileName", content FROM configuration_part ORDER BY content_identifier')
}
