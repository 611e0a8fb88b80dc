import { ExchangeError, verifyEvidence, type ExchangeAnswer } from '../exchange/index.ts'
import type { Sample } from '../description/index.ts'
import type { Check } from './check.ts'
import type { RunContext, Step, Subject } from './context.ts'
import { judgeByDescription, judgeOutcome } from './judge-rest.ts'
import { judgeSoap } from './judge-soap.ts'
import { restCallOf, samplesOf } from './rest-request.ts'
import type { ApiOperation } from '../description/index.ts'

/** A run must not become a load: what is beyond is left out, and said. */
export const CALLS_MAX = 200

/** What the calls of one service have shown, for the checks at the end. */
interface Seen {
  readonly durationsMs: number[]
  evidenceOf?: string
}

/** G4 and G5: each sample is called through the gateway and its answer held to the description. */
export function liveSteps (subject: Subject, context: RunContext): Step[] {
  const seen: Seen = { durationsMs: [] }
  const steps = subject.api === undefined ? soapSteps(subject, context, seen) : restSteps(subject, subject.api.model.operations, context, seen)
  return steps.length === 0 ? [] : [...steps.slice(0, CALLS_MAX), evidenceStep(subject, seen), latencyStep(subject, seen)]
}

function restSteps (subject: Subject, operations: readonly ApiOperation[], context: RunContext, seen: Seen): Step[] {
  return operations.flatMap((operation): Step[] => {
    const { samples, forbidden, safe } = samplesOf(operation, context.profile)
    const about = { service: subject.name, operation: operation.key }
    if (!safe && samples.length > 0 && !context.allowsUnsafe) return [{ name: operation.key, run: async () => { context.add({ code: 'CF-7', verdict: 'warn', ...about, observed: 'changes something: tried in the test environment alone', hint: { uk: 'Перевірте цю операцію в каталозі тестового середовища.', en: 'Verify this operation in the catalog of the test environment.' } }) } }]
    if (samples.length === 0) return [{ name: operation.key, run: async () => { context.add(withoutSample(about, forbidden, safe)) } }]
    return samples.map((sample): Step => ({ name: `${operation.key} ${sample.name}`, run: async () => { await callRest(subject, operation, sample, context, seen) } }))
  })
}

function withoutSample (about: Pick<Check, 'service' | 'operation'>, forbidden: string | undefined, safe: boolean): Check {
  if (forbidden !== undefined) return { code: 'CF-7', verdict: 'notApplicable', ...about, observed: `not to be called: ${forbidden}` }
  if (!safe) return { code: 'CF-7', verdict: 'warn', ...about, observed: 'changes something, and has no sample', hint: { uk: 'Додайте зразок для тестового середовища (x-samples) або x-safe: true, якщо операція нічого не змінює.', en: 'Give a sample for the test environment (x-samples), or x-safe: true when the operation changes nothing.' } }
  return { code: 'CF-7', verdict: 'fail', ...about, observed: 'no sample request', hint: { uk: 'Додайте x-samples або приклади параметрів: неперевірену операцію не публікують.', en: 'Give x-samples, or examples of the parameters: what was not tried is not published.' } }
}

async function callRest (subject: Subject, operation: ApiOperation, sample: Sample, context: RunContext, seen: Seen): Promise<void> {
  const about = { service: subject.name, operation: operation.key, sample: sample.name }
  let call
  try {
    call = restCallOf(subject.id, operation, sample)
  } catch (error) {
    context.add({ code: 'CF-7', verdict: 'fail', ...about, observed: (error as Error).message, hint: { uk: 'Доповніть зразок запиту.', en: 'Complete the sample request.' } })
    return
  }
  const answer = await reach(() => context.gateway.rest(call), about, context, seen)
  if (answer !== undefined) context.add(...await judgeByDescription(subject.checker, operation, answer, about), judgeOutcome(sample.expect, answer, about))
}

