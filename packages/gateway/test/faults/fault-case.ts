import { formatFault, type ForeignReply } from '@trembita/testnet/foreign-peer'
import type { Test } from 'tap'
import type { HttpReply, LogLine, Network } from '../foreign/network.ts'

/** One way to a fault, through running gateways. */
export interface FaultCase {
  readonly title: string
  /** Whole code, as the caller sees it. */
  readonly code: string
  /** What the text must say. */
  readonly says?: RegExp | undefined
  run (network: FaultNetwork): Promise<HttpReply | ForeignReply>
}

/** The network with the means that cases need. */
export interface FaultNetwork extends Network {
  /** Does something and puts the state back afterwards. */
  during<T> (undo: () => void | Promise<void>, work: () => Promise<T>): Promise<T>
}

/** A fault as its caller sees it, whatever the dialect. */
export interface SeenFault {
  readonly code: string
  readonly string: string
  readonly detail: string
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const CODE = /^(Client|Server\.ClientProxy|Server\.ServerProxy)(\.[A-Z][A-Za-z]+)+$/

/** Checks the whole form of a fault and gives back what it says. */
export function checkFaultForm (t: Test, reply: HttpReply | ForeignReply): SeenFault {
  const header = (name: string): string | undefined => headersOf(reply).findLast(([candidate]) => candidate.toLowerCase() === name)?.[1]
  const status = (code: string): number => code.startsWith('Server.') ? 500 : 400
  if (header('x-road-error') !== undefined) {
    const seen = header('content-type')!.includes('json') ? fromJson(reply.body) : fromXml(t, reply.body)
    t.equal(header('x-road-error'), seen.code, 'header and body say the same')
    t.equal(reply.status, status(seen.code))
    t.match(header('content-type'), /^(application\/json|text\/xml|application\/xml);charset=utf-8$/)
    return seen
  }
  if (header('uxp-faultcode') !== undefined) {
    const seen = { code: header('uxp-faultcode')!, string: decodeURIComponent(header('uxp-faultstring')!), detail: header('uxp-faultdetail')! }
    t.equal(reply.status, status(seen.code))
    t.match(header('content-type'), /^text\/plain; ?charset=utf-8$/)
    t.equal(reply.body.toString(), seen.string, 'the body is the text')
    return seen
  }
  t.equal(reply.status, 200)
  t.match(header('content-type'), /^text\/xml; ?charset=utf-8$/i)
  t.equal(header('soapaction'), '')
  const text = reply.body.toString()
  const seen = { code: inner(text, 'faultcode'), string: unescape(inner(text, 'faultstring')), detail: inner(text, 'faultDetail xmlns=""') }
  t.equal(text, formatFault(seen.code, '?', seen.detail).replace('<faultstring>?', () => `<faultstring>${inner(text, 'faultstring')}`), 'one line, no header, nothing else')
  return seen
}

function headersOf (reply: HttpReply | ForeignReply): readonly (readonly [string, string])[] {
  if (!('rawHeaders' in reply)) return reply.headers.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
  return Array.from({ length: reply.rawHeaders.length / 2 }, (_, index) => [reply.rawHeaders[2 * index]!, reply.rawHeaders[2 * index + 1]!])
}

function fromJson (body: Buffer): SeenFault {
  const { type, message, detail } = JSON.parse(body.toString()) as Record<string, string>
  return { code: type!, string: message!, detail: detail! }
}

function fromXml (t: Test, body: Buffer): SeenFault {
  const match = /^<\?xml version="1.0" encoding="UTF-8" standalone="no"\?><error><type>([^<]*)<\/type><message>([^<]*)<\/message><detail>([^<]*)<\/detail><\/error>$/.exec(body.toString())
  t.ok(match, 'the XML of PR-REST')
  return { code: match![1]!, string: unescape(match![2]!), detail: match![3]! }
}

function inner (text: string, tag: string): string {
  return new RegExp(`<${tag}>([^<]*)</`).exec(text)?.[1] ?? ''
}

function unescape (text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', '\'').replaceAll('&amp;', '&')
}

/** Holds a case to all that every fault must satisfy: code, form, text fit for anybody, and a log line that can be found by its detail. */
export async function checkCase (t: Test, network: FaultNetwork, { code, says, run }: FaultCase): Promise<SeenFault> {
  const before = network.lines.length
  const seen = checkFaultForm(t, await run(network))
  t.equal(seen.code, code)
  t.match(seen.code, CODE, 'in the spelling of the published protocol')
  t.match(seen.detail, UUID)
  if (says !== undefined) t.match(seen.string, says)
  t.not(seen.string, '')
  t.notMatch(seen.string, /Error:|\bat \S+:\d+|node_modules|undefined|\[object/, 'no inside of ours in the text')
  const written = await lineOf(network, seen.detail, before)
  const own = written.find((line) => line.msg === seen.string)
  t.ok(own, 'the log of the gateway that refused has the same detail')
  t.equal(own?.code, code)
  t.equal(own?.name, code.startsWith('Server.ServerProxy') ? 'gwb' : own?.name === 'gwc' ? 'gwc' : 'gwa')
  t.notOk(network.lines.slice(before).some((line) => JSON.stringify(line).includes('EE12345678901')), 'no log line names the user')
  return seen
}

async function lineOf (network: FaultNetwork, detail: string, from: number): Promise<LogLine[]> {
  return network.lines.slice(from).filter((line) => line.detail === detail)
}
