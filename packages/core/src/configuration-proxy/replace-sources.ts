import { Fault } from '@trembita/protocol/fault'
import type { ConfigurationSource } from '@trembita/protocol/globalconf'
import { decodeXml, escapeText, readXmlText } from '@trembita/protocol/xml'

/**
 * Puts one source in the place of all that `shared-params.xml` names, and leaves every other byte as it is: what comes from
 * another implementation may hold more than we know.
 *
 * @param bytes of version 3 or later, read strictly before.
 * @throws {Fault} `MalformedGlobalConf` for parameters without a source.
 */
export function replaceSources (bytes: Uint8Array, { address, internalCertificates, externalCertificates }: ConfigurationSource): Buffer {
  const text = decodeXml(bytes)
  let [depth, start, end] = [0, -1, -1]
  let tag = ''
  readXmlText(text, {}, {
    open: ({ local, ns }, from, to) => {
      if (depth === 1 && local === 'source' && ns === '' && start === -1) {
        start = from
        // The start tag as it was written may hold declarations that the name needs.
        tag = text.slice(from, to)
      }
      depth += 1
    },
    close: ({ local, ns }, _from, to) => {
      depth -= 1
      if (depth === 1 && local === 'source' && ns === '') end = to
    }
  })
  if (start === -1) throw new Fault('MalformedGlobalConf', 'shared parameters: no configuration source')
  const leaf = (name: string, value: string): string => `<${name}>${value}</${name}>`
  const source = [
    tag,
    leaf('address', escapeText(address)),
    ...internalCertificates.map((der) => leaf('internalVerificationCert', der.toString('base64'))),
    ...externalCertificates.map((der) => leaf('externalVerificationCert', der.toString('base64'))),
    '</source>'
  ].join('')
  return Buffer.from(text.slice(0, start) + source + text.slice(end))
}
