import { constants, sign, type KeyObject } from 'node:crypto'
import { createTestPki, ocspResponseFor, trustStoreOfPki, type Issued, type KeyKind, type TestPki } from '@trembita/testnet/pki'
import type { ManagementContext } from '../../src/management/index.ts'

/**
 * Management requests as another implementation sends them, put together from the specification (xroad-trust §4.1, §4.2)
 * and not by our writer.
 */

export const OWNER = { instance: 'TEST', memberClass: 'GOV', memberCode: '1001' }
export const CLIENT = { instance: 'TEST', memberClass: 'COM', memberCode: '2002' }
export const SERVER = { ...OWNER, serverCode: 'ss1' }
export const PROVIDER = { instance: 'TEST', memberClass: 'GOV', memberCode: '0000', subsystemCode: 'management' }

export interface World {
  readonly pki: TestPki
  readonly context: ManagementContext
  readonly auth: Issued
  readonly owner: Issued
  readonly client: Issued
}

export async function createWorld (keyType: KeyKind = 'ec'): Promise<World> {
  const pki = await createTestPki()
  const [auth, owner, client] = await Promise.all([
    pki.issueAuth({ owner: OWNER, serverCode: 'ss1', keyType }), pki.issueSign({ member: OWNER, keyType }), pki.issueSign({ member: CLIENT, keyType })
  ])
  return { pki, auth, owner, client, context: { trust: trustStoreOfPki(pki), instance: 'TEST', provider: PROVIDER, at: new Date() } }
}

type Parts = Readonly<Record<string, string>>

/** An identifier as the schema has it. */
export function identifier (name: string, type: string, parts: Parts): string {
  return `<xroad:${name} id:objectType="${type}">${Object.entries(parts).map(([part, value]) => `<id:${part}>${value}</id:${part}>`).join('')}</xroad:${name}>`
}

export const member = ({ instance, memberClass, memberCode }: typeof OWNER): Parts => ({ xRoadInstance: instance, memberClass, memberCode })
export const SERVER_XML = identifier('server', 'SERVER', { ...member(OWNER), serverCode: 'ss1' })
export const CLIENT_XML = identifier('client', 'SUBSYSTEM', { ...member(CLIENT), subsystemCode: 'portal' })

export interface Letter {
  readonly service: string
  /** Children of the body element. */
  readonly fields: string
  readonly client?: string
  readonly provider?: Parts
  readonly body?: string
}

/** A SOAP message of the form that a security server writes. */
export function letter ({ service, fields, client, provider, body = service }: Letter): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:id="http://x-road.eu/xsd/identifiers" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd">
<SOAP-ENV:Header>
${client ?? identifier('client', 'MEMBER', member(OWNER))}
${identifier('service', 'SERVICE', { ...(provider ?? { ...member(PROVIDER), subsystemCode: 'management' }), serviceCode: service })}
<xroad:id>7d0b1f0e-8f1f-4b8e-9c6e-5f1f6a0c1d11</xroad:id>
<xroad:protocolVersion>4.0</xroad:protocolVersion>
</SOAP-ENV:Header>
<SOAP-ENV:Body><xroad:${body}>${fields}</xroad:${body}></SOAP-ENV:Body>
</SOAP-ENV:Envelope>`)
}

export function authCertRegFields (auth: Buffer, rest = '', address = '<xroad:address>ss1.example.org</xroad:address>'): string {
  return `${SERVER_XML}${address}<xroad:authCert>${auth.toString('base64')}</xroad:authCert>${rest}`
}

/** Fields of each service beside `authCertReg`, and the member who signs it. */
export const REQUESTS: Readonly<Record<string, { fields: string, by?: 'owner' | 'client' }>> = {
  clientReg: { fields: `${SERVER_XML}${CLIENT_XML}<xroad:subsystemName>Портал послуг</xroad:subsystemName>`, by: 'client' },
  ownerChange: { fields: SERVER_XML + identifier('client', 'MEMBER', member(CLIENT)), by: 'client' },
  clientDeletion: { fields: SERVER_XML + CLIENT_XML },
  addressChange: { fields: `${SERVER_XML}<xroad:address>192.0.2.7</xroad:address>`, by: 'owner' },
  clientDisable: { fields: SERVER_XML + CLIENT_XML, by: 'client' },
  clientEnable: { fields: SERVER_XML + CLIENT_XML, by: 'client' },
  clientRename: { fields: `${SERVER_XML}${CLIENT_XML}<xroad:subsystemName>New name</xroad:subsystemName>`, by: 'client' },
  maintenanceModeEnable: { fields: `${SERVER_XML}<xroad:message>until 18:00</xroad:message>`, by: 'owner' },
  maintenanceModeDisable: { fields: SERVER_XML, by: 'owner' }
}

/** A signature by its JCA name. */
export function signed (algorithm: string, key: KeyObject, data: Uint8Array): Buffer {
  const digest = /^SHA(\d+)/i.exec(algorithm)![1]!
  if (/MGF1$/i.test(algorithm)) return sign(`sha${digest}`, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(digest) / 8 })
  return sign(`sha${digest}`, data, { key, dsaEncoding: 'der' })
}

export const algorithmOf = ({ privateKey }: Issued): string => privateKey.asymmetricKeyType === 'ec' ? 'SHA512withECDSA' : 'SHA512withRSA'

/** One MIME part: its header lines and its bytes. */
export type Part = readonly [headers: string, bytes: Uint8Array]

export const BOUNDARY = 'xroadabcdefghijklmnopqrstuvwxyzabcd'
export const CONTENT_TYPE = `multipart/related; type="application/octet-stream"; charset=UTF-8; boundary=${BOUNDARY}`

/** Parts between boundary lines, CRLF throughout. */
export function multipart (parts: readonly Part[], boundary = BOUNDARY): Buffer {
  const pieces = parts.flatMap(([headers, bytes], index) => [Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${headers === '' ? '' : `${headers}\r\n`}\r\n`), bytes])
  return Buffer.concat([...pieces, Buffer.from(`\r\n--${boundary}--\r\n`)])
}

const OCTETS = 'content-type:application/octet-stream'

/** The six parts of §4.2, to be changed before they are joined. */
export function sixParts ({ auth, owner, pki }: World, soap: Uint8Array, ocspResponse = ocspResponseFor(pki, owner.certificate)): Part[] {
  return [
    ['content-type:text/xml; charset=UTF-8', soap],
    [`${OCTETS}\r\nsignature-algorithm-id: ${algorithmOf(auth)}`, signed(algorithmOf(auth), auth.privateKey, soap)],
    [`${OCTETS}\r\nsignature-algorithm-id: ${algorithmOf(owner)}`, signed(algorithmOf(owner), owner.privateKey, soap)],
    [OCTETS, auth.certificate.der],
    [OCTETS, owner.certificate.der],
    [OCTETS, ocspResponse]
  ]
}

/** The four parts of the other signed requests. */
export function fourParts (world: World, soap: Uint8Array, by: Issued): Part[] {
  const octets = 'Content-Type: application/octet-stream'
  return [
    ['Content-Type: text/xml; charset=UTF-8', soap],
    [`${octets}\r\nsignature-algorithm-id: ${algorithmOf(by)}`, signed(algorithmOf(by), by.privateKey, soap)],
    [octets, by.certificate.der],
    [octets, ocspResponseFor(world.pki, by.certificate)]
  ]
}
