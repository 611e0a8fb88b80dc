import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { XML_BYTES_MAX } from '@trembita/protocol/xml'
import type { Certificate } from '@trembita/protocol/pki'
import { readParameters } from '../registry/index.ts'
import { storedCaCertificates, storedTsas } from '../trust/index.ts'
import type { Downloads } from './downloads.ts'
import { silentGateways } from './gateway-downloads.ts'
import { nodePublications } from './publication-records.ts'
import type { Publisher } from './publisher.ts'
import { signingKeyInfos } from './signing-key-rows.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Something about configuration or trust services that wants attention before it hurts. */
export interface ConfigurationWarning {
  readonly code: string
  readonly subject: string
  readonly message: string
  readonly href: string
}

const DAY_MS = 24 * 60 * 60 * 1000
const CERTIFICATE_NOTICE_MS = 60 * DAY_MS
/** A key that nobody activated or deleted for so long was forgotten, and stands in every anchor. */
const IDLE_KEY_MS = 30 * DAY_MS
/** A signing key that has signed each minute for so long may be changed without haste. */
const OLD_KEY_MS = 2 * 365 * DAY_MS
/** Gateways refuse larger parts. */
const PART_NOTICE_BYTES = 0.9 * XML_BYTES_MAX
/** More of them are one warning with their number. */
const SILENT_MAX = 20

export interface WarningDeps {
  readonly store: SqlStore
  readonly publisher: Publisher
  readonly keys: SigningKeys
  readonly downloads: Downloads
  readonly clock: Clock
}

export async function configurationWarnings ({ store, publisher, keys, downloads, clock }: WarningDeps): Promise<ConfigurationWarning[]> {
  const at = clock.now()
  return [
    ...await nodeWarnings(store, keys.node, at),
    ...await keyWarnings(store, at),
    ...await certificateWarnings(store, at),
    ...sizeWarnings(publisher),
    ...await downloadWarnings(store, downloads, at)
  ]
}

async function nodeWarnings (store: SqlStore, own: string, at: Date): Promise<ConfigurationWarning[]> {
  // The state of this node itself is told by what it publishes.
  return (await nodePublications(store)).filter(({ node }) => node !== own).flatMap(({ node, expiresAt, failure }) => {
    if (expiresAt === undefined || expiresAt < at) return [{ code: 'node_not_publishing', subject: node, message: `node ${node} publishes no valid configuration`, href: '/configuration' }]
    return failure === undefined ? [] : [{ code: 'generation_failed', subject: node, message: `node ${node}: ${failure}`, href: '/configuration' }]
  })
}

async function keyWarnings (store: SqlStore, at: Date): Promise<ConfigurationWarning[]> {
  return (await signingKeyInfos(store)).flatMap(({ node, label, active, createdAt }) => {
    const age = at.getTime() - createdAt.getTime()
    const subject = `${node}: ${label}`
    if (active && age > OLD_KEY_MS) return [{ code: 'signing_key_old', subject, message: `signing key ${label} has been in use since ${createdAt.toISOString()}`, href: '/configuration/keys' }]
    if (!active && age > IDLE_KEY_MS) return [{ code: 'signing_key_idle', subject, message: `signing key ${label} is neither used nor deleted since ${createdAt.toISOString()}`, href: '/configuration/keys' }]
    return []
  })
}

async function certificateWarnings (store: SqlStore, at: Date): Promise<ConfigurationWarning[]> {
  const known = [
    ...(await storedCaCertificates(store)).map(({ caName, certificate }) => ({ subject: certificate.subject.get('CN') ?? caName, certificate })),
    ...(await storedTsas(store)).map(({ name, certificate }) => ({ subject: name, certificate }))
  ]
  return known.flatMap(({ subject, certificate }) => expiry(subject, certificate, at))
}

function expiry (subject: string, { notAfter }: Certificate, at: Date): ConfigurationWarning[] {
  if (notAfter.getTime() - at.getTime() > CERTIFICATE_NOTICE_MS) return []
  const over = notAfter < at
  return [{ code: over ? 'trust_certificate_expired' : 'trust_certificate_expires', subject, message: `its certificate ${over ? 'expired' : 'expires'} on ${notAfter.toISOString()}`, href: '/trust-services' }]
}

function sizeWarnings ({ generation }: Publisher): ConfigurationWarning[] {
  return (generation?.versions.at(-1)?.parts ?? []).filter(({ size }) => size > PART_NOTICE_BYTES).map(({ contentIdentifier, size }) => ({
    code: 'part_too_large', subject: contentIdentifier, message: `${Math.round(size / 2 ** 20)} MB: gateways refuse more than ${XML_BYTES_MAX / 2 ** 20} MB`, href: '/configuration'
  }))
}

async function downloadWarnings (store: SqlStore, downloads: Downloads, at: Date): Promise<ConfigurationWarning[]> {
  const { confExpireIntervalSeconds } = await readParameters(store)
  const silent = await silentGateways(store, downloads, at, confExpireIntervalSeconds * 1000)
  if (silent.length > SILENT_MAX) return [{ code: 'gateways_not_fetching', subject: String(silent.length), message: `${silent.length} gateways have stopped fetching the configuration`, href: '/configuration/downloads' }]
  return silent.map(({ server, lastAt }) => ({ code: 'gateway_not_fetching', subject: server, message: `nobody has fetched the configuration from its address since ${lastAt.toISOString()}`, href: '/configuration/downloads' }))
}
