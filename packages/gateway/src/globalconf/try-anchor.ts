import { Fault } from '@trembita/protocol/fault'
import { parsePrivateParameters, parseSharedParameters, type Anchor } from '@trembita/protocol/globalconf'
import { download, type Download } from './download.ts'
import { HttpGetter } from './http-get.ts'
import { locationsOf } from './locations.ts'

/** Somebody waits for the answer. */
const CONNECT_TIMEOUT_MS = 5000
const TOTAL_TIMEOUT_MS = 20_000

/**
 * Downloads once what an anchor names, in full and with every check, and keeps nothing: whether the anchor is worth taking.
 *
 * @throws {Fault} as `GlobalConf.refresh`, the most telling failure of its locations.
 */
export async function tryAnchor (anchor: Anchor, at: Date): Promise<void> {
  const http = new HttpGetter({ connectTimeoutMs: CONNECT_TIMEOUT_MS, readTimeoutMs: CONNECT_TIMEOUT_MS, totalTimeoutMs: TOTAL_TIMEOUT_MS, tlsVerify: true })
  try {
    let failure: Fault | undefined
    for (const location of locationsOf(anchor, undefined, undefined)) {
      try {
        checkContent(await download(http, location, { instance: anchor.instance, own: true, at, readSaved: async () => undefined }), anchor.instance)
        return
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        // What a source got wrong says more than that another one could not be reached.
        if (failure === undefined || failure.kind === 'NetworkError') failure = error
      }
    }
    throw failure ?? new Fault('MalformedGlobalConf', `anchor of instance ${anchor.instance} has no usable address`)
  } finally {
    await http.close()
  }
}

function checkContent ({ directory: { version }, files }: Download, instance: string): void {
  for (const { part, bytes } of files) {
    const parse = part.contentIdentifier === 'PRIVATE-PARAMETERS' ? parsePrivateParameters : part.contentIdentifier === 'SHARED-PARAMETERS' ? parseSharedParameters : undefined
    if (parse !== undefined && parse(bytes, version).instance !== instance) throw new Fault('MalformedGlobalConf', `configuration part ${part.contentIdentifier} is of another instance`)
  }
}
