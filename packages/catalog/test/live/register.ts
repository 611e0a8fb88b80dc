import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'

/** A register of vehicles, synthetic, whose live answers can be made wrong. */
export interface Register {
  readonly url: string
  /** How it answers now. */
  mood: 'right' | 'wrongType' | 'broken' | 'carelessInput' | 'slow'
  /** A further word in the description, when set: the contract changes. */
  extraField: boolean
  calls: number
  close (): Promise<void>
}

const PLATE = '^[A-Z]{2}\\d{4}[A-Z]{2}$'

function description (register: Register): object {
  const problem = { description: 'Запит не може бути виконано', content: { 'application/problem+json': { schema: { type: 'object', required: ['status', 'title'], properties: { status: { type: 'integer' }, title: { type: 'string' } } } } } }
  return {
    openapi: '3.0.3',
    info: { title: 'Реєстр транспортних засобів: приклад', version: '1.0.0', contact: { name: 'Відділ реєстру' }, 'x-generated-at': new Date().toISOString() },
    servers: [{ url: `${register.url}/vehicles` }],
    paths: {
      '/by-plate/{plate}': {
        get: {
          operationId: 'vehicleByPlate',
          summary: 'Транспортний засіб за номером',
          parameters: [{ name: 'plate', in: 'path', required: true, schema: { type: 'string', pattern: PLATE }, example: 'AA1234BC' }],
          'x-samples': [
            { name: 'знайдено', expect: 'data', parameters: { plate: 'AA1234BC' } },
            { name: 'немає', expect: 'noData', parameters: { plate: 'ZZ0000ZZ' } },
            { name: 'помилка', expect: 'badRequest', parameters: { plate: 'x' } }
          ],
          responses: {
            200: {
              description: 'Відповідь',
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    additionalProperties: false,
                    required: ['outcome', 'vehicle'],
                    properties: {
                      outcome: { type: 'string', enum: ['FOUND', 'NO_DATA'] },
                      vehicle: { type: 'object', nullable: true, required: ['plate', 'year'], properties: { plate: { type: 'string' }, year: { type: 'integer', description: 'Рік випуску' }, ...register.extraField ? { colour: { type: 'string' } } : {} } }
                    }
                  }
                }
              }
            },
            400: problem
          }
        }
      },
      '/search': {
        post: {
          operationId: 'searchVehicles',
          'x-safe': true,
          summary: 'Пошук за роком',
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'object', additionalProperties: false, required: ['year'], properties: { year: { type: 'integer', minimum: 1900, maximum: 2100 } } }, example: { year: 2020 } } } },
          responses: {
            200: { description: 'Знайдені', content: { 'application/json': { schema: { type: 'array', items: { type: 'string' } } } } },
            400: problem,
            415: problem
          }
        }
      }
    }
  }
}

export async function startRegister (): Promise<Register> {
  const app = fastify({ keepAliveTimeout: 75_000, forceCloseConnections: true })
  const register: Register = { url: '', mood: 'right', extraField: false, calls: 0, close: () => app.close() }
  const refuse = (reply: { code (status: number): { type (type: string): { send (body: string): unknown } } }, status: number, title: string): unknown => reply.code(status).type('application/problem+json').send(JSON.stringify({ status, title }))
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => refuse(reply as never, error.statusCode ?? 500, 'Помилковий запит'))
  app.get('/openapi.json', async () => description(register))
  app.get<{ Params: { plate: string } }>('/vehicles/by-plate/:plate', async ({ params }, reply) => {
    register.calls++
    if (register.mood === 'broken') return await reply.code(500).send({ oops: true })
    if (register.mood !== 'carelessInput' && !new RegExp(PLATE).test(params.plate)) return refuse(reply as never, 400, 'Номер не такий')
    if (params.plate.startsWith('ZZ')) return { outcome: 'NO_DATA', vehicle: null }
    return { outcome: 'FOUND', vehicle: { plate: params.plate, year: register.mood === 'wrongType' ? '2020' : 2020 } }
  })
  app.post<{ Body: { year: number } }>('/vehicles/search', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['year'], properties: { year: { type: 'integer', minimum: 1900, maximum: 2100 } } } }
  }, async ({ body }) => body.year === 2020 ? ['AA1234BC'] : [])
  addSoap(app, register)
  await app.listen({ host: '127.0.0.1', port: 0 })
  Object.assign(register, { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` })
  return register
}

const NS = 'urn:test:vehicles'
/** Body element of a right SOAP request. */
export const SOAP_SAMPLE = `<v:owner xmlns:v="${NS}"><v:plate>AA1234BC</v:plate></v:owner>`

function addSoap (app: FastifyInstance, register: Register): void {
  app.addContentTypeParser('text/xml', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
  app.get('/soap', async (_request, reply) => reply.type('text/xml').send(`<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="V" targetNamespace="${NS}" xmlns:v="${NS}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<wsdl:documentation>Власник транспортного засобу</wsdl:documentation>
<wsdl:types><xs:schema targetNamespace="${NS}" elementFormDefault="qualified">
<xs:element name="owner"><xs:complexType><xs:sequence><xs:element name="plate" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="ownerResponse"><xs:complexType><xs:sequence><xs:element name="since" type="xs:date"/></xs:sequence></xs:complexType></xs:element>
</xs:schema></wsdl:types>
<wsdl:message name="in"><wsdl:part name="body" element="v:owner"/></wsdl:message><wsdl:message name="out"><wsdl:part name="body" element="v:ownerResponse"/></wsdl:message>
<wsdl:portType name="P"><wsdl:operation name="owner"><wsdl:input message="v:in"/><wsdl:output message="v:out"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="B" type="v:P"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="owner"><soap:operation soapAction=""/><xroad:version>v1</xroad:version><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="S"><wsdl:port name="P" binding="v:B"><soap:address location="${register.url}/soap"/></wsdl:port></wsdl:service>
</wsdl:definitions>`))
  app.post('/soap', async (request, reply) => {
    const text = String(request.body)
    const header = /<([\w]+:)?Header>[\s\S]*<\/([\w]+:)?Header>/.exec(text)?.[0] ?? ''
    const envelope = /<[\w]+:Envelope[^>]*>/.exec(text)?.[0] ?? ''
    const close = `</${/<([\w]+):Envelope/.exec(envelope)?.[1] ?? 's'}:Envelope>`
    const prefix = /<([\w]+):Envelope/.exec(envelope)?.[1] ?? 's'
    const wrong = !/<(?:\w+:)?owner[^>]*>\s*<(?:\w+:)?plate>/.test(text)
    const body = wrong
      ? `<${prefix}:Fault><faultcode>${prefix}:Client</faultcode><faultstring>bad request</faultstring></${prefix}:Fault>`
      : `<v:ownerResponse xmlns:v="${NS}"><v:since>${register.mood === 'wrongType' ? 'давно' : '2020-01-31'}</v:since></v:ownerResponse>`
    return await reply.code(wrong ? 500 : 200).type('text/xml; charset=utf-8').send(`${envelope}${header}<${prefix}:Body>${body}</${prefix}:Body>${close}`)
  })
}
