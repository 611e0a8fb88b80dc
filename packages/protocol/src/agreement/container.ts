import { ASICE_TYPE, ENTRY, readZip, writeManifest, writeZip } from '../asic/index.ts'
import { Fault } from '../fault/index.ts'
import { pieceOf, seal, type SealKey, verifySealIntegrity, type Piece } from '../signature/index.ts'
import { AGREEMENT_BYTES_MAX } from './document.ts'
import { malformed } from './malformed.ts'
import { AGREEMENT_SIDES, type AgreementSide } from './types.ts'

/** Name of the document inside its container. */
export const AGREEMENT_ENTRY = 'agreement.xml'
/** Each seal is a signature file of its own, so that a second one changes no byte of the first (ETSI EN 319 162-1 §4.4.3.2). */
export const SEAL_ENTRY: Readonly<Record<AgreementSide, string>> = {
  consumer: 'META-INF/signatures-consumer.xml',
  provider: 'META-INF/signatures-provider.xml'
}

const LIMITS = { entriesMax: 16, bytesMax: AGREEMENT_BYTES_MAX + 4 * 1024 * 1024 }

/** A document with the seals that stand over it so far. Nothing of it is verified. */
export interface AgreementContainer {
  readonly document: Buffer
  readonly seals: { readonly [side in AgreementSide]?: Buffer | undefined }
}

/** A container that was read, with the entries for which nobody vouches. */
export interface ReadAgreementContainer extends AgreementContainer {
  readonly strangers: readonly string[]
}

/** What a seal of an agreement is over. */
export function pieceOfAgreement (document: Uint8Array): Piece {
  return pieceOf(`/${AGREEMENT_ENTRY}`, document)
}

/** Seals a document alone, never in a batch: the signature covers it by its own name. @returns the signature, exact bytes. */
export async function sealAgreement (key: SealKey, document: Uint8Array, signingTime: Date): Promise<Buffer> {
  const [parts] = await seal(key, [[pieceOfAgreement(document)]], signingTime)
  return Buffer.from(parts!.signature)
}

/** Writes the ASiC-E container. @param at written into the ZIP; the same input gives the same bytes. */
export async function writeAgreementContainer ({ document, seals }: AgreementContainer, at: Date): Promise<Buffer> {
  const entries = [
    { name: ENTRY.mimetype, bytes: Buffer.from(ASICE_TYPE), stored: true },
    { name: AGREEMENT_ENTRY, bytes: document },
    ...AGREEMENT_SIDES.flatMap((side) => seals[side] === undefined ? [] : [{ name: SEAL_ENTRY[side], bytes: seals[side] }]),
    { name: ENTRY.manifest, bytes: writeManifest([AGREEMENT_ENTRY]) }
  ]
  return await writeZip(entries, { at, comment: `mimetype=${ASICE_TYPE}` })
}

/** Whether unpacked entries are those of an agreement and not of a message. */
export function isAgreementContainer (entries: ReadonlyMap<string, Buffer>): boolean {
  return entries.has(AGREEMENT_ENTRY) && !entries.has(ENTRY.message)
}

/** @throws {Fault} `InvalidMessage` (not a sound ZIP), `AsicMimeTypeNotFound`, `AsicInvalidMimeType`, `MalformedAgreement` */
export async function readAgreementContainer (bytes: Uint8Array): Promise<ReadAgreementContainer> {
  return toAgreementContainer((await readZip(bytes, LIMITS)).entries)
}

/** The same from entries that are unpacked already. */
export function toAgreementContainer (entries: ReadonlyMap<string, Buffer>): ReadAgreementContainer {
  const mimetype = entries.get(ENTRY.mimetype)
  if (mimetype === undefined) throw new Fault('AsicMimeTypeNotFound', 'container has no mimetype')
  if (mimetype.toString('latin1') !== ASICE_TYPE) throw new Fault('AsicInvalidMimeType', 'mimetype of the container is not that of ASiC-E')
  const document = entries.get(AGREEMENT_ENTRY)
  if (document === undefined) throw malformed('container has no document')
  const manifest = entries.get(ENTRY.manifest)
  if (manifest !== undefined && !manifest.equals(writeManifest([AGREEMENT_ENTRY]))) throw malformed('manifest of the container was changed')
  const known: ReadonlySet<string> = new Set([ENTRY.mimetype, ENTRY.manifest, AGREEMENT_ENTRY, ...Object.values(SEAL_ENTRY)])
  return {
    document,
    seals: { consumer: entries.get(SEAL_ENTRY.consumer), provider: entries.get(SEAL_ENTRY.provider) },
    strangers: [...entries.keys()].filter((name) => !known.has(name))
  }
}

/**
 * Adds a side's seal. That it is a seal over this document is checked, not whose it is.
 *
 * @throws {Fault} `MalformedAgreement` when the side has sealed already; `InvalidSignatureValue`, `InvalidReference` or
 *   `MalformedSignature` when the signature is over another document, be it by one byte.
 */
export function addSeal (container: AgreementContainer, side: AgreementSide, signature: Uint8Array): AgreementContainer {
  if (container.seals[side] !== undefined) throw malformed(`the ${side} has sealed already`)
  verifySealIntegrity({ parts: { signature }, pieces: [pieceOfAgreement(container.document)] })
  return { document: container.document, seals: { ...container.seals, [side]: Buffer.from(signature) } }
}

/**
 * Brings the seals of two containers of one document together.
 *
 * @throws {Fault} `MalformedAgreement` when the documents differ, or a side has two different seals.
 */
export function joinSeals (one: AgreementContainer, other: AgreementContainer): AgreementContainer {
  if (!one.document.equals(other.document)) throw malformed('the containers hold different documents')
  let joined = one
  for (const side of AGREEMENT_SIDES) {
    const signature = other.seals[side]
    if (signature !== undefined && joined.seals[side]?.equals(signature) !== true) joined = addSeal(joined, side, signature)
  }
  return joined
}
