import { open, type FileHandle } from 'node:fs/promises'
import type { Actor } from '@trembita/daemon/accounts'

/** One administrative event (xroad-trust §6.5). Never a secret: keys, PINs and cookies stay out of `data`. */
export interface AuditEvent {
  /** What was done; ends in ` failed` when it was not. */
  readonly event: string
  /** Undefined: nobody that we know. */
  readonly actor?: Actor | undefined
  readonly at: Date
  readonly ipaddress: string
  readonly correlationId?: string | undefined
  /** Method and path, without the query. */
  readonly url?: string | undefined
  readonly reason?: string | undefined
  readonly data?: Readonly<Record<string, unknown>> | undefined
}

const AUTH: Readonly<Record<Actor['kind'], string>> = { user: 'Session', apiKey: 'ApiKey', server: 'Certificate', system: 'System' }

/** The administrators' log: one JSON line an event in a file that only the gateway's own account can read. */
export class AuditLog implements AsyncDisposable {
  readonly path: string
  readonly #file: FileHandle
  #last: Promise<void> = Promise.resolve()

  private constructor (path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  static async open (path: string): Promise<AuditLog> {
    return new AuditLog(path, await open(path, 'a', 0o600))
  }

  /** On disk when it resolves; events stand in the order of the calls. */
  write ({ event, actor, at, ipaddress, correlationId, url, reason, data }: AuditEvent): Promise<void> {
    const line = JSON.stringify({
      time: at.toISOString(),
      correlation_id: correlationId,
      event,
      user: actor?.name,
      user_id: actor === undefined ? undefined : `${actor.kind}:${actor.id}`,
      ipaddress,
      auth: actor === undefined ? undefined : AUTH[actor.kind],
      url,
      reason,
      data
    })
    const write = this.#last.then(async () => {
      await this.#file.appendFile(`${line}\n`)
      await this.#file.datasync()
    })
    this.#last = write.catch(() => {})
    return write
  }

  async close (): Promise<void> {
    await this.#last
    await this.#file.close()
  }

  [Symbol.asyncDispose] (): Promise<void> {
    return this.close()
  }
}
