import { askByRest, Refusal, type Gateway } from '@trembita/example-consumer'
import { AdminApiError, concludeAgreement, until } from '@trembita/testnet/joining'
import { suspendAndRestore } from '../decisions.ts'
import { clientId, encodedClientId, localhost, PORTS, PURPOSES } from '../plan/index.ts'
import { plain, timed, type Demonstration, type Step, type World } from './demonstration.ts'
import { catalogLink, recordLink } from './gateway-links.ts'

const CABINET = clientId('entrepreneurship', 'CABINET')
const EDR = clientId('justice', 'EDR')
const VAT = clientId('tax', 'VAT')
const GATEWAY: Gateway = { url: localhost(PORTS.consumer.consumerHttp), client: CABINET }
/** Long enough to seal it twice and to ask once. */
const TERM_MS = 12_000

export const refusals: Demonstration = {
  id: 'D7',
  title: { uk: 'Чотири різні й зрозумілі відмови', en: 'Four refusals, each of its own and clear' },
  about: {
    uk: 'Поле поза межами договору, договір, строк якого минув, відкликане право, зупинений учасник: кожну відмову видно за її кодом, у журналі шлюзу й у журналі аудиту.',
    en: 'A field outside the agreement, an agreement whose term has ended, a right taken back, a suspended member: each refusal is told apart by its code, in the gateway’s records and in the audit log.'
  },
  clauses: ['TR-2.18', 'TR-4.4', 'TR-9a', 'TR-9b', 'TR-12.2', 'TR-15', 'UP-9b'],
  run: async (world, tell) => {
    tell(await outsideAgreement())
    for await (const step of expiredAgreement(world)) tell(step)
    for await (const step of revokedRight(world)) tell(step)
    for (const { title, got, expected, tookMs } of await suspendAndRestore(world.federation)) {
      tell({
        title: plain(title),
        said: plain(got),
        ok: got === expected,
        tookMs: Math.round(tookMs),
        links: [{ label: { uk: 'Зупинення в ядрі', en: 'Suspensions at the core' }, href: localhost(PORTS.core.admin, '/suspensions') }]
      })
    }
  }
}

interface Asked {
  readonly id: string
  /** Outcome, or who refused by which code. */
  readonly got: string
  readonly tookMs: number
}

async function ask (service: string, path: string, purpose?: string): Promise<Asked> {
  const id = `d7-${crypto.randomUUID()}`
  const { value: got, tookMs } = await timed(async () => {
    try {
      return (await askByRest<object>(GATEWAY, { service, path }, { id, userId: 'demo', purpose })).answer.outcome
    } catch (error) {
      if (error instanceof Refusal) return `${error.by}: ${error.code}`
      throw error
    }
  })
  return { id, got, tookMs }
}

async function outsideAgreement (): Promise<Step> {
  const { id, got, tookMs } = await ask(`${EDR}/subjectExtract`, '/91000033', PURPOSES.edr)
  return {
    title: { uk: 'Реєстр відповів більше, ніж дозволяє договір: шлюз не пустив відповідь', en: 'The register answered more than the agreement permits: the gateway held the answer back' },
    said: plain(got),
    ok: got === 'gateway: Server.ServerProxy.OutsideAgreement',
    tookMs,
    links: [recordLink('office', id), recordLink('justice', id), { label: { uk: 'Договір', en: 'Agreement' }, href: localhost(PORTS.core.admin, `/agreements/${PURPOSES.edr}`) }]
  }
}

