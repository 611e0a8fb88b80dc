import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clientId, localhost, MEMBERS, PORTS } from '../plan/index.ts'
import { verify } from '../proofs.ts'
import { plain, timed, type Demonstration, type Step, type World } from './demonstration.ts'
import { catalogLink, containerLink, recordLink } from './gateway-links.ts'
import { attributeOf, ScriptedPerson, textOfPage, type SeenPage } from './scripted-person.ts'

const CENTRES = localhost(PORTS.centres.pages)
const CENTRE = 'vinnytsia-1'
const QUEUE = clientId('hromada', 'QUEUE')
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

export const visit: Demonstration = {
  id: 'D8',
  title: { uk: 'Візит до центру через чергу громади, з її власною печаткою', en: 'A visit to a centre over a hromada’s queue, under its own seal' },
  about: {
    uk: 'Відвідувач записується, переносить і скасовує візит. Платформа Центрів питає електронну чергу громади через шлюзи; черга живе на чужому шлюзі, але кожну відповідь запечатано ключем громади.',
    en: 'A visitor books, moves and cancels a visit. The centres platform asks the hromada’s queue through gateways; the queue lives at another participant’s gateway, and yet each answer is sealed by the hromada’s own key.'
  },
  clauses: ['CD-7.1', 'CD-7.2', 'CD-8.3', 'CD-8.4', 'CD-15a', 'TR-2.15', 'TR-12.3', 'TR-11.3'],
  run: async (world, tell) => {
    const visitor = new ScriptedPerson('visitor')
    const booking = await bookingPage(visitor, tell)
    const slots = slotsOf(booking)
    const booked = await timed(() => visitor.submit(booking, `/centres/${CENTRE}/book`, { slot: slots[0] ?? '', name: 'Показовий Відвідувач', phone: '+380 00 000 00 00' }))
    const page = booked.value
    const text = textOfPage(page.html)
    tell({ title: { uk: 'Записано: номер і пін', en: 'Booked: a number and a pin' }, said: plain(/Q-\d+/.exec(text)?.[0] ?? excerpt(text)), ok: page.url.pathname.startsWith('/visits/') && /Q-\d+/.test(text), tookMs: booked.tookMs, links: [link(page.url.href, 'Візит', 'The visit')] })
    tell(await sealedByHromada(world, page))
    const other = slotsOf(await visitor.open(`${page.url.href.split('?')[0]!}/move`)).at(-1) ?? ''
    const moved = await timed(async () => await visitor.submit(await visitor.open(`${page.url.href.split('?')[0]!}/move`), /\/move$/, { slot: other }))
    tell({ title: { uk: 'Перенесено на інший час', en: 'Moved to another time' }, said: plain(other.split('|')[1] ?? ''), ok: moved.value.status === 200 && moved.value.url.search.includes('said=moved'), tookMs: moved.tookMs, links: [link(page.url.href, 'Візит', 'The visit')] })
    const cancelled = await timed(async () => await visitor.submit(await visitor.open(page.url.href.split('?')[0]!), /\/cancel$/))
    tell({ title: { uk: 'Скасовано: час знову вільний', en: 'Cancelled: the time is free again' }, said: plain(cancelled.value.url.search), ok: cancelled.value.status === 200 && /скасован/i.test(textOfPage(cancelled.value.html)), tookMs: cancelled.tookMs, links: [link(page.url.href, 'Візит', 'The visit')] })
  }
}

async function bookingPage (visitor: ScriptedPerson, tell: (step: Step) => void): Promise<SeenPage> {
  const { value: page, tookMs } = await timed(async () => {
    // Of this week or of the next: late on a Sunday this one has no times any more.
    for (const days of [0, 7]) {
      const day = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
      const seen = await visitor.open(`${CENTRES}/centres/${CENTRE}/book?week=${day}`)
      if (slotsOf(seen).length > 1) return seen
    }
    return await visitor.open(`${CENTRES}/centres/${CENTRE}/book`)
  })
  tell({
    title: { uk: 'Вільний час просто з черги громади', en: 'Free times, straight from the hromada’s queue' },
    said: plain(String(slotsOf(page).length)),
    ok: slotsOf(page).length > 1,
    tookMs,
    links: [link(`${CENTRES}/centres/${CENTRE}`, 'Картка центру', 'Card of the centre'), link(`${CENTRES}/map`, 'Мапа', 'Map'), catalogLink(`${QUEUE}/slots`)]
  })
  return page
}

function slotsOf ({ html }: SeenPage): string[] {
  return [...html.matchAll(/<input\b([^>]*name="slot"[^>]*)>/g)].map(([, attributes = '']) => attributeOf(attributes, 'value') ?? '')
}

/** The container of the booking's answer: who sealed it. */
async function sealedByHromada ({ folder, federation }: World, page: SeenPage): Promise<Step> {
  const title = { uk: 'Відповідь запечатано ключем громади, хоч шлюз належить Мін’юсту', en: 'The answer is sealed by the hromada’s key, though the gateway is the justice ministry’s' }
  const records = await federation.gateways.get('GW-OFFICE')!.get<{ items: readonly { query_id: string, service_id: string }[] }>(`/message-log/records?${new URLSearchParams({ service_id: `${QUEUE}/book`, direction: 'response' }).toString()}`)
  const id = records.items[0]?.query_id ?? UUID.exec(page.url.pathname)?.[0] ?? ''
  const container = containerLink('office', id, clientId('centres', 'CENTRES'))
  const response = await fetch(container.href, { signal: AbortSignal.timeout(20_000) })
  if (!response.ok) return { title, said: plain(`HTTP ${response.status}`), ok: false, links: [container] }
  await mkdir(join(folder, 'proofs'), { recursive: true })
  const file = join(folder, 'proofs', 'd8.zip')
  await writeFile(file, Buffer.from(await response.arrayBuffer()))
  const report = await verify(file, join(folder, 'proofs', 'verificationconf.zip'))
  const answer = report.containers.find(({ name }) => name.includes('-response-'))
  return {
    title,
    said: plain(`${answer?.signer ?? '?'}: ${answer?.verdict ?? 'no container'}`),
    ok: answer?.verdict === 'verified' && (answer.signer ?? '').includes(MEMBERS.hromada),
    links: [recordLink('office', id), recordLink('justice', id), container]
  }
}

function excerpt (text: string): string {
  return text.slice(-300)
}

function link (href: string, uk: string, en: string): { readonly label: { readonly uk: string, readonly en: string }, readonly href: string } {
  return { label: { uk, en }, href }
}
