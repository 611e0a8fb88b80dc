import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readZip } from '../asic/index.ts'
import { parseAnchor, readVerificationConf, type SharedParameters, trustStoreOf, type VerificationConf } from '../globalconf/index.ts'
import type { Certificate, TrustStore } from '../pki/index.ts'
import { downloadSharedParameters } from './download.ts'
import { UnreadableInput } from './unreadable-input.ts'

/** Whom the verification trusts. */
export interface Trust {
  /** Of the gateway or core that it came from. */
  readonly instance: string
  readonly instances: readonly string[]
  readonly of: (instance: string) => TrustStore | undefined
  /** Time stamp services of all instances: a gateway stamps with those of its own. */
  readonly timestampers: readonly Certificate[]
}

const LIMITS = { entriesMax: 4096, bytesMax: 256 * 1024 * 1024 }
const FOLDER_DEPTH_MAX = 4

/**
 * Reads trust from a `/verificationconf` ZIP, the same unpacked in a folder, or an anchor file, whose source is then asked.
 *
 * @throws {UnreadableInput} when it is none of these, or the source cannot be reached or is not to be believed.
 */
export async function readTrust (path: string, options: { readonly fetch?: typeof fetch, readonly at: Date }): Promise<Trust> {
  try {
    if ((await stat(path)).isDirectory()) return toTrust(readVerificationConf(await filesOf(path)))
    const bytes = await readFile(path)
    if (bytes.subarray(0, 2).toString('latin1') === 'PK') return toTrust(readVerificationConf((await readZip(bytes, LIMITS)).entries))
    const shared = await downloadSharedParameters(parseAnchor(bytes), options)
    return toTrust({ instance: shared.instance, shared: new Map([[shared.instance, shared]]) })
  } catch (cause) {
    throw new UnreadableInput(`trust cannot be read from ${path}`, cause)
  }
}

function toTrust ({ instance, shared }: VerificationConf): Trust {
  const own = shared.get(instance)
  // How fresh an OCSP answer must be is the judge's own rule, not that of the instance judged (xroad-trust 3.4).
  const store = (parameters: SharedParameters): TrustStore => trustStoreOf(parameters, { ocspFreshnessSeconds: own?.ocspFreshnessSeconds })
  const stores = new Map([...shared].map(([name, parameters]) => [name, store(parameters)]))
  return {
    instance,
    instances: [...stores.keys()],
    of: (name) => stores.get(name),
    timestampers: [...stores.values()].flatMap((trust) => trust.timestampers.map((service) => service.certificate))
  }
}

async function filesOf (folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory() && depth < FOLDER_DEPTH_MAX) await visit(name, depth + 1)
      else if (/(^|\/)(instance-identifier|shared-params\.xml(\.metadata)?)$/.test(name)) files.set(name, await readFile(join(folder, name)))
    }
  }
  await visit('', 0)
  return files
}
