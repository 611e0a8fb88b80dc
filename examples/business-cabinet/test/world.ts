import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startEdrRegistry } from '@trembita/example-edr-registry'
import { startTaxRegistry } from '@trembita/example-tax-registry'
import { startStandInGateway, type StandInGateway } from './stand-in-gateway.ts'

export const EDR_SUBJECT = 'GOV/90000038/EDR/subjectByCode'
export const EDR_PROFILE = 'GOV/90000038/EDR/supportProfile'
export const TAX_PROFILE = 'GOV/90000044/TAX/supportTaxProfile'
export const DELIVER = 'GOV/90000067/PORTAL/deliverOffer'

/** Person of the fixtures: number and name as the register of entrepreneurs has them. */
export const F01 = { sub: 'sub-f01', rnokpp: '7000100119', name: "Ґонта Дем'ян Євгенович" }

/** A portal that takes offers, and signs documents as the real one does. */
export interface StandInPortal {
  readonly jwks: object
  readonly delivered: { offerId: string, subject: string }[]
  /** Makes a signed copy; `change` spoils it. */
  document (type: string, rnokpp: string, data: object, change?: object): string
}

export interface World {
  readonly folder: string
  readonly gateway: StandInGateway
  readonly portal: StandInPortal
  /** Files that a cabinet is started with. */
  readonly files: { readonly pseudonymKeyFile: string, readonly portalKeysFile: string }
}

/** Real registers behind a stand-in for the cabinet's gateway, and a portal that signs. */
export async function startWorld (t: Test): Promise<World> {
  // Not tap's own folder: that is removed before what runs in it is closed.
  const folder = await mkdtemp(join(tmpdir(), 'trembita-cabinet-'))
  const master = crypto.getRandomValues(new Uint8Array(32))
  const [edr, tax] = [await startEdrRegistry({ pseudonymKey: master }), await startTaxRegistry({ pseudonymKey: master })]
  const { portal, url, close } = await startPortal()
  const gateway = await startStandInGateway({
    [EDR_SUBJECT]: `${edr.url}/subjects`, [EDR_PROFILE]: `${edr.url}/support-profiles`, [TAX_PROFILE]: `${tax.url}/tax-profiles`, [DELIVER]: `${url}/offers`
  })
  const files = { pseudonymKeyFile: join(folder, 'master.key'), portalKeysFile: join(folder, 'jwks.json') }
  await writeFile(files.pseudonymKeyFile, master)
  await writeFile(files.portalKeysFile, JSON.stringify(portal.jwks))
  t.teardown(async () => {
    await Promise.all([gateway.close(), edr.close(), tax.close(), close()])
    await rm(folder, { recursive: true, force: true })
  })
  return { folder, gateway, portal, files }
}

async function startPortal (): Promise<{ portal: StandInPortal, url: string, close: () => Promise<void> }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const delivered: StandInPortal['delivered'] = []
  const server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const offer = JSON.parse(body) as { offerId: string, subject: string, validUntil?: string }
    if (offer.validUntil !== undefined && !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(offer.validUntil)) return reply.writeHead(400, { 'content-type': 'application/json' }).end('{"code":"invalid-request"}')
    if (!delivered.some(({ offerId }) => offerId === offer.offerId)) delivered.push(offer)
    reply.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"accepted"}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
    portal: {
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'portal-1', use: 'sig', alg: 'ES256' }] },
      delivered,
      document: (type, rnokpp, data, change = {}) => {
        const payload = { iss: 'GOV/90000067/PORTAL', jti: randomUUID(), iat: Math.floor(Date.now() / 1000), type, subject: { rnokpp, name: F01.name }, source: { register: 'Реєстр (синтетичні дані)', asOf: new Date().toISOString() }, data, ...change }
        const text = `${encode({ alg: 'ES256', kid: 'portal-1', typ: 'diia-document+jwt' })}.${encode(payload)}`
        return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
      }
    }
  }
}
