import {
  DescriptionError, externalReferences, hashesOfOpenApi, hashesOfWsdl, lintOpenApi, lintWsdl, readOpenApiDocument, toApiModel, toWsdlModel, type LintFinding
} from '../description/index.ts'
import { ExchangeError } from '../exchange/index.ts'
import type { Check } from './check.ts'
import type { RunContext, Step, Subject } from './context.ts'

/** G1: the description, as its gateway gives it now: can it be read, is it valid, does it follow the rules, is it the one that was harvested? */
export function describeStep (subject: Subject): Step {
  return {
    name: `description ${subject.name}`,
    run: async (context) => {
      const { service, description, name } = subject
      if (description === undefined) {
        context.add({
          code: 'DE-1',
          verdict: 'fail',
          service: name,
          observed: service.harvest === 'undescribed' ? 'no description' : service.harvestDetail ?? service.harvest,
          hint: { uk: 'Опублікуйте сервіс на шлюзі з описом OpenAPI або WSDL.', en: 'Publish the service at the gateway with an OpenAPI or WSDL description.' }
        })
        return
      }
      try {
        await (service.protocol === 'REST' ? checkOpenApi(context, subject, description.bytes) : checkWsdl(context, subject, description.bytes))
      } catch (error) {
        if (!(error instanceof DescriptionError)) throw error
        context.add({ code: 'DE-1', verdict: 'fail', service: name, place: error.place || undefined, observed: error.message, hint: { uk: 'Виправте опис.', en: 'Mend the description.' } })
        return
      }
      await checkUnchanged(context, subject)
    }
  }
}

async function checkOpenApi (context: RunContext, subject: Subject, bytes: Buffer): Promise<void> {
  const { name, checker } = subject
  const document = readOpenApiDocument(bytes)
  const external = externalReferences(document)
  const [first] = external
  context.add(first === undefined
    ? { code: 'DE-1', verdict: 'pass', service: name }
    : { code: 'DE-1', verdict: 'fail', service: name, place: first.place, observed: `reference to ${first.reference}`, expected: 'references within the document', hint: { uk: 'Вкладіть усе в один документ.', en: 'Bundle everything into one document.' } })
  if (first !== undefined) return
  subject.api = { document, model: toApiModel(document) }
  const findings = await checker.openOpenApi(bytes)
  context.add(...(findings.length === 0
    ? [{ code: 'DE-2', verdict: 'pass', service: name, observed: `OpenAPI ${subject.api.model.openapi}` } as const]
    : findings.map(({ place, message }): Check => ({ code: 'DE-2', verdict: 'fail', service: name, place, observed: message, expected: `OpenAPI ${subject.api!.model.openapi}` }))))
  context.add(...lintChecks(name, lintOpenApi(document, subject.api.model)))
  if (findings.length === 0) await checkExamples(context, subject)
}

async function checkWsdl (context: RunContext, subject: Subject, bytes: Buffer): Promise<void> {
  const { name, checker } = subject
  const model = toWsdlModel(bytes)
  const foreign = model.schemas.flatMap(({ imports }) => imports).find(({ namespace }) => !model.schemas.some((schema) => schema.targetNamespace === namespace))
  context.add(foreign === undefined
    ? { code: 'DE-1', verdict: 'pass', service: name }
    : { code: 'DE-1', verdict: 'fail', service: name, place: 'types', observed: `import of ${foreign.namespace} from ${foreign.location === undefined ? 'nowhere' : 'elsewhere'}`, expected: 'all schemas within the WSDL', hint: { uk: 'Вкладіть схеми у WSDL.', en: 'Put the schemas into the WSDL.' } })
  if (foreign !== undefined) return
  subject.wsdl = model
  const findings = await checker.openWsdl(bytes)
  context.add(...(findings.length === 0
    ? [{ code: 'DE-2', verdict: 'pass', service: name, observed: 'WSDL 1.1' } as const]
    : findings.map(({ place, message }): Check => ({ code: 'DE-2', verdict: 'fail', service: name, place, observed: message, expected: 'schemas that compile' }))))
  context.add(...lintChecks(name, lintWsdl(model)))
}

function lintChecks (service: string, findings: readonly LintFinding[]): Check[] {
  if (findings.length === 0) return [{ code: 'DE-3', verdict: 'pass', service }]
  return findings.map(({ rule, severity, place, text }) => ({ code: rule, verdict: severity, service, place, hint: { uk: `Правило: ${text.uk}.`, en: `Rule: ${text.en}.` } }))
}

/** Examples are what a developer copies first: they must be what the schema says. */
async function checkExamples (context: RunContext, { name, api, checker }: Subject): Promise<void> {
  let wrong = 0
  for (const operation of api!.model.operations) {
    const contents = [...operation.body?.content ?? [], ...operation.responses.flatMap(({ content }) => content)]
    for (const { pointer, examples } of contents) {
      for (const example of pointer === undefined ? [] : examples) {
        for (const { place, message } of await checker.validateJson(pointer!, example.value)) {
          wrong++
          context.add({ code: 'DE-5', verdict: 'fail', service: name, operation: operation.key, place: `${example.pointer}${place}`, observed: message, hint: { uk: 'Приклад не відповідає схемі.', en: 'The example does not follow the schema.' } })
        }
      }
    }
  }
  if (wrong === 0) context.add({ code: 'DE-5', verdict: 'pass', service: name })
}

/** What is verified must be what the gateway gives at this moment. */
async function checkUnchanged (context: RunContext, { id, name, service, description }: Subject): Promise<void> {
  try {
    const now = service.protocol === 'REST' ? hashesOfOpenApi(await context.gateway.openApi(id)) : hashesOfWsdl(await context.gateway.wsdl(id))
    const same = now.canonicalHash === description!.canonicalHash
    context.add({
      code: 'DE-4',
      verdict: same ? 'pass' : 'fail',
      service: name,
      expected: description!.canonicalHash,
      observed: now.canonicalHash,
      hint: same ? undefined : { uk: 'Опис змінився після збирання: оновіть описи й почніть ще раз.', en: 'The description has changed since the harvest: harvest and begin again.' }
    })
  } catch (error) {
    context.add({ code: 'DE-4', verdict: 'fail', service: name, observed: error instanceof ExchangeError ? error.code : 'the description cannot be read', hint: { uk: 'Шлюз не віддав опису.', en: 'The gateway gave no description.' } })
  }
}
