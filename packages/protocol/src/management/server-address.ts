import { domainToASCII } from 'node:url'

/** RFC 1035 §2.3.4. */
const DOMAIN_MAX = 253
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/**
 * Whether a text can be registered as the address of a gateway: an IP address or a domain name, also an internationalised
 * one; or, between our own gateways, either with a port (`[::1]:5500` for IPv6).
 *
 * @see xroad-trust §1.4
 */
export function isServerAddress (text: string): boolean {
  if (isHost(text)) return true
  const match = /^(?:\[([^\]]*)\]|([^:]+)):(\d{1,5})$/.exec(text)
  if (match === null) return false
  const port = Number(match[3])
  // the OCSP port is the one above
  if (port < 1 || port > 65534) return false
  return match[1] === undefined ? isHost(match[2]!) : isIpv6(match[1])
}

function isHost (text: string): boolean {
  return IPV4.test(text) || isIpv6(text) || isDomain(text)
}

function isIpv6 (text: string): boolean {
  return /^[0-9a-f:.]{2,45}$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`)
}

function isDomain (text: string): boolean {
  // URL's own rules would take percent escapes out and read 0x7f.1 as an address
  if (text.length === 0 || text.length > DOMAIN_MAX || /[%/\\?#@:[\]\s]/.test(text)) return false
  const ascii = domainToASCII(text).replace(/\.$/, '')
  const labels = ascii.split('.')
  return ascii.length > 0 && ascii.length <= DOMAIN_MAX && labels.every((label) => LABEL.test(label)) && !/^\d/.test(labels.at(-1)!)
}
