import { parentPort } from 'node:worker_threads'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { CheckerAnswer, CheckerRequest, Finding } from './checker.ts'
import { toJsonSchemas } from './json-schema.ts'
import { DescriptionError, readOpenApiDocument, type JsonObject } from './read-openapi.ts'
import { toWsdlModel } from './wsdl-model.ts'
import { CompiledSchemas } from './xsd.ts'

/**
 * Does what a hostile description could make endless: regular expressions of schemas, schema compilers. Stands in a thread of its own, which
 * is ended when its time is over.
 */

const FINDINGS_MAX = 20
/** Name of the document within the validator. */
const DOCUMENT = 'urn:trembita:description'

let ajv: Ajv2020 | undefined
const compiled = new Map<string, ValidateFunction>()
let schemas: CompiledSchemas | undefined

parentPort!.on('message', (request: CheckerRequest) => {
  answer(request).then(
    (findings) => { parentPort!.postMessage({ id: request.id, findings } satisfies CheckerAnswer) },
    (error: unknown) => { parentPort!.postMessage({ id: request.id, findings: [toFinding(error)] } satisfies CheckerAnswer) }
  )
})

async function answer (request: CheckerRequest): Promise<Finding[]> {
  switch (request.kind) {
    case 'openOpenApi': return await openOpenApi(request.bytes)
    case 'openWsdl': return openWsdl(request.bytes)
    case 'validateJson': return validateJson(request.pointer, request.value)
    case 'validateXml': return schemas === undefined ? [] : schemas.validate(request.element).map((message) => ({ place: '', message }))
  }
}

async function openOpenApi (bytes: Uint8Array): Promise<Finding[]> {
  const document = readOpenApiDocument(bytes)
  const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>)
  open(document)
  if (valid) return []
  if (typeof errors === 'string') return [{ place: '', message: errors }]
  return (errors ?? []).slice(0, FINDINGS_MAX).map(({ instancePath, message }) => ({ place: instancePath ?? '', message: message ?? 'is not as OpenAPI has it' }))
}

function open (document: JsonObject): void {
  ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true, logger: false, unicodeRegExp: true })
  formats.default(ajv)
  ajv.addSchema(toJsonSchemas(document), DOCUMENT)
  compiled.clear()
}

function openWsdl (bytes: Uint8Array): Finding[] {
  const model = toWsdlModel(bytes)
  schemas?.dispose()
  schemas = CompiledSchemas.compile(model.schemas)
  return []
}

function validateJson (pointer: string, value: unknown): Finding[] {
  if (ajv === undefined) throw new DescriptionError('no description is open')
  let validate = compiled.get(pointer)
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `${DOCUMENT}#${pointer.split('/').map(encodeURIComponent).join('/')}` })
    compiled.set(pointer, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).slice(0, FINDINGS_MAX).map(({ instancePath, message = '', params, keyword }) => ({
    place: keyword === 'required' ? `${instancePath}/${String(params.missingProperty)}` : keyword === 'additionalProperties' ? `${instancePath}/${String(params.additionalProperty)}` : instancePath,
    message: keyword === 'additionalProperties' ? 'is not described' : keyword === 'required' ? 'is missing' : message
  }))
}

function toFinding (error: unknown): Finding {
  return { place: error instanceof DescriptionError ? error.place : '', message: error instanceof Error ? error.message : String(error) }
}
