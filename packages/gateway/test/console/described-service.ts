import { startService, type TestService } from '../network/service.ts'

/** An information system with a WSDL and an OpenAPI description that a test may change. */
export interface DescribedService {
  readonly url: string
  readonly service: TestService
  operations: string[]
  paths: Record<string, object>
}

const described = { responses: { 200: { description: 'ok' } } }

/** Answers descriptions at `/people.wsdl` and `/openapi.json`, everything else with what came. */
export async function startDescribedService (t: { teardown (run: () => unknown): unknown }): Promise<DescribedService> {
  const service = await startService()
  t.teardown(() => service.close())
  const made: DescribedService = { url: service.url, service, operations: ['lookup'], paths: { '/persons/{id}': { get: described }, '/search': { post: described } } }
  const answer = service.answer
  service.answer = (received, response) => {
    if (received.url === '/people.wsdl') response.writeHead(200, { 'content-type': 'text/xml' }).end(wsdl(made))
    else if (received.url === '/openapi.json') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ openapi: '3.0.3', info: { title: 'Реєстр осіб', version: '1' }, servers: [{ url: '/api' }], paths: made.paths }))
    else if (received.url === '/nothing.json') response.writeHead(404).end()
    else return answer(received, response)
    return undefined
  }
  return made
}

function wsdl ({ url, operations }: DescribedService): string {
  return `<?xml version="1.0"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:tns="http://people.example" targetNamespace="http://people.example" name="people">
  <wsdl:portType name="p">${operations.map((name) => `<wsdl:operation name="${name}"><wsdl:documentation><xroad:title>Про ${name}</xroad:title></wsdl:documentation></wsdl:operation>`).join('')}</wsdl:portType>
  <wsdl:binding name="b" type="tns:p"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    ${operations.map((name) => `<wsdl:operation name="${name}"><soap:operation soapAction=""/><xroad:version>v1</xroad:version></wsdl:operation>`).join('')}
  </wsdl:binding>
  <wsdl:service name="s"><wsdl:port name="p" binding="tns:b"><soap:address location="${url}/soap"/></wsdl:port></wsdl:service>
</wsdl:definitions>`
}