function soapSteps (subject: Subject, context: RunContext, seen: Seen): Step[] {
  const operation = subject.wsdl?.operations.find(({ code }) => code === subject.id.serviceCode)
  const about = { service: subject.name, operation: subject.id.serviceCode }
  if (operation === undefined) return [{ name: about.operation, run: async () => { context.add({ code: 'CF-7', verdict: 'fail', ...about, observed: 'the WSDL has no such operation' }) } }]
  const own = context.profile.operations.find((one) => one.operation === subject.id.serviceCode)
  const samples = (own?.samples ?? []).filter(({ xml }) => xml !== undefined)
  if (samples.length === 0) return [{ name: about.operation, run: async () => { context.add(withoutSample(about, own?.forbidden, true)) } }]
  return samples.map((sample): Step => ({
    name: `${about.operation} ${sample.name}`,
    run: async () => {
      const answer = await reach(() => context.gateway.soap(subject.id, sample.xml!), { ...about, sample: sample.name }, context, seen)
      if (answer !== undefined) context.add(...await judgeSoap(subject.checker, operation, sample, answer, { ...about, sample: sample.name }))
    }
  }))
}

/** RE-1: the exchange itself. A fault of a gateway says which. */
async function reach (exchange: () => Promise<ExchangeAnswer>, about: Pick<Check, 'service' | 'operation' | 'sample'>, context: RunContext, seen: Seen): Promise<ExchangeAnswer | undefined> {
  try {
    const answer = await exchange()
    seen.durationsMs.push(answer.durationMs)
    seen.evidenceOf ??= answer.messageId
    context.add({ code: 'RE-1', verdict: 'pass', ...about, messageId: answer.messageId })
    return answer
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    context.add({
      code: 'RE-1',
      verdict: 'fail',
      ...about,
      messageId: error.messageId || undefined,
      observed: `${error.code}: ${error.message}`,
      hint: error.isRefusal
        ? { uk: `Надайте каталогу право на сервіс: клієнт ${context.gateway.client.subsystemCode ?? ''}.`, en: `Give the catalog the right to the service: client ${context.gateway.client.subsystemCode ?? ''}.` }
        : { uk: 'Виклик через шлюз не вдався: перевірте сервіс і шлюз.', en: 'The call through the gateway failed: look at the service and the gateway.' }
    })
    return undefined
  }
}

/** RE-2: the answer is sealed and time-stamped, and the container proves it. One container a service: each costs a stamp. */
function evidenceStep (subject: Subject, seen: Seen): Step {
  return {
    name: `evidence ${subject.name}`,
    run: async ({ gateway, configuration, add }) => {
      const messageId = seen.evidenceOf
      if (messageId === undefined) return
      try {
        const evidence = await verifyEvidence(await gateway.container(messageId), configuration)
        const ok = evidence.verdict === 'verified' && evidence.stampedAt !== undefined
        add({
          code: 'RE-2',
          verdict: ok ? 'pass' : 'fail',
          service: subject.name,
          messageId,
          evidence: evidence.sha256,
          expected: 'sealed by the provider\'s member, time-stamped',
          observed: ok ? `${evidence.signer!}, ${evidence.stampedAt!}` : evidence.reason ?? evidence.verdict,
          hint: ok ? undefined : { uk: 'Печатка або позначка часу не перевіряється.', en: 'The seal or the time stamp does not verify.' }
        })
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error
        add({ code: 'RE-2', verdict: 'fail', service: subject.name, messageId, observed: error.message, hint: { uk: 'Шлюз не віддав контейнера.', en: 'The gateway gave no container.' } })
      }
    }
  }
}

function latencyStep (subject: Subject, { durationsMs }: Seen): Step {
  return {
    name: `latency ${subject.name}`,
    run: async ({ card, add }) => {
      if (card.responseTargetMs === undefined || durationsMs.length === 0) {
        add({ code: 'RE-4', verdict: 'notApplicable', service: subject.name, observed: card.responseTargetMs === undefined ? 'no target' : 'no answer' })
        return
      }
      const p95 = durationsMs.toSorted((a, b) => a - b)[Math.ceil(0.95 * durationsMs.length) - 1]!
      const ok = p95 <= card.responseTargetMs
      add({ code: 'RE-4', verdict: ok ? 'pass' : 'warn', service: subject.name, expected: `p95 ≤ ${card.responseTargetMs} ms`, observed: `${p95} ms of ${durationsMs.length} calls`, hint: ok ? undefined : { uk: 'Повільніше, ніж обіцяє картка.', en: 'Slower than the card promises.' } })
    }
  }
}
