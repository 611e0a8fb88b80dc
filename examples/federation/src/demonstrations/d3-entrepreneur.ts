import { until } from '@trembita/testnet/joining'
import { clientId, localhost, PORTS } from '../plan/index.ts'
import { plain, type Demonstration, type Step } from './demonstration.ts'
import { catalogLink, recordLink } from './gateway-links.ts'
import { ScriptedPerson, textOfPage, type SeenPage } from './scripted-person.ts'

const CABINET = localhost(PORTS.cabinet.pages)
const PORTAL = localhost(PORTS.portal.pages)
const WAIT = { timeoutMs: 30_000, everyMs: 400 }
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

export const entrepreneur: Demonstration = {
  id: 'D3',
  title: { uk: 'Підприємець приєднується й отримує пропозиції з поясненням', en: 'An entrepreneur joins and gets offers that explain themselves' },
  about: {
    uk: 'ФОП входить до кабінету; ЄДР підтверджує реєстрацію; він підписує заяву, ділиться документами з Порталу Дія; кабінет питає реєстри за псевдонімом і показує програми, що підходять, — з критеріями, значеннями та джерелами.',
    en: 'A sole entrepreneur signs in to the cabinet; the register confirms him; he signs the declaration and shares documents from the Diia portal; the cabinet asks the registers by pseudonym and shows what fits, with criteria, values and sources.'
  },
  clauses: ['UP-2', 'UP-3.2', 'UP-3.3', 'UP-3.4', 'UP-7b', 'UP-7c', 'UP-8.1', 'UP-8.4', 'UP-8.6', 'UP-8.7', 'UP-9a', 'UP-10a', 'UP-10b', 'UP-10c', 'UP-12', 'TR-5.5'],
  run: async (_world, tell) => {
    const person = new ScriptedPerson('f01')
    await join(person, tell)
    await share(person, tell)
    await offers(person, tell)
  }
}

async function join (person: ScriptedPerson, tell: (step: Step) => void): Promise<void> {
  const home = await person.signIn(CABINET)
  tell({ title: { uk: 'Вхід до кабінету через ідентифікацію', en: 'Sign-in to the cabinet by identification' }, said: plain(`HTTP ${home.status}`), ok: home.url.origin === CABINET && home.status === 200, links: [link(CABINET, 'Кабінет', 'Cabinet')] })
  if ((await person.open(`${CABINET}/cabinet`)).html.includes('href="/cabinet/leave"')) {
    tell({ title: { uk: 'Уже учасник: приєднався раніше', en: 'A participant already: joined before' }, ok: true, links: [link(`${CABINET}/cabinet`, 'Пропозиції', 'Offers')] })
    return
  }
  const started = performance.now()
  let page = await person.submit(await person.open(`${CABINET}/cabinet/join`), '/cabinet/join', { kind: 'FOP' })
  page = await until('the answer of the register', async () => {
    page = await person.open(page.url)
    return /action="\/cabinet\/join\/[^"]+"/.test(page.html) ? page : undefined
  }, WAIT)
  const exchangeId = UUID.exec(textOfPage(page.html).split('Обмін ').at(-1) ?? '')?.[0]
  tell({
    title: { uk: 'ЄДР через шлюзи: справу зареєстровано; відповідь збережено з доказом', en: 'The register, through gateways: registered; the answer is kept with its proof' },
    said: plain(excerpt(textOfPage(page.html), 'Підсумок')),
    ok: textOfPage(page.html).includes('ЄДР підтвердив реєстрацію'),
    tookMs: Math.round(performance.now() - started),
    links: [link(page.url.href, 'Перевірка в кабінеті', 'The check in the cabinet'), ...exchangeId === undefined ? [] : [recordLink('office', exchangeId), recordLink('justice', exchangeId)], catalogLink(`${clientId('justice', 'EDR')}/subjectByCode`)]
  })
  const joined = await person.submit(page, /^\/cabinet\/join\//, { agree: 'on' })
  tell({ title: { uk: 'Заяву підписано: учасник проєкту', en: 'The declaration is signed: a participant' }, said: plain(joined.url.pathname), ok: joined.status === 200 && joined.url.pathname === '/cabinet', links: [link(`${CABINET}/cabinet/profile`, 'Мої дані', 'My data')] })
}

