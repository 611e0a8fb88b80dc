import { askVat, Refusal } from '@trembita/example-consumer'
import { concludeAgreement, until } from '@trembita/testnet/joining'
import type { RunningFederation } from './federation.ts'
import { AGREEMENTS, clientId, INSTANCE, MEMBERS, PORTS } from './plan/index.ts'

/** What was decided at the core, and what came of it at the gateways. */
export interface Decision {
  readonly title: string
  readonly expected: string
  readonly got: string
  /** Until the gateways did so, from the decision on. */
  readonly tookMs: number
}

const MEMBER = `${INSTANCE}:GOV:${MEMBERS.bureau}`
const BUREAU = clientId('bureau', 'BUREAU')

/** The agreements, each sealed by both sides at their own gateways, then in force at the provider's. */
export async function agree ({ core, gateways }: RunningFederation): Promise<Decision[]> {
  const decisions: Decision[] = []
  for (const { gateways: sides, ...terms } of AGREEMENTS) {
    const started = performance.now()
    const [consumer, provider] = [gateways.get(sides.consumer)!, gateways.get(sides.provider)!]
    const { id, seals } = await concludeAgreement(core, { consumer, provider }, terms)
    await until(`agreement ${id} in force at the provider's gateway`, async () =>
      (await provider.get<{ id: string, status: string }[]>('/agreements')).some((agreement) => agreement.id === id && agreement.status === 'inForce'))
    const memberOf = (encoded: string): string => encoded.split(':').slice(0, 3).join(':')
    decisions.push({
      title: `agreement ${id}, sealed`,
      expected: `consumer ${memberOf(terms.consumer_id)} verified, provider ${memberOf(terms.provider_id)} verified`,
      got: seals.map(({ side, verdict, member_id: member }) => `${side} ${member} ${verdict}`).join(', '),
      tookMs: performance.now() - started
    })
  }
  return decisions
}

/** The holder suspends a member, whose calls are then refused, and lifts it again (TR-15). */
export async function suspendAndRestore ({ core, holder }: RunningFederation): Promise<Decision[]> {
  const suspended = await core.get(`/suspensions?object_type=MEMBER&object_id=${MEMBER}&state=inForce`)
  // An earlier run may have been stopped in the middle.
  for (const { id } of suspended.items) await holder.post(`/suspensions/${id}/lift`, { act: { number: '0-д', date: '2026-02-02' } })
  const decisions = [await untilAnswered('bureau asks, as any member may', 'FOUND')]
  const { id } = await holder.post('/suspensions', { object: { type: 'MEMBER', encoded_id: MEMBER }, ground: 'law', act: { number: '17-д', date: '2026-02-02' } })
  decisions.push(await untilAnswered('bureau suspended by act 17-д', 'gateway: Server.ClientProxy.AccessSuspended'))
  await holder.post(`/suspensions/${id}/lift`, { act: { number: '18-д', date: '2026-02-03' } })
  decisions.push(await untilAnswered('bureau restored by act 18-д', 'FOUND'))
  return decisions
}

const DECISION_TIMEOUT_MS = 20_000

async function untilAnswered (title: string, expected: string): Promise<Decision> {
  const started = performance.now()
  let got = ''
  const tookMs = (): number => performance.now() - started
  await until(title, async () => {
    got = await askAsBureau()
    return got === expected || tookMs() > DECISION_TIMEOUT_MS
  })
  return { title, expected, got, tookMs: tookMs() }
}

async function askAsBureau (): Promise<string> {
  try {
    return (await askVat({ url: `http://127.0.0.1:${PORTS.consumer.consumerHttp}`, client: BUREAU }, '91000033', { userId: 'demo' })).answer.outcome
  } catch (thrown) {
    return thrown instanceof Refusal ? `${thrown.by}: ${thrown.code}` : `error: ${(thrown as Error).message}`
  }
}
