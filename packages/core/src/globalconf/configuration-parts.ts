import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { Fault } from '@trembita/protocol/fault'
import { PART_FILES, parseMonitoringParameters } from '@trembita/protocol/globalconf'
import { formatClientId } from '@trembita/protocol/identifiers'
import type { Changes } from '../audit/index.ts'
import { hasClient, readParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { OPTIONAL_PARTS, putPart, type OptionalPartName } from './parts.ts'

/** A part that an operator uploaded. */
export interface UploadedPart {
  readonly name: OptionalPartName
  readonly fileName: string
  readonly content: Buffer
  readonly uploadedAt: Date
}

/** Parts that operators add to the internal configuration: MONITORING, FETCHINTERVAL, NEXTUPDATE (xroad-trust §2.4). */
export class ConfigurationParts {
  readonly #store: SqlStore
  readonly #changes: Changes

  constructor (store: SqlStore, changes: Changes) {
    this.#store = store
    this.#changes = changes
  }

  async list (): Promise<UploadedPart[]> {
    return await uploadedParts(this.#store)
  }

  /** Takes up a part, to be published as it is; replaces the one there was. @throws {Refusal} */
  async upload (actor: Actor, name: OptionalPartName, content: Buffer, ignoreWarnings = false): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const warning = await checkContent(tx, name, content)
      if (warning !== undefined && !ignoreWarnings) throw new Refusal('invalid', 'monitoring_client_not_registered', warning, { fields: { file: warning } })
      const before = (await uploadedParts(tx)).find((part) => part.name === name)
      await putPart(tx, name, content, tx.at)
      await tx.record({
        action: 'configuration-part.upload',
        object: { kind: 'configuration-part', id: name },
        before: before === undefined ? undefined : { content: before.content.toString('utf8') },
        after: { content: content.toString('utf8'), ...warning === undefined ? {} : { accepted_warnings: [warning] } }
      })
    })
  }

  /** Takes a part out of the configuration. @throws {Refusal} `configuration_part_not_found` */
  async remove (actor: Actor, name: OptionalPartName): Promise<void> {
    await this.#changes.change(actor, async (tx) => {
      const before = (await uploadedParts(tx)).find((part) => part.name === name)
      if (before === undefined) throw new Refusal('notFound', 'configuration_part_not_found', `there is no part ${name}`)
      await tx.run('DELETE FROM configuration_part WHERE content_identifier = ?', name)
      await tx.record({ action: 'configuration-part.delete', object: { kind: 'configuration-part', id: name }, before: { content: before.content.toString('utf8') } })
    })
  }
}

async function uploadedParts (reader: SqlReader): Promise<UploadedPart[]> {
  const rows = await reader.all<{ name: OptionalPartName, content: Buffer, at: string }>('SELECT content_identifier AS name, content, uploaded_at AS at FROM configuration_part ORDER BY content_identifier')
  return rows.map(({ name, content, at }) => ({ name, fileName: PART_FILES[name]!, content, uploadedAt: new Date(at) }))
}

/** @returns what an operator should know before saving. @throws {Refusal} `malformed_configuration_part` for what nodes could not read. */
async function checkContent (reader: SqlReader, name: OptionalPartName, content: Buffer): Promise<string | undefined> {
  try {
    OPTIONAL_PARTS[name](content)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'malformed_configuration_part', `this is not a part ${name}: ${cause.message}`, { fields: { file: cause.message }, cause })
  }
  if (name !== 'MONITORING') return undefined
  const { client } = parseMonitoringParameters(content)
  const { instance } = await readParameters(reader)
  if (client === undefined || client.instance !== instance || await hasClient(reader, client)) return undefined
  return `${formatClientId(client)} is not registered: nobody could ask for monitoring data`
}
