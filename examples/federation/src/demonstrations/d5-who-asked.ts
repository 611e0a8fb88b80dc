import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { askByRest } from '@trembita/example-consumer'
import { until } from '@trembita/testnet/joining'
import { clientId, localhost, PORTS, PURPOSES } from '../plan/index.ts'
import { witnessVerifierKey } from '../witness-key.ts'
import { plain, timed, type Demonstration, type Step, type World } from './demonstration.ts'
import { catalogLink, containerLink, recordLink } from './gateway-links.ts'
import { attributeOf, ScriptedPerson, textOfPage } from './scripted-person.ts'

const run = promisify(execFile)
const MONITOR = localhost(PORTS.monitor.portal)
const BUREAU = clientId('bureau', 'BUREAU')
const DRFO = clientId('tax', 'DRFO')
interface Citizen {
  /** Of the identity provider's list. */
  readonly id: string
  readonly rnokpp: string
  readonly familyName: string
  readonly givenName: string
}

/**
 * Whom the bureau asks about, one after another from run to run: repeated accesses to one person's data within a quarter of an hour are told in
 * one notice, and this story is about the first.
 */
const CITIZENS: readonly Citizen[] = [
  { id: 'f02', rnokpp: '7000200223', familyName: 'Їжак', givenName: 'Єлизавета' },
  { id: 'f03', rnokpp: '7000300315', familyName: 'Коваль-Щирий', givenName: 'Юрій' },
  { id: 'f05', rnokpp: '7000500534', familyName: 'Кравець', givenName: 'Роман' },
  { id: 'f08', rnokpp: '7000800822', familyName: 'Яворська', givenName: 'Ксенія' },
  { id: 'f10', rnokpp: '7001001060', familyName: "Прип'ять", givenName: 'Олена' },
  { id: 'f01', rnokpp: '7000100119', familyName: 'Ґонта', givenName: "Дем'ян" }
]
const SECONDS = 20_000

export const whoAsked: Demonstration = {
  id: 'D5',
  title: { uk: 'Хто дивився мої дані: сповіщення за секунди, доказ назавжди', en: 'Who looked at my data: a notice within seconds, a proof for good' },
  about: {
    uk: 'Бюро кредитних історій перевіряє особу в ДРФО. Шлюз податкової записує факт доступу до того, як відповідь піде; особа бачить у моніторі хто, коли, навіщо і на якій підставі, отримує сповіщення й завантажує квитанцію, яку перевіряє trembita-verify.',
    en: 'A credit bureau checks a person in the register of taxpayers. The tax service’s gateway records the access before the answer leaves; the person sees in the monitor who, when, why and on what ground, gets a notice, and downloads a receipt that trembita-verify checks.'
  },
  clauses: ['TR-5.3', 'TR-2.10', 'TR-2.16', 'TR-4.7', 'TR-11.5', 'IP-2.3', 'IP-2.4a', 'IP-2.6'],
  run: async (world, tell) => {
    const { id, rnokpp, familyName, givenName } = await nextCitizen(world)
    const citizen = new ScriptedPerson(id)
    await readyForNotices(citizen, tell)
    const askedAt = new Date()
    const exchangeId = `d5-${crypto.randomUUID()}`
    const asked = await timed(() => askByRest<{ confirmed?: boolean }>({ url: localhost(PORTS.consumer.consumerHttp), client: BUREAU }, {
      service: `${DRFO}/checkRnokpp`, path: '/', body: { rnokpp, familyName, givenName }
    }, { id: exchangeId, userId: 'loan-officer-3', issue: 'LOAN-17/2026', purpose: PURPOSES.bureau }))
    const answeredAt = performance.now()
    tell({
      title: { uk: 'Бюро питає ДРФО, чи номер належить особі', en: 'The bureau asks the register whether the number is the person’s' },
      said: plain(asked.value.answer.outcome),
      ok: asked.value.answer.outcome === 'FOUND',
      tookMs: asked.tookMs,
      links: [recordLink('office', exchangeId), recordLink('justice', exchangeId), containerLink('office', exchangeId, BUREAU), catalogLink(`${DRFO}/checkRnokpp`)]
    })
    const eventId = await seenByCitizen(citizen, exchangeId, answeredAt, tell)
    await noticed(rnokpp, askedAt, answeredAt, tell)
    if (eventId !== undefined) tell(await proved(world, citizen, eventId))
  }
}

