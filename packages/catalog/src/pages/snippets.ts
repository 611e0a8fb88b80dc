import type { ApiOperation, Sample } from '../description/index.ts'
import { restCallOf } from '../verification/index.ts'
import { parseServiceName } from '../service-name.ts'

/** Where the reader's own gateway is, and who the reader is there: asked of the environment, so that a pasted call works as it stands. */
const GATEWAY = 'http://127.0.0.1:4401'

export interface Snippets {
  readonly curl: string
  readonly typescript: string
}

function shell (text: string): string {
  return `'${text.replaceAll('\'', '\'\\\'\'')}'`
}

/** Calls of a REST operation with the values of a sample. Undefined when the sample lacks a value of the path. */
export function restSnippets (serviceId: string, operation: ApiOperation, sample: Sample): Snippets | undefined {
  let call
  try {
    call = restCallOf(parseServiceName(serviceId), operation, sample)
  } catch {
    // A sample without a value of the path makes no call to show.
    return undefined
  }
  const path = `/r1/${serviceId.split('/').slice(0, 5).map(encodeURIComponent).join('/')}${call.path}`
  const client = `${serviceId.split('/')[0]!}/GOV/00000000/SUBSYSTEM`
  const { method, body } = call
  const headers = Object.entries(call.headers ?? {})
  const text = body === undefined ? undefined : Buffer.from(body).toString('utf8')
  return {
    curl: [
      `GATEWAY="\${GATEWAY:-${GATEWAY}}"`,
      `CLIENT="\${CLIENT:-${client}}"`,
      `curl --silent --show-error --fail-with-body --request ${method} "$GATEWAY"${shell(path)} \\`,
      ...headers.map(([name, value]) => `  --header ${shell(`${name}: ${value}`)} \\`),
      `  --header "X-Road-Client: $CLIENT"${text === undefined ? '' : ' \\'}`,
      ...text === undefined ? [] : [`  --data ${shell(text)}`]
    ].join('\n'),
    typescript: [
      'import { env } from \'node:process\'',
      '',
      `const gateway = env.GATEWAY ?? '${GATEWAY}'`,
      `const client = env.CLIENT ?? '${client}'`,
      '',
      `const response = await fetch(gateway + ${JSON.stringify(path)}, {`,
      `  method: '${method}',`,
      `  headers: ${JSON.stringify(Object.fromEntries(headers)).replace(/^\{/, '{ ').replace(/\}$/, ', \'x-road-client\': client }').replace('{ ,', '{')},`,
      ...text === undefined ? [] : [`  body: JSON.stringify(${JSON.stringify(JSON.parse(text), null, 2).split('\n').join('\n  ')}),`],
      '  signal: AbortSignal.timeout(30_000)',
      '})',
      'const answer = await response.text()',
      'if (!response.ok) throw new Error(response.status + \' \' + answer)',
      'console.log(answer)',
      ''
    ].join('\n')
  }
}

/** Calls of a SOAP service with the body of a sample. */
export function soapSnippets (serviceId: string, body: string): Snippets {
  const names = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode', 'serviceCode', 'serviceVersion']
  const service = serviceId.split('/').map((part, index) => `<id:${names[index]!}>${part}</id:${names[index]!}>`).join('')
  const instance = serviceId.split('/')[0]!
  const envelope = (client: (index: number) => string): string => '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers">' +
    `<s:Header><x:client id:objectType="SUBSYSTEM">${names.slice(0, 4).map((name, index) => `<id:${name}>${client(index)}</id:${name}>`).join('')}</x:client>` +
    `<x:service id:objectType="SERVICE">${service}</x:service><x:id>MESSAGE_ID</x:id><x:protocolVersion>4.0</x:protocolVersion></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  return {
    curl: [
      `GATEWAY="\${GATEWAY:-${GATEWAY}}"`,
      `CLIENT="\${CLIENT:-${instance}/GOV/00000000/SUBSYSTEM}"`,
      'IFS=/ read -r INSTANCE CLASS MEMBER SUBSYSTEM <<< "$CLIENT"',
      'curl --silent --show-error --fail-with-body "$GATEWAY/" --header \'Content-Type: text/xml; charset=UTF-8\' --header \'SOAPAction: ""\' --data-binary @- <<XML',
      envelope((index) => ['$INSTANCE', '$CLASS', '$MEMBER', '$SUBSYSTEM'][index]!).replace('MESSAGE_ID', '$(date +%s)-$RANDOM'),
      'XML'
    ].join('\n'),
    typescript: [
      'import { env } from \'node:process\'',
      '',
      `const gateway = env.GATEWAY ?? '${GATEWAY}'`,
      `const [instance, memberClass, member, subsystem] = (env.CLIENT ?? '${instance}/GOV/00000000/SUBSYSTEM').split('/')`,
      '',
      'const response = await fetch(gateway, {',
      '  method: \'POST\',',
      '  headers: { \'content-type\': \'text/xml; charset=UTF-8\', soapaction: \'""\' },',
      `  body: \`${envelope((index) => `\${${['instance', 'memberClass', 'member', 'subsystem'][index]!}}`).replace('MESSAGE_ID', ['$', '{crypto.randomUUID()}'].join(''))}\`,`,
      '  signal: AbortSignal.timeout(30_000)',
      '})',
      'const answer = await response.text()',
      'if (!response.ok) throw new Error(response.status + \' \' + answer)',
      'console.log(answer)',
      ''
    ].join('\n')
  }
}
