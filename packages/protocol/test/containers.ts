import { timestampFor } from '@trembita/testnet/pki'
import { addCertificateToTimestamp } from '../src/pki/index.ts'
import { type ContainerParts, type TrustOf, writeContainer } from '../src/asic/index.ts'
import { addTimestampToSignature, attachmentName, MESSAGE, pieceOf, seal, signatureValueOf, DIGESTS, digest, timestampTree, type SignatureParts } from '../src/signature/index.ts'
import { MEMBER, type Sealer } from './sealing.ts'

export const SOAP = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers">
  <e:Header>
    <x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>${MEMBER.instance}</i:xRoadInstance><i:memberClass>${MEMBER.memberClass}</i:memberClass><i:memberCode>${MEMBER.memberCode}</i:memberCode><i:subsystemCode>portal</i:subsystemCode></x:client>
    <x:service i:objectType="SERVICE"><i:xRoadInstance>${MEMBER.instance}</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>00000002</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>lookup</i:serviceCode><i:serviceVersion>v1</i:serviceVersion></x:service>
    <x:id>6d0f8f2e-63a7-4a43-8f6a-0f6a54a9a001</x:id>
    <x:protocolVersion>4.0</x:protocolVersion>
  </e:Header>
  <e:Body><p:lookup xmlns:p="urn:demo"><p:key>Ключ 9</p:key></p:lookup></e:Body>
</e:Envelope>
`)

export const REST = Buffer.from([
  'POST', `/r1/${MEMBER.instance}/GOV/00000002/registry/lookup/v1?x=1`, 'Content-Type:application/json',
  `X-Road-Client:${MEMBER.instance}/${MEMBER.memberClass}/${MEMBER.memberCode}/portal`, 'x-road-request-id:7a3b4b2e-0000-4000-8000-000000000001', 'x-road-id:rest-1', ''
].join('\r\n'))

export const REST_ANSWER = Buffer.from([
  '200', 'OK', 'Content-Type:application/json', `x-road-client:${MEMBER.instance}/GOV/00000009/portal`,
  `x-road-service:${MEMBER.instance}/${MEMBER.memberClass}/${MEMBER.memberCode}/registry/lookup`,
  'x-road-id:rest-1', 'x-road-request-id:7a3b4b2e-0000-4000-8000-000000000001', 'x-road-request-hash:AAAA', ''
].join('\r\n'))

export interface Record {
  readonly message: Uint8Array
  readonly attachments?: readonly Uint8Array[]
}

/** Seals messages each by itself, or all by one signature. */
export async function sealRecords (sealer: Sealer, records: readonly Record[], together = false): Promise<SignatureParts[]> {
  const pieces = records.map(({ message, attachments = [] }) => [pieceOf(MESSAGE, message), ...attachments.map((bytes, i) => pieceOf(attachmentName(i + 1), bytes))])
  if (together) return await seal(sealer.key, pieces, sealer.now)
  return await Promise.all(pieces.map(async (own) => (await seal(sealer.key, [own], sealer.now))[0]!))
}

/** Stamps: one record alone inside its signature, several with one batch stamp. */
export function stampRecords (sealer: Sealer, records: readonly Record[], sealed: readonly SignatureParts[]): ContainerParts[] {
  const stamp = (data: Uint8Array): Buffer => addCertificateToTimestamp(timestampFor(sealer.pki, data), sealer.pki.tsa.certificate)
  if (records.length === 1) {
    const signature = addTimestampToSignature(sealed[0]!.signature, stamp(signatureValueOf(sealed[0]!.signature)))
    return [{ ...sealed[0]!, message: records[0]!.message, attachments: records[0]!.attachments ?? [], signature, at: sealer.now }]
  }
  const tree = timestampTree(sealed.map((parts) => digest(DIGESTS['SHA-512'], parts.signature)))
  const token = stamp(tree.result)
  return records.map((record, i) => ({
    ...sealed[i]!,
    message: record.message,
    attachments: record.attachments ?? [],
    timestamp: { kind: 'batch', token, hashChainResult: tree.result, hashChain: tree.chains[i]! },
    at: sealer.now
  }))
}

export async function containersOf (sealer: Sealer, records: readonly Record[], together = false): Promise<Buffer[]> {
  return await Promise.all(stampRecords(sealer, records, await sealRecords(sealer, records, together)).map(writeContainer))
}

export function trustOf (sealer: Sealer): TrustOf {
  return (instance) => instance === sealer.trust.instance ? sealer.trust : undefined
}