async function nextCitizen ({ folder }: World): Promise<Citizen> {
  const file = join(folder, 'demonstrations', 'd5-runs')
  const runs = Number(await readFile(file, 'utf8').catch(() => '0'))
  await mkdir(join(folder, 'demonstrations'), { recursive: true })
  await writeFile(file, String(runs + 1))
  return CITIZENS[runs % CITIZENS.length]!
}

/** Signs in and subscribes a browser of the development push service, if it has not before. */
async function readyForNotices (citizen: ScriptedPerson, tell: (step: Step) => void): Promise<void> {
  const home = await citizen.signIn(MONITOR)
  tell({
    title: { uk: 'Особа входить до монітора', en: 'The person signs in to the monitor' },
    said: plain(`${new URL(home.url).pathname}, HTTP ${home.status}`),
    ok: home.status === 200 && home.url.origin === MONITOR,
    links: [{ label: { uk: 'Монітор доступу', en: 'Access monitor' }, href: MONITOR }]
  })
  const saved = await citizen.submit(await citizen.open(`${MONITOR}/settings`), '/settings', { enabled: 'on', night: 'on', each: 'on' })
  tell({
    title: { uk: 'Вмикає повідомлення: про кожне звернення, і вночі', en: 'Switches notices on: of each access, by night too' },
    said: plain(`HTTP ${saved.status}`),
    ok: saved.status === 200,
    links: [{ label: { uk: 'Налаштування повідомлень', en: 'Settings of notices' }, href: `${MONITOR}/settings` }]
  })
  const settings = await citizen.open(`${MONITOR}/settings`)
  const button = /<button\b[^>]*data-subscribe[^>]*>/.exec(settings.html)?.[0] ?? ''
  const subscription = await (await fetch(localhost(PORTS.pushService, '/subscriptions'), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ applicationServerKey: attributeOf(button, 'data-key') }), signal: AbortSignal.timeout(5000)
  })).json() as object
  const answer = await citizen.sendJson(`${MONITOR}/settings/push`, { subscription }, attributeOf(button, 'data-csrf') ?? '')
  tell({
    title: { uk: 'Підписує свій пристрій (служба push для розробки)', en: 'Subscribes a device (development push service)' },
    said: plain(`HTTP ${answer.status}`),
    ok: answer.ok,
    links: [{ label: { uk: 'Налаштування сповіщень', en: 'Settings of notices' }, href: `${MONITOR}/settings` }]
  })
}

async function seenByCitizen (citizen: ScriptedPerson, exchangeId: string, answeredAt: number, tell: (step: Step) => void): Promise<string | undefined> {
  let text = ''
  const eventId = await until('the access in the person’s list', async () => {
    const { html } = await citizen.open(`${MONITOR}/accesses?view=each`)
    // The newest stands first; earlier runs left theirs.
    const found = /href="\/accesses\/([0-9a-f-]{36})"/.exec(html)?.[1]
    if (found === undefined) return undefined
    text = textOfPage((await citizen.open(`${MONITOR}/accesses/${found}`)).html)
    return text.includes(exchangeId) ? found : undefined
  }, { timeoutMs: SECONDS, everyMs: 250 }).catch(() => undefined)
  const ok = text.includes('Бюро кредитних історій') && text.includes('Перевірка особи перед укладенням кредитного договору')
  tell({
    title: { uk: 'Особа бачить: хто, коли, навіщо, на якій підставі', en: 'The person sees who, when, why and on what ground' },
    // In the words of the page itself, which the person reads in Ukrainian.
    said: plain(text.slice(text.indexOf('Хто звернувся'), text.indexOf('Для перевірки й листування'))),
    ok: eventId !== undefined && ok,
    tookMs: Math.round(performance.now() - answeredAt),
    links: eventId === undefined ? [] : [{ label: { uk: 'Запис у моніторі', en: 'Entry in the monitor' }, href: `${MONITOR}/accesses/${eventId}` }]
  })
  return eventId
}

