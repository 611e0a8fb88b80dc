import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { SMALL_CLIENT } from '@trembita/testnet'

/** What came back from a gateway. */
export interface HttpReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
}

export interface HttpCall extends Omit<RequestOptions, 'agent' | 'path'> {
  readonly body?: string | Uint8Array | undefined
  readonly agent?: Agent | undefined
}

/** One HTTP request, without a library in between that would tidy it up. */
export async function http (url: string, { body, ...options }: HttpCall = {}): Promise<HttpReply> {
  return await new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? httpsRequest : httpRequest
    const outgoing = request(url, { agent: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => { chunks.push(chunk) })
      response.once('error', reject)
      response.once('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, rawHeaders: response.rawHeaders, body: bytes, text: bytes.toString() })
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

/** Path of the REST service of the small plan. */
export const PEOPLE = '/r1/TEST/GOV/2002/registry/people'

/** A call of the small plan's REST service. */
export async function rest (gateway: string, call: HttpCall & { readonly path?: string } = {}): Promise<HttpReply> {
  const { path = '', headers, ...others } = call
  return await http(gateway + PEOPLE + path, { ...others, headers: Array.isArray(headers) ? headers : { 'X-Road-Client': SMALL_CLIENT, ...headers } })
}

export interface EnvelopeOptions {
  readonly id: string
  readonly client?: string | undefined
  readonly service?: string | undefined
  readonly userId?: string | undefined
  /** Content of the body element. */
  readonly content?: string | undefined
}

/** A SOAP request of the small plan's client for `lookup`. */
export function envelope ({ id, client = SMALL_CLIENT, service = 'TEST/GOV/2002/registry/lookup/v1', userId, content = '<p:key>9</p:key>' }: EnvelopeOptions): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers"><e:Header>
<x:client i:objectType="SUBSYSTEM">${identifier(client)}</x:client>
<x:service i:objectType="SERVICE">${identifier(service)}</x:service>
${userId === undefined ? '' : `<x:userId>${userId}</x:userId>`}<x:id>${id}</x:id><x:protocolVersion>4.0</x:protocolVersion>
</e:Header><e:Body><p:lookup xmlns:p="urn:demo">${content}</p:lookup></e:Body></e:Envelope>`
}

const NAMES = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion']

function identifier (text: string): string {
  return text.split('/').map((part, index) => `<i:${NAMES[index]}>${part}</i:${NAMES[index]}>`).join('')
}

export async function soap (gateway: string, options: EnvelopeOptions, call: HttpCall = {}): Promise<HttpReply> {
  return await http(gateway, { method: 'POST', ...call, headers: { 'content-type': 'text/xml; charset=utf-8', ...call.headers }, body: call.body ?? envelope(options) })
}

/** Code of the fault that a SOAP or REST answer bears; empty when it bears none. */
export function faultOf (reply: HttpReply): string {
  return /<faultcode>(.*?)<\/faultcode>/s.exec(reply.text)?.[1] ?? (reply.headers['x-road-error'] ?? reply.headers['uxp-faultcode']) as string | undefined ?? ''
}
