import { describeSystemError } from '@trembita/daemon'
import { request } from 'undici'

/** Connecting and answering together: an operator waits for it. */
const TIMEOUT_MS = 15_000
/** Answers of trust services have a few KB. */
const ANSWER_BYTES_MAX = 256 * 1024

/** What is wrong with a service, told to the operator who is entering it. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem'
}

/**
 * Asks a trust service the way gateways will: by POST, without following redirects.
 *
 * @throws {ServiceProblem} in words for people.
 */
export async function askService (url: string, requestType: string, responseType: string, body: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = []
  let status: number
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': requestType, accept: responseType },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS)
    })
    status = response.statusCode
    let size = 0
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > ANSWER_BYTES_MAX) throw new ServiceProblem(`it answered with more than ${ANSWER_BYTES_MAX / 1024} KB`)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof ServiceProblem) throw cause
    throw new ServiceProblem(`it cannot be reached: ${reasonOf(cause)}`, { cause })
  }
  if (status !== 200) throw new ServiceProblem(`it answered HTTP ${status}`)
  return Buffer.concat(chunks)
}

function reasonOf (error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} seconds`
  return error instanceof Error ? describeSystemError(error) ?? error.message : 'unknown failure'
}
