import fc from 'fast-check'
import t from 'tap'
import { compileSettings } from '../../src/accesslog/compile.ts'
import { checkSettings } from '../../src/accesslog/check-settings.ts'
import { openApiRules } from '../../src/accesslog/described/openapi-rules.ts'
import { wsdlRules } from '../../src/accesslog/described/wsdl-rules.ts'
import { readBodyValues } from '../../src/accesslog/body-values.ts'

const subject = { type: 'string', 'x-personal-subject': { type: 'RNOKPP' } }

function described (schema: object, components: object = {}, operation: object = {}): Buffer {
  return Buffer.from(JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { '/x': { post: { operationId: 'x', ...operation, responses: { 200: { description: '', content: { 'application/json': { schema } } } } } } },
    components: { schemas: components }
  }))
}

/** Values that the rules of a description find in an answer. */
function found (description: Buffer, answer: unknown): string[] {
  const { rules } = compileSettings(checkSettings({}, 'REST'), openApiRules(description))
  const paths = rules[0]?.bodies.response.json
  return paths === undefined ? [] : readBodyValues({ bytes: Buffer.from(JSON.stringify(answer)), kind: 'json', charset: undefined }, paths.graph).map(([, value]) => value)
}

t.test('annotations of parameters, bodies and operations become a rule', async (t) => {
  const description = Buffer.from(`
openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /persons/{person-code}:
    parameters:
      - { name: person-code, in: path, required: true, schema: { type: string }, x-personal-subject: { type: RNOKPP, role: main } }
    get:
      operationId: person
      x-processing: { operation: retrieve, purpose: Допомога · Aid, massThreshold: 10 }
      parameters:
        - $ref: '#/components/parameters/Subject'
      responses:
        '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } } }
    delete: { responses: { '204': { description: gone } } }
  /health: { get: { responses: { '200': { description: ok } } } }
components:
  parameters:
    Subject: { name: Uxp-Subject-Id, in: header, schema: { type: string, x-personal-subject: { type: UNZR } } }
  schemas:
    Person:
      type: object
      properties:
        address: { type: string, x-personal-category: address }
        children: { type: array, items: { $ref: '#/components/schemas/Person' } }
        rnokpp: { type: string, x-personal-subject: { type: RNOKPP, role: related }, x-personal-category: identity }
`)
  const [rule, removal, ...more] = openApiRules(description)
  t.match(rule, { id: 'person', match: { method: 'GET', path: '/persons/{person-code}' }, operation: 'retrieve', purpose: 'Допомога · Aid', massThreshold: 10, categories: ['address', 'identity'] })
  t.match(rule!.subjects.map(({ phase, select, type, role }) => [phase, select, type, role]), [
    ['request', 'path:person-code', 'RNOKPP', 'main'], ['request', 'header:Uxp-Subject-Id', 'UNZR', 'main'], ['response', 'json:/**/rnokpp', 'RNOKPP', 'related']
  ])
  t.match(removal, { id: 'DELETE:/persons/{person-code}', subjects: [{ select: 'path:person-code' }] })
  t.same(more, [], 'an operation that says nothing of persons gives no rule')
  const [compiled] = compileSettings(checkSettings({}, 'REST'), [rule!]).rules
  t.same([...compiled!.pathValues('/persons/3000300007')], [['person-code', '3000300007']])
  t.same(found(described({ $ref: '#/components/schemas/N' }, { N: { oneOf: [subject, { type: 'array', items: { $ref: '#/components/schemas/N' } }] } }), ['1', [['2']]]), ['1', '2'], 'a list of lists of itself')
})

t.test('what cannot be understood is refused', async (t) => {
  const refused = (schema: object, message: RegExp): void => { t.throws(() => openApiRules(described(schema)), { name: 'AnnotationError', message }) }
  refused({ type: 'string', 'x-personal-subject': { type: 'SSN' } }, /one of RNOKPP/)
  refused({ type: 'string', 'x-personal-subject': { type: 'RNOKPP', role: 'boss' } }, /role of a person/)
  refused({ properties: { a: { $ref: '#/components/schemas/None' } } }, /not in the description/)
  const ref = (i: number): object => ({ $ref: `#/components/schemas/S${i}` })
  const tangle = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`S${i}`, i === 19 ? subject : { oneOf: [ref(i + 1), ref(i + 1), ref(i + 1)] }]))
  t.throws(() => openApiRules(described(ref(0), tangle)), { name: 'AnnotationError', message: /too many/ })
})