async function share (person: ScriptedPerson, tell: (step: Step) => void): Promise<void> {
  await person.signIn(PORTAL)
  const choice = await person.open(`${PORTAL}/share`)
  tell({
    title: { uk: 'Портал Дія: документи особи, зокрема доходи з ДРФО наживо', en: 'Diia portal: the person’s documents, income from the register asked live' },
    said: plain(textOfPage(choice.html).includes('Джерела та суми доходів') ? 'internal-passport, foreign-passport, taxpayer-card, income-sources' : ''),
    ok: choice.status === 200 && choice.html.includes('action="/share/review"'),
    links: [link(`${PORTAL}/documents`, 'Документи', 'Documents'), catalogLink(`${clientId('tax', 'DRFO')}/InfoIncomeSources/v1`)]
  })
  const review = await person.submit(choice, '/share/review')
  const receipt = await person.submit(review, '/share/send')
  const text = textOfPage(receipt.html)
  tell({
    title: { uk: 'Передано до кабінету через Трембіту: квитанція з вердиктом про кожен документ', en: 'Shared with the cabinet through Trembita: a receipt with a verdict on each document' },
    said: plain(excerpt(text, 'Вийти')),
    ok: receipt.url.pathname.startsWith('/receipts/') && !text.includes('не прийнято') && text.includes('прийнято'),
    links: [link(receipt.url.href, 'Квитанція', 'Receipt'), link(`${CABINET}/cabinet/documents`, 'Документи в кабінеті', 'Documents in the cabinet')]
  })
}

async function offers (person: ScriptedPerson, tell: (step: Step) => void): Promise<void> {
  const started = performance.now()
  const page = await until<SeenPage>('offers in the cabinet', async () => {
    const seen = await person.open(`${CABINET}/cabinet`)
    return seen.html.includes('href="/cabinet/offers/') ? seen : undefined
  }, WAIT).catch(() => person.open(`${CABINET}/cabinet`))
  const text = textOfPage(page.html)
  tell({
    title: { uk: 'Пропозиції в кабінеті: критерій, значення, джерело', en: 'Offers in the cabinet: criterion, value, source' },
    said: plain(excerpt(text, 'Підходять (')),
    ok: page.status === 200 && text.includes('Підходять (') && text.includes('Вид діяльності'),
    tookMs: Math.round(performance.now() - started),
    links: [link(`${CABINET}/cabinet`, 'Пропозиції', 'Offers'), link(`${CABINET}/cabinet/profile`, 'Мої дані: реєстри й прогалини', 'My data: registers and gaps'), catalogLink(`${clientId('justice', 'EDR')}/supportProfile`), catalogLink(`${clientId('tax', 'TAX')}/supportTaxProfile`)]
  })
  const inPortal = await until<SeenPage>('offers in the portal', async () => {
    const seen = await person.open(`${PORTAL}/offers`)
    return /href="\/offers\/[^"]+"/.test(seen.html) ? seen : undefined
  }, WAIT).catch(() => person.open(`${PORTAL}/offers`))
  tell({
    title: { uk: 'Ті самі пропозиції в застосунку', en: 'The same offers in the app' },
    said: plain(`${[...inPortal.html.matchAll(/href="\/offers\/[^"]+"/g)].length}`),
    ok: /href="\/offers\/[^"]+"/.test(inPortal.html),
    links: [link(`${PORTAL}/offers`, 'Пропозиції в застосунку', 'Offers in the app')]
  })
}

/** What a page says from some word on. */
function excerpt (text: string, from: string): string {
  const start = text.lastIndexOf(from)
  return start < 0 ? '' : text.slice(start, start + 280)
}

function link (href: string, uk: string, en: string): { readonly label: { readonly uk: string, readonly en: string }, readonly href: string } {
  return { label: { uk, en }, href }
}
