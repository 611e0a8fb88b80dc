import { Fault } from '../fault/index.ts'
import { ASICE_TYPE, type Container, ENTRY } from './container.ts'
import { readZip, type ZipLimits } from './zip-read.ts'

/** Messages are logged up to 20 MiB by default; operators may raise that. The command may be given more. */
export const CONTAINER_LIMITS: ZipLimits = { entriesMax: 1024, bytesMax: 512 * 1024 * 1024 }

/**
 * Reads an ASiC-E container of X-Road's profile.
 *
 * @throws {Fault} `InvalidMessage` (not a sound ZIP), `AsicMimeTypeNotFound`, `AsicInvalidMimeType`, `AsicMessageNotFound`,
 *   `AsicSignatureNotFound`, `AsicHashChainNotFound`, `AsicHashChainResultNotFound`, `AsicTimestampNotFound`
 */
export async function readContainer (bytes: Uint8Array, limits: ZipLimits = CONTAINER_LIMITS): Promise<Container> {
  return toContainer((await readZip(bytes, limits)).entries)
}

/** The same from entries that are unpacked already. */
export function toContainer (entries: ReadonlyMap<string, Buffer>): Container {
  const rest = new Map(entries)
  const take = (name: string): Buffer | undefined => {
    const bytes = rest.get(name)
    rest.delete(name)
    return bytes
  }
  const mimetype = take(ENTRY.mimetype)
  if (mimetype === undefined) throw new Fault('AsicMimeTypeNotFound', 'container has no mimetype')
  if (mimetype.toString('latin1') !== ASICE_TYPE) throw new Fault('AsicInvalidMimeType', 'mimetype of the container is not that of ASiC-E')
  const message = take(ENTRY.message)
  if (message === undefined) throw new Fault('AsicMessageNotFound', 'container has no message')
  const signature = take(signatureNameOf(rest))
  if (signature === undefined) throw new Fault('AsicSignatureNotFound', 'container has no signature')

  const signatureChain = pairOf(take(ENTRY.sigChainResult), take(ENTRY.sigChain), 'signature')
  const timestampChain = pairOf(take(ENTRY.tsChainResult), take(ENTRY.tsChain), 'time stamp')
  const token = take(ENTRY.timestamp)
  if (timestampChain !== undefined && token === undefined) throw new Fault('AsicTimestampNotFound', 'container has a hash chain of a time stamp and no time stamp')
  if (timestampChain === undefined && token !== undefined) throw new Fault('AsicHashChainResultNotFound', 'container has a time stamp and no hash chain for it')

  const manifest = take(ENTRY.manifest)
  const asicManifest = take(ENTRY.asicManifest)
  const attachments = new Map<string, Buffer>()
  for (const [name, content] of rest) {
    if (!/^attachment[1-9]\d*$/.test(name)) continue
    attachments.set(name, content)
    rest.delete(name)
  }
  return {
    message,
    attachments,
    signature,
    hashChainResult: signatureChain?.result,
    hashChain: signatureChain?.chain,
    timestamp: timestampChain === undefined || token === undefined
      ? undefined
      : { kind: 'batch', token, hashChainResult: timestampChain.result, hashChain: timestampChain.chain },
    manifest,
    asicManifest,
    strangers: [...rest.keys()]
  }
}

/** Writers call it `signatures.xml`; readers take any name of this form (ETSI EN 319 162-1 §4.4.3.2). */
function signatureNameOf (entries: ReadonlyMap<string, Buffer>): string {
  const names = [...entries.keys()].filter((name) => /^META-INF\/[^/]*signatures[^/]*\.xml$/.test(name))
  if (names.length > 1) throw new Fault('AsicSignatureNotFound', 'container has several signatures')
  return names[0] ?? ENTRY.signature
}

function pairOf (result: Buffer | undefined, chain: Buffer | undefined, what: string): { result: Buffer, chain: Buffer } | undefined {
  if (result === undefined && chain === undefined) return undefined
  if (result === undefined) throw new Fault('AsicHashChainResultNotFound', `container has no result of the hash chain of the ${what}`)
  if (chain === undefined) throw new Fault('AsicHashChainNotFound', `container has no hash chain of the ${what}`)
  return { result, chain }
}
