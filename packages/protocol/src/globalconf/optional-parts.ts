import type { ClientId } from '../identifiers/index.ts'
import { booleanOf, clientOf, Fields, malformed, readRoot, tokenOf } from './structure.ts'

/** Content identifiers of parts, with the file names they are kept under (xroad-trust §2.4). */
export const PART_FILES: Readonly<Record<string, string>> = {
  'PRIVATE-PARAMETERS': 'private-params.xml',
  'SHARED-PARAMETERS': 'shared-params.xml',
  MONITORING: 'monitoring-params.xml',
  FETCHINTERVAL: 'fetchinterval-params.xml',
  NEXTUPDATE: 'nextupdate-params.xml'
}

/** Part MONITORING: who may ask every server for its monitoring data; nobody when empty. */
export function parseMonitoringParameters (bytes: Uint8Array): { readonly client: ClientId | undefined } {
  const conf = new Fields(readRoot(bytes, 'conf'))
  const fields = new Fields(conf.one('monitoringClient'))
  conf.end()
  const id = fields.optional('monitoringClientId')
  fields.end()
  return { client: id === undefined ? undefined : clientOf(id) }
}

/** Nobody gains by fresher answers than once a minute, and a zero would hammer the responder. */
const OCSP_FETCH_SECONDS_MIN = 60

/** Part FETCHINTERVAL: seconds between fetches of OCSP answers, at least 60. */
export function parseFetchInterval (bytes: Uint8Array): number {
  const fields = new Fields(readRoot(bytes, 'conf'))
  const text = tokenOf(fields.one('ocspFetchInterval'))
  fields.end()
  const seconds = Number(text)
  if (!/^[+-]?\d+$/.test(text) || Math.abs(seconds) > 0x7fffffff) throw malformed('ocspFetchInterval: not an int')
  return Math.max(seconds, OCSP_FETCH_SECONDS_MIN)
}

/** Part NEXTUPDATE: whether `nextUpdate` of an OCSP answer is looked at. */
export function parseNextUpdate (bytes: Uint8Array): boolean {
  const fields = new Fields(readRoot(bytes, 'conf'))
  const verify = booleanOf(fields.one('verifyNextUpdate'))
  fields.end()
  return verify
}
