import type { ServiceId } from '@trembita/protocol/identifiers'
import { Checker, readOpenApiDocument, toApiModel, toWsdlModel, type Profile } from '../description/index.ts'
import type { Description } from '../entry/index.ts'
import type { GatewayClient } from '../exchange/index.ts'
import type { Check } from './check.ts'
import { judgeByDescription, judgeOutcome } from './judge-rest.ts'
import { judgeSoap } from './judge-soap.ts'
import { restCallOf, samplesOf } from './rest-request.ts'

export interface LightCheck {
  /** Undefined when there is no safe sample to call. */
  readonly durationMs?: number | undefined
  readonly failed: readonly Check[]
}

/** One safe call of a published service, held to the published description: what a probe asks. @throws {ExchangeError} of a gateway. */
export async function lightCheck (gateway: GatewayClient, id: ServiceId, description: Description, profile: Profile, name: string): Promise<LightCheck> {
  await using checker = new Checker()
  if (description.mediaType === 'application/wsdl+xml') {
    const operation = toWsdlModel(description.bytes).operations.find(({ code }) => code === id.serviceCode)
    const sample = profile.operations.find(({ operation }) => operation === id.serviceCode)?.samples.find(({ expect, xml }) => expect === 'data' && xml !== undefined)
    if (operation === undefined || sample === undefined) return { failed: [] }
    await checker.openWsdl(description.bytes)
    const answer = await gateway.soap(id, sample.xml!)
    return { durationMs: answer.durationMs, failed: failures(await judgeSoap(checker, operation, sample, answer, { service: name, operation: operation.code, sample: sample.name })) }
  }
  const model = toApiModel(readOpenApiDocument(description.bytes))
  for (const operation of model.operations) {
    const { samples, safe } = samplesOf(operation, profile)
    const sample = safe ? samples.find(({ expect }) => expect === 'data') : undefined
    if (sample === undefined) continue
    await checker.openOpenApi(description.bytes)
    const answer = await gateway.rest(restCallOf(id, operation, sample))
    const about = { service: name, operation: operation.key, sample: sample.name }
    return { durationMs: answer.durationMs, failed: failures([...await judgeByDescription(checker, operation, answer, about), judgeOutcome(sample.expect, answer, about)]) }
  }
  return { failed: [] }
}

function failures (checks: readonly Check[]): Check[] {
  return checks.filter(({ verdict }) => verdict === 'fail')
}
