import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { basename, resolve } from 'node:path'
import type { ConfigReader } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { memberOf, oddCharacters, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import { Certificate, certificatesOfPem } from '@trembita/protocol/pki'

/** Column width that X-Road has for every code. */
const CODE_CHARACTERS_MAX = 255

export const NOBODY: MemberId = { instance: '?', memberClass: '?', memberCode: '?' }

/** A code of the registry: what management requests would refuse is refused here too (xroad-trust §1.4). */
export function readCode (config: ConfigReader, name: string): string {
  const code = config.string(name)
  if (code.length > CODE_CHARACTERS_MAX) config.problem(name, `longer than ${CODE_CHARACTERS_MAX} characters`)
  if (oddCharacters([code]) || code.trim() !== code) config.problem(name, 'holds a character that identifiers may not have')
  return code
}

/** `INSTANCE/CLASS/CODE[/SUBSYSTEM]`, codes as they are. */
export function clientIdOf (text: string): ClientId | undefined {
  const [instance, memberClass, memberCode, subsystemCode, ...rest] = text.split('/')
  if (!instance || !memberClass || !memberCode || subsystemCode === '' || rest.length > 0 || oddCharacters([instance, memberClass, memberCode, subsystemCode])) return undefined
  return subsystemCode === undefined ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode }
}

export function readClientId (config: ConfigReader, name: string): ClientId {
  const id = clientIdOf(config.string(name))
  if (id === undefined) config.problem(name, 'expected INSTANCE/CLASS/CODE or INSTANCE/CLASS/CODE/SUBSYSTEM')
  return id ?? NOBODY
}

export function readMemberId (config: ConfigReader, name: string): MemberId {
  const id = readClientId(config, name)
  if (id.subsystemCode !== undefined) config.problem(name, 'expected a member, not a subsystem')
  return memberOf(id)
}

/** `host`, or `host:port` for gateways of ours (design D12); a host is an IP address or a domain name. */
export function readAddress (config: ConfigReader, name: string): string {
  const address = config.string(name)
  const match = /^(?:\[([^\]]+)\]|([^:]+)|([0-9A-Fa-f:]+))(?::(\d{1,5}))?$/.exec(address)
  const host = match?.[1] ?? match?.[2] ?? match?.[3] ?? ''
  const port = Number(match?.[4] ?? 1)
  if ((isIP(host) === 0 && !/^(?=.{1,253}$)[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u.test(host)) || port < 1 || port > 65534) {
    config.problem(name, 'expected a host name or IP address, with or without a port')
  }
  return address
}

/** A certificate: PEM text, or the path of a PEM or DER file, a relative one from `folder`. Of several in one file, the first. */
export function readCertificate (config: ConfigReader, name: string, folder: string): Certificate {
  return toCertificate(config, name, config.string(name), folder) ?? NO_CERTIFICATE
}

export function readCertificates (config: ConfigReader, name: string, folder: string): Certificate[] {
  return config.strings(name, []).flatMap((text) => toCertificate(config, name, text, folder) ?? [])
}

/** Never seen by anyone: a seed with a problem yields no value. */
const NO_CERTIFICATE = undefined as unknown as Certificate

function toCertificate (config: ConfigReader, name: string, text: string, folder: string): Certificate | undefined {
  if (text === '') return undefined
  try {
    if (text.includes('-----BEGIN')) return certificatesOfPem(text)[0]
    const bytes = readFileSync(resolve(folder, text))
    return bytes.includes('-----BEGIN') ? certificatesOfPem(bytes.toString('latin1'))[0] : Certificate.parse(bytes)
  } catch (error) {
    config.problem(name, `no certificate can be read${text.includes('\n') ? '' : ` from ${text}`}: ${error instanceof Fault ? error.message : codeOf(error)}`)
    return undefined
  }
}

/** Content of a file named by a setting, checked by `check`. */
export function readContent (config: ConfigReader, name: string, check: (bytes: Buffer) => unknown): Buffer {
  const path = config.path(name)
  try {
    const bytes = readFileSync(path)
    check(bytes)
    return bytes
  } catch (error) {
    config.problem(name, `${basename(path)}: ${error instanceof Fault ? error.message : codeOf(error)}`)
    return Buffer.alloc(0)
  }
}

function codeOf (error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'not readable'
}
