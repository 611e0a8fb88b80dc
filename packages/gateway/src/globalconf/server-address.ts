import type { ServerId } from '@trembita/protocol/identifiers'

/** Ports of X-Road's message transport; an address of a registry has no others. */
const MESSAGE_PORT = 5500
const OCSP_PORT = 5577

/** Where a gateway can be reached. */
export interface ServerAddress {
  readonly server: ServerId
  /** Name or IP address, without brackets. */
  readonly host: string
  readonly messagePort: number
  readonly ocspPort: number
  /** Set while the server is in maintenance mode: passed over when there are others, named in the fault when there are none. */
  readonly maintenance: { readonly message?: string | undefined } | undefined
}

/**
 * Reads the address a registry has: `host` means the standard ports; `host:port` is our own form for gateways that share
 * a machine, the OCSP port being the one after it (design D12).
 *
 * @returns undefined for an address that names no host.
 */
export function parseServerAddress (address: string): { host: string, messagePort: number, ocspPort: number } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s/@?#]+))(?::(\d{1,5}))?$/.exec(address)
  if (match === null) return /^[0-9A-Fa-f:.]+$/.test(address) && address.includes(':') ? { host: address, messagePort: MESSAGE_PORT, ocspPort: OCSP_PORT } : undefined
  const host = (match[1] ?? match[2])!
  if (match[3] === undefined) return { host, messagePort: MESSAGE_PORT, ocspPort: OCSP_PORT }
  const port = Number(match[3])
  return port > 0 && port < 65535 ? { host, messagePort: port, ocspPort: port + 1 } : undefined
}
