import { decodeXml, readXmlText } from '@trembita/protocol/xml'

/**
 * What is kept of a message whose subsystem has body logging off (xroad-messages §4.1): who called which service when,
 * nothing of what was said. By design it no longer matches its signature.
 *
 * SOAP: the envelope with its header and an empty Body. REST: verb, service without the rest of the path and without
 * query, and `x-road-*` headers; of a response status, reason and those headers.
 */
export function withoutBody (protocol: 'soap' | 'rest', message: Uint8Array): Uint8Array {
  return protocol === 'soap' ? emptyEnvelope(message) : bareHead(message)
}

function emptyEnvelope (message: Uint8Array): Uint8Array {
  const path: string[] = []
  let start: number | undefined
  let end: number | undefined
  let text = ''
  try {
    text = decodeXml(message)
    readXmlText(text, {}, {
      open (element, _from, to) {
        path.push(element.local)
        if (path.length === 2 && element.local === 'Body') start = to
      },
      close (element, from) {
        if (path.length === 2 && element.local === 'Body') end = from
        path.pop()
      }
    })
  } catch {
    // In another charset, or broken: rather nothing than something that was not to be kept.
    return Buffer.alloc(0)
  }
  if (start === undefined || end === undefined) return Buffer.alloc(0)
  return Buffer.from(start <= end ? text.slice(0, start) + text.slice(end) : text)
}

const SERVICE_PATH_PARTS = 7

function bareHead (message: Uint8Array): Uint8Array {
  const [first = '', second = '', ...headers] = Buffer.from(message).toString('utf8').split(/\r\n|\r|\n/)
  const isResponse = /^[1-9]/.test(first)
  // /r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE
  const line = isResponse ? second : second.split('?', 1)[0]!.split('/').slice(0, SERVICE_PATH_PARTS).join('/')
  const kept = headers.filter((header) => /^x-road-/i.test(header) && !/^x-road-(?:userid|represented-party)\b/i.test(header))
  return Buffer.from([first, line, ...kept, ''].join('\r\n'))
}
