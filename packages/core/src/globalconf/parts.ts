import type { Clock, Database } from '@trembita/daemon'
import { parseFetchInterval, parseMonitoringParameters, parseNextUpdate, PART_FILES } from '@trembita/protocol/globalconf'

/** Parts that an operator may add, with what checks their content (xroad-trust §2.4). */
export const OPTIONAL_PARTS = { MONITORING: parseMonitoringParameters, FETCHINTERVAL: parseFetchInterval, NEXTUPDATE: parseNextUpdate } as const
export type OptionalPartName = keyof typeof OPTIONAL_PARTS

export interface OptionalPart {
  readonly contentIdentifier: OptionalPartName
  readonly fileName: string
  readonly content: Buffer
}

/** Parts of the internal configuration that the registry does not make itself, published byte for byte. */
export class OptionalParts {
  readonly #db: Database
  readonly #clock: Clock

  constructor (db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws {Fault} `MalformedGlobalConf` for content that nodes could not read. */
  put (name: OptionalPartName, content: Uint8Array): void {
    OPTIONAL_PARTS[name](content)
    this.#db.prepare(`INSERT INTO configuration_part (content_identifier, file_name, content, uploaded_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (content_identifier) DO UPDATE SET content = excluded.content, uploaded_at = excluded.uploaded_at`)
      .run(name, PART_FILES[name], Buffer.from(content), this.#clock.now().toISOString())
  }

  all (): OptionalPart[] {
    return this.#db.prepare('SELECT content_identifier AS contentIdentifier, file_name AS fileName, content FROM configuration_part ORDER BY content_identifier')
      .all() as OptionalPart[]
  }
}