async function * expiredAgreement ({ federation: { core, gateways } }: World): AsyncGenerator<Step> {
  const now = Date.now()
  const id = `D7-${now}`
  const ends = new Date(now + TERM_MS)
  await concludeAgreement(core, { consumer: gateways.get('GW-OFFICE')!, provider: gateways.get('GW-JUSTICE')! }, {
    id,
    number: `д7/${now}`,
    date: new Date(now).toISOString().slice(0, 10),
    consumer_id: encodedClientId('entrepreneurship', 'CABINET'),
    provider_id: encodedClientId('tax', 'VAT'),
    from: new Date(now - 60_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    until: ends.toISOString().replace(/\.\d+Z$/, 'Z'),
    purposes: [{ code: id, name: 'Показ договору, строк якого минає', ground: 'демонстрація D7' }],
    services: [{ code: 'vatSummary', operations: [{ method: 'GET', path: '/*', json: [''] }] }]
  })
  const links = [{ label: { uk: 'Договір', en: 'Agreement' }, href: localhost(PORTS.core.admin, `/agreements/${id}`) }]
  const within = await untilAnswered(() => ask(`${VAT}/vatSummary`, '/91000033', id), 'FOUND', TERM_MS)
  yield { title: { uk: `Договір ${id} запечатано обома сторонами, діє до ${ends.toISOString().slice(11, 19)} UTC`, en: `Agreement ${id} sealed by both sides, in force until ${ends.toISOString().slice(11, 19)} UTC` }, said: plain(within.got), ok: within.got === 'FOUND', tookMs: within.tookMs, links }
  const after = await untilAnswered(() => ask(`${VAT}/vatSummary`, '/91000033', id), 'gateway: Server.ServerProxy.AgreementRequired', TERM_MS * 2)
  yield {
    title: { uk: 'Строк минув: той самий запит відхилено', en: 'The term has ended: the same question is refused' },
    said: plain(after.got),
    ok: after.got === 'gateway: Server.ServerProxy.AgreementRequired',
    tookMs: after.tookMs,
    links: [...links, recordLink('office', after.id)]
  }
}

async function * revokedRight ({ federation: { gateways } }: World): AsyncGenerator<Step> {
  const provider = gateways.get('GW-JUSTICE')!
  const rights = `/services/${encodeURIComponent(`${encodedClientId('justice', 'EDR')}:searchSubjects`)}/service-clients`
  const body = { items: [{ id: encodedClientId('entrepreneurship', 'CABINET') }] }
  const search = (): Promise<Asked> => ask(`${EDR}/searchSubjects`, `?name=${encodeURIComponent('колос')}`)
  const links = [{ label: { uk: 'Права доступу в консолі шлюзу', en: 'Access rights in the gateway’s console' }, href: localhost(PORTS.provider.console, '/clients') }, catalogLink(`${EDR}/searchSubjects`)]
  await provider.post(rights, body).catch((error: unknown) => {
    // An earlier run was stopped in the middle.
    if (!(error instanceof AdminApiError && error.code === 'duplicate_accessright')) throw error
  })
  const allowed = await search()
  yield { title: { uk: 'Право на пошук надано: відповідь є', en: 'A right to search is given: there is an answer' }, said: plain(allowed.got), ok: allowed.got === 'FOUND', tookMs: allowed.tookMs, links }
  await provider.post(`${rights}/delete`, body)
  const refused = await search()
  yield {
    title: { uk: 'Право відкликано: наступний же запит відхилено', en: 'The right is taken back: the very next question is refused' },
    said: plain(refused.got),
    ok: refused.got === 'gateway: Server.ServerProxy.AccessDenied',
    tookMs: refused.tookMs,
    links: [...links, recordLink('office', refused.id)]
  }
}

/** Asks until it is answered so, or until the time is over. */
async function untilAnswered (question: () => Promise<Asked>, expected: string, timeoutMs: number): Promise<Asked> {
  const started = performance.now()
  let last = await question()
  await until(`answer ${expected}`, async () => {
    if (last.got === expected || performance.now() - started > timeoutMs) return true
    last = await question()
    return last.got === expected
  }, { timeoutMs: timeoutMs + 5000, everyMs: 400 }).catch(() => {})
  return { ...last, tookMs: Math.round(performance.now() - started) }
}