async function noticed (rnokpp: string, askedAt: Date, answeredAt: number, tell: (step: Step) => void): Promise<void> {
  const message = await until('the notice at the push service', async () => {
    const { messages } = await (await fetch(localhost(PORTS.pushService, '/messages'), { signal: AbortSignal.timeout(5000) })).json() as { readonly messages: readonly { readonly at: string, readonly text: string }[] }
    return messages.findLast(({ at }) => new Date(at) >= askedAt)
  }, { timeoutMs: SECONDS, everyMs: 200 }).catch(() => undefined)
  tell({
    title: { uk: 'Сповіщення прийняла служба push (RFC 8030, 8291, 8292)', en: 'The push service accepted the notice (RFC 8030, 8291, 8292)' },
    said: plain(message?.text ?? 'no message'),
    ok: message !== undefined && !message.text.includes(rnokpp),
    tookMs: Math.round(performance.now() - answeredAt),
    links: [{ label: { uk: 'Повідомлення служби push', en: 'Messages of the push service' }, href: localhost(PORTS.pushService) }, { label: { uk: 'Пошта для розробки', en: 'Development mailbox' }, href: localhost(PORTS.mailbox.pages) }]
  })
}

async function proved ({ folder }: World, citizen: ScriptedPerson, eventId: string): Promise<Step> {
  const receipts = join(folder, 'proofs')
  await mkdir(receipts, { recursive: true })
  const file = join(receipts, `receipt-${eventId}.zip`)
  await until('the receipt', async () => {
    const bytes = await citizen.download(`${MONITOR}/accesses/${eventId}/receipt.zip`).catch(() => undefined)
    if (bytes === undefined) return false
    await writeFile(file, bytes)
    return true
  }, { timeoutMs: SECONDS, everyMs: 300 })
  const tool = new URL('../../../../packages/protocol/bin/trembita-verify.ts', import.meta.url).pathname
  const policy = join(receipts, 'policy.txt')
  await writeFile(policy, await policyOfOurOwn(folder))
  const { code, output } = await run(process.execPath, [tool, file, '--policy', policy]).then(({ stdout }) => ({ code: 0, output: stdout }), (error: { code?: number, stdout?: string, stderr?: string }) => ({ code: error.code ?? 1, output: `${error.stdout ?? ''}${error.stderr ?? ''}` }))
  return {
    title: { uk: 'Розписку перевірено без нас: журнал, свідок, включення', en: 'The receipt is verified without us: log, witness, inclusion' },
    said: plain(output.replace(/\s+/g, ' ').trim().slice(0, 400)),
    ok: code === 0,
    links: [{ label: { uk: 'Розписка (ZIP)', en: 'Receipt (ZIP)' }, href: `${MONITOR}/accesses/${eventId}/receipt.zip` }, { label: { uk: 'Публічний журнал', en: 'Public log' }, href: `${MONITOR}/log/checkpoint` }]
  }
}

/** Whom the verifier trusts: the key that the log publishes, and the witness's own, not what the receipt brings along. */
async function policyOfOurOwn (folder: string): Promise<string> {
  const log = await (await fetch(`${MONITOR}/log/vkey`, { signal: AbortSignal.timeout(5000) })).text()
  return `log ${log.trim()}\nwitness w1 ${await witnessVerifierKey(join(folder, 'witness'))}\nquorum w1\n`
}
