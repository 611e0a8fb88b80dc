/** Builds envelopes as information systems write them; every part can be replaced or left out. */
export interface EnvelopeParts {
  readonly prologue?: string
  readonly client?: string
  readonly service?: string
  readonly id?: string
  readonly userId?: string
  readonly protocolVersion?: string
  readonly extra?: string
  readonly header?: string
  readonly body?: string
  readonly ns?: string
}

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
export const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'

export const CLIENT = '<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>ZZ</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>1001</i:memberCode><i:subsystemCode>portal</i:subsystemCode></x:client>'
export const SERVICE = '<x:service i:objectType="SERVICE"><i:xRoadInstance>ZZ</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>2002</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>lookup</i:serviceCode><i:serviceVersion>v2</i:serviceVersion></x:service>'

export function envelopeText (parts: EnvelopeParts = {}): string {
  const header = parts.header ?? '\n  <e:Header>\n    ' + [
    parts.client ?? CLIENT,
    parts.service ?? SERVICE,
    parts.userId ?? '<x:userId>ZZ30001010000</x:userId>',
    parts.id ?? '<x:id>6d0f8f2e</x:id>',
    parts.protocolVersion ?? '<x:protocolVersion>4.0</x:protocolVersion>',
    parts.extra ?? ''
  ].filter((part) => part !== '').join('\n    ') + '\n  </e:Header>'
  return `${parts.prologue ?? '<?xml version="1.0" encoding="UTF-8"?>\n'}<e:Envelope xmlns:e="${parts.ns ?? SOAP}" xmlns:x="http://x-road.eu/xsd/xroad.xsd" ` +
    `xmlns:i="http://x-road.eu/xsd/identifiers" xmlns:r="http://x-road.eu/xsd/representation.xsd">${header}\n  ` +
    (parts.body ?? '<e:Body><p:lookup xmlns:p="urn:demo"><p:key>9</p:key></p:lookup></e:Body>') + '\n</e:Envelope>'
}

export function envelope (parts: EnvelopeParts = {}): Buffer {
  return Buffer.from(envelopeText(parts))
}