/** A schema with what it may describe, and the persons in that. */
interface Sample { readonly schema: object, readonly value: unknown, readonly persons: readonly string[] }

let counter = 0
const leaf: fc.Arbitrary<Sample> = fc.oneof(
  fc.constant(null).map(() => { const id = String(3_000_000_000 + counter++); return { schema: subject, value: id, persons: [id] } }),
  fc.string().map((value) => ({ schema: { type: 'string' }, value, persons: [] })),
  fc.constant({ schema: { type: 'null' }, value: null, persons: [] }))
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf,
    fc.dictionary(fc.string({ minLength: 1 }).filter((name) => name !== '*' && name !== '**' && name !== '__proto__'), tie('sample'), { maxKeys: 4 }).map((members) => ({
      schema: { type: 'object', properties: Object.fromEntries(Object.entries(members).map(([name, one]) => [name, one.schema])) },
      value: Object.fromEntries(Object.entries(members).map(([name, one]) => [name, one.value])),
      persons: Object.values(members).flatMap((one) => one.persons)
    })),
    fc.array(tie('sample'), { maxLength: 3 }).map((items) => ({ schema: { type: 'array', items: { oneOf: items.map((one) => one.schema) } }, value: items.map((one) => one.value), persons: items.flatMap((one) => one.persons) })),
    fc.tuple(tie('sample'), tie('sample')).map(([one, other]) => ({ ...one, schema: { oneOf: [other.schema, { allOf: [one.schema] }] } })))
}))

t.test('rules of a description find every annotated person, however lists and alternatives are nested', async () => {
  fc.assert(fc.property(sample, ({ schema, value, persons }) => {
    const all = found(described(schema), value)
    return persons.every((person) => all.includes(person))
  }), { numRuns: 500 })
})

t.test('annotations of a WSDL become rules of its operations', async (t) => {
  const wsdl = (types: string, operation = ''): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:pd="urn:trembita:personal-data" targetNamespace="urn:t">
<wsdl:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">${types}</xs:schema></wsdl:types>
<wsdl:message name="in"><wsdl:part name="p" element="t:ask"/></wsdl:message><wsdl:message name="out"><wsdl:part name="p" element="t:askResponse"/></wsdl:message><wsdl:message name="none"><wsdl:part name="p" element="t:ping"/></wsdl:message>
<wsdl:portType name="P"><wsdl:operation name="ask" ${operation}><wsdl:input message="t:in"/><wsdl:output message="t:out"/></wsdl:operation><wsdl:operation name="ping"><wsdl:input message="t:none"/><wsdl:output message="t:none"/></wsdl:operation></wsdl:portType>
</wsdl:definitions>`)
  const rules = wsdlRules(wsdl(`
    <xs:element name="ask"><xs:complexType><xs:sequence><xs:element name="RNOKPP" type="xs:string" pd:subject="RNOKPP"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="askResponse" type="t:Answer"/><xs:element name="ping" type="xs:string"/>
    <xs:complexType name="Answer"><xs:sequence><xs:element name="person" type="t:Person" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
    <xs:complexType name="Person"><xs:sequence>
      <xs:element name="code" type="xs:string" form="unqualified" pd:subject="RNOKPP" pd:role="related"/><xs:element name="income" type="xs:decimal" pd:category="income"/><xs:element name="child" type="t:Person"/>
    </xs:sequence></xs:complexType>`, 'pd:operation="retrieve" pd:massThreshold="7"'))
  t.same([...rules.keys()], ['ask'], 'an operation whose messages name nobody has no rule')
  t.match(rules.get('ask'), [{
    operation: 'retrieve',
    massThreshold: 7,
    categories: ['income'],
    subjects: [{ phase: 'request', select: 'xml:/**/{urn:t}RNOKPP', role: 'main' }, { phase: 'response', select: 'xml:/**/code', role: 'related' }]
  }])
  t.throws(() => wsdlRules(wsdl('<xs:element name="ask" pd:subject="SSN"/>')), { name: 'AnnotationError' })
})
