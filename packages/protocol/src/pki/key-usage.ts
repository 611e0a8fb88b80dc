import { bitStringOf, type DerNode } from '../asn1/index.ts'

const KEY_USAGES = [
  'digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'
] as const

/** Bits of the keyUsage extension, in their order (RFC 5280 §4.2.1.3). */
export type KeyUsage = typeof KEY_USAGES[number]

export function keyUsageOf (node: DerNode): ReadonlySet<KeyUsage> {
  const { bytes } = bitStringOf(node)
  return new Set(KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0))
}
