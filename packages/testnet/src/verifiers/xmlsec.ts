import { runTool, type ToolResult } from './run-tool.ts'
import { scratch } from './scratch.ts'

export function pem (label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`
}

/** Verifies the value and all digests of a signature by xmlsec1; `pieces` by the name they are referenced by. RSA-PSS it does not know. */
export async function xmlsecVerify (signature: Uint8Array, certificateDer: Uint8Array, pieces: Readonly<Record<string, Uint8Array>>): Promise<ToolResult> {
  const folder = scratch()
  try {
    const certificate = folder.write('certificate.pem', pem('CERTIFICATE', certificateDer))
    const maps = Object.entries(pieces).flatMap(([name, bytes], i) => [`--url-map:${name}`, folder.write(`piece${i}`, bytes)])
    return await runTool('xmlsec1', ['--verify', '--pubkey-cert-pem', certificate, '--id-attr:Id', 'SignedProperties', ...maps, folder.write('signatures.xml', signature)])
  } finally {
    folder.remove()
  }
}
