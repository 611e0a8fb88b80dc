import { createPrivateKey, type KeyObject } from 'node:crypto'
import { Certificate } from '@trembita/protocol/pki'
import { Fault } from '@trembita/protocol/fault'
import forge from 'node-forge'

/**
 * Opens a PKCS#12 container of the operator's own (RSA keys; EC keys are brought in as PKCS#8).
 * The only place where node-forge is used: it never sees a peer's bytes.
 *
 * @throws {Fault} `PinIncorrect` for a wrong password, `KeyNotFound` when the container holds no RSA key.
 */
export function readPkcs12 (bytes: Uint8Array, password: string): { privateKey: KeyObject, certificates: Certificate[] } {
  let container: forge.pkcs12.Pkcs12Pfx
  try {
    container = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(bytes).toString('binary'))), password)
  } catch (cause) {
    throw new Fault('PinIncorrect', 'the PKCS#12 container does not open with this password', { cause })
  }
  const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids as Record<string, string>
  const key = [pkcs8ShroudedKeyBag!, keyBag!].flatMap((type) => container.getBags({ bagType: type })[type] ?? [])[0]?.key
  if (key === undefined || key === null) throw new Fault('KeyNotFound', 'the PKCS#12 container holds no RSA private key')
  const certificates = (container.getBags({ bagType: certBag! })[certBag!] ?? []).flatMap(({ cert }) =>
    cert === undefined ? [] : [Certificate.parse(Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(cert)).getBytes(), 'binary'))])
  return { privateKey: createPrivateKey(forge.pki.privateKeyToPem(key)), certificates }
}
