import type { Gateway } from '@trembita/example-consumer'

/** Fetches the sealed container of an exchange from the gateway; undefined when the gateway has none or does not answer. */
export type FetchProof = (exchangeId: string) => Promise<Uint8Array | undefined>

const TIMEOUT_MS = 15_000
/** Of a container: a question and an answer about at most a thousand pseudonyms. */
const BYTES_MAX = 20 * 1024 * 1024

/** Sealed containers from the cabinet's own gateway: question and answer with signatures and time stamps. */
export function proofsFrom ({ url, client }: Gateway): FetchProof {
  const [xRoadInstance = '', memberClass = '', memberCode = '', subsystemCode = ''] = client.split('/')
  return async (queryId) => {
    const address = new URL('/asic', url)
    // What is not time-stamped yet is stamped at once.
    address.search = `force&${new URLSearchParams({ queryId, xRoadInstance, memberClass, memberCode, subsystemCode }).toString()}`
    try {
      const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
      if (response.status !== 200) return undefined
      const bytes = new Uint8Array(await response.arrayBuffer())
      return bytes.length > BYTES_MAX ? undefined : bytes
    } catch {
      // The gateway does not answer: no proof now, it is there later.
      return undefined
    }
  }
}
