import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon/files'
import { formatServerId, type ServerId } from '@trembita/protocol/identifiers'
import type { GatewayConfig } from './config.ts'
import type { ServerConf } from './serverconf/index.ts'

/** Where an anchor that came over the administration API is kept, in the data folder. */
const ANCHOR_FILE = 'configuration-anchor.xml'

/**
 * Who this gateway is and where its configuration comes from: by the configuration file, or by what an administrator told it
 * when it was initialised. The latter is durable when the call resolves.
 */
export class Installation {
  /** The configuration file names the anchor or the server: they are not for the administration API to change. */
  readonly isAnchorConfigured: boolean
  readonly isServerConfigured: boolean
  readonly #anchorFile: string
  readonly #configuredAnchor: GatewayConfig['anchor']
  readonly #serverconf: ServerConf

  constructor ({ dataFolder, anchor, server }: Pick<GatewayConfig, 'dataFolder' | 'anchor' | 'server'>, serverconf: ServerConf) {
    this.#anchorFile = join(dataFolder, ANCHOR_FILE)
    this.#configuredAnchor = anchor
    this.#serverconf = serverconf
    this.isAnchorConfigured = anchor !== undefined
    this.isServerConfigured = server !== undefined
    if (server === undefined) return
    // The owner may have changed since the file was written; another name in the file is a decision of the administrator.
    const configured = formatServerId(server)
    if (serverconf.server()?.configuredAs !== configured) serverconf.setServer(server, configured)
  }

  /** Path or bytes of the anchor; undefined while there is none. */
  anchor (): string | Uint8Array | undefined {
    return this.#configuredAnchor ?? (existsSync(this.#anchorFile) ? this.#anchorFile : undefined)
  }

  server (): ServerId | undefined {
    return this.#serverconf.server()?.id
  }

  async saveAnchor (bytes: Uint8Array): Promise<void> {
    await writeFileAtomic(this.#anchorFile, bytes, { mode: 0o644 })
  }

  /** The name that an owner change gave this gateway. */
  renameServer (id: ServerId): void {
    this.#serverconf.setServer(id, this.#serverconf.server()?.configuredAs)
  }
}
