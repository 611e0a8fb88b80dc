import { until } from '@trembita/testnet/joining'
import { attributeOf, ScriptedPerson, textOfPage, type SeenPage } from './demonstrations/index.ts'
import { clientId, localhost, PORTS } from './plan/index.ts'

const CATALOG = localhost(PORTS.core.admin, '/catalog')
/** Acts for every organisation of the demonstration, and approves: one person for both, so that nobody has to wait. */
const EDITOR = 'o12'

interface Publication {
  readonly services: readonly string[]
  /** Name of the resource as its card has it. */
  readonly resource: RegExp
  readonly card: Readonly<Record<string, string>>
}

const PUBLICATIONS: readonly Publication[] = [
  {
    services: [`${clientId('justice', 'EDR')}/subjectByCode`],
    resource: /юридичних осіб/,
    card: {
      nameUk: 'Відомості про юридичну особу або підприємця за кодом',
      nameEn: 'Details of a legal entity or entrepreneur by the code',
      purposeUk: 'Дає відомості Єдиного державного реєстру про юридичну особу або фізичну особу — підприємця: назву, стан, адресу, види діяльності, керівників, дату реєстрації та припинення.',
      purposeEn: 'Gives what the register holds of a legal entity or entrepreneur: name, state, address, activities, heads, registration and termination.',
      legalBasis: 'Закон № 755-IV, стаття 11',
      pdProcessed: 'on',
      pdCategories: 'identifier, name, address, contact',
      pdSubjects: 'підприємці, керівники',
      pdLegalBasis: 'Закон № 755-IV, стаття 11',
      pdRetention: 'безстроково',
      pdMonitored: 'yes',
      contactUnit: 'Відділ державної реєстрації',
      contactEmail: 'edr@justice.example.gov.ua.test'
    }
  },
  {
    services: [`${clientId('tax', 'DRFO')}/checkRnokpp`],
    resource: /фізичних осіб — платників/,
    card: {
      nameUk: 'Перевірка реєстраційного номера особи',
      nameEn: 'Check of a person’s taxpayer number',
      purposeUk: 'Підтверджує, чи належить реєстраційний номер облікової картки платника податків особі з таким іменем. Самих даних реєстру не розкриває.',
      purposeEn: 'Confirms whether a taxpayer number belongs to a person of that name. It discloses nothing that the register holds.',
      legalBasis: 'Податковий кодекс, стаття 70',
      pdProcessed: 'on',
      pdCategories: 'identifier, name',
      pdSubjects: 'фізичні особи — платники податків',
      pdLegalBasis: 'Податковий кодекс, стаття 70',
      pdRetention: 'не зберігається',
      pdMonitored: 'yes',
      contactUnit: 'Департамент реєстрів',
      contactEmail: 'drfo@tax.example.gov.ua.test'
    }
  },
  {
    services: [`${clientId('tax', 'VAT')}/vatPayerByCode`],
    resource: /платників податку на додану вартість/,
    card: {
      nameUk: 'Платник податку на додану вартість за кодом',
      nameEn: 'A VAT payer by the code',
      purposeUk: 'Повідомляє, чи зареєстровано особу платником податку на додану вартість, її індивідуальний податковий номер, дату реєстрації та анулювання.',
      purposeEn: 'Tells whether somebody is registered as a VAT payer, the individual tax number, the dates of registration and annulment.',
      legalBasis: 'Податковий кодекс, стаття 183',
      publicInterface: 'on',
      pdProcessed: 'on',
      pdCategories: 'identifier',
      pdSubjects: 'платники податку',
      pdLegalBasis: 'Податковий кодекс, стаття 183',
      pdRetention: 'безстроково',
      pdMonitored: 'yes',
      contactUnit: 'Департамент реєстрів',
      contactEmail: 'vat@tax.example.gov.ua.test'
    }
  }
]

/** What became of one publication. */
export interface Published {
  readonly name: string
  readonly state: string
  readonly href: string
}

/**
 * Publishes interfaces in the catalog as a person would: fills in the card, has the running service verified through a gateway, hands it in and approves.
 * One that is published already stays.
 */
export async function publishInterfaces (say: (line: string) => void): Promise<Published[]> {
  const editor = new ScriptedPerson(EDITOR)
  await editor.signIn(CATALOG)
  const published: Published[] = []
  for (const { services, resource, card } of PUBLICATIONS) {
    const name = card.nameUk!
    // Whoever is not signed in sees what is published, and nothing else.
    if (textOfPage((await new ScriptedPerson('anybody').open(`${CATALOG}/interfaces`)).html).includes(name)) {
      published.push({ name, state: 'published', href: `${CATALOG}/interfaces` })
      continue
    }
    const version = await draftOf(editor, name) ?? await newDraft(editor, { services, resource, card })
    const verified = await verify(editor, version)
    if (!verified) {
      published.push({ name, state: 'verification failed', href: version.url.href })
      say(`catalog: ${name}: verification failed, see ${version.url.href}`)
      continue
    }
    await editor.submit(await editor.open(version.url), /\/submit$/)
    const approved = await editor.submit(await editor.open(version.url), /\/approve$/)
    const state = /Опубліковано|опубліковано/.test(textOfPage(approved.html)) ? 'published' : 'not published'
    published.push({ name, state, href: version.url.href })
    say(`catalog: ${card.nameEn!}: verified through a gateway, ${state}`)
  }
  return published
}

/** A draft of that name which an earlier run left. */
async function draftOf (editor: ScriptedPerson, name: string): Promise<SeenPage | undefined> {
  const listed = await editor.open(`${CATALOG}/interfaces`)
  const entry = [...listed.html.matchAll(/<a\b[^>]*href="([^"]*\/interfaces\/[^"]+)"[^>]*>([^<]*)<\/a>/g)].find(([, , text]) => text === name)?.[1]
  const version = entry === undefined ? undefined : /href="([^"]*\/versions\/[^"/]+)"/.exec((await editor.open(new URL(entry, CATALOG))).html)?.[1]
  return version === undefined ? undefined : await editor.open(new URL(version, CATALOG))
}

async function newDraft (editor: ScriptedPerson, { services, resource, card }: Publication): Promise<SeenPage> {
  const form = await untilHarvested(editor, services)
  return await editor.submit(form, '/catalog/publish', { resourceId: optionOf(form.html, resource), services, ...card })
}

/** The form, once the catalog has seen the services on their gateways. */
async function untilHarvested (editor: ScriptedPerson, services: readonly string[]): Promise<SeenPage> {
  return await until(`${services.join(', ')} harvested`, async () => {
    const page = await editor.open(`${CATALOG}/publish`)
    if (services.every((service) => page.html.includes(`value="${service}"`))) return page
    const status = await editor.open(`${CATALOG}/status`)
    await editor.submit(status, /\/harvest$/).catch(() => {})
    return undefined
  }, { timeoutMs: 60_000, everyMs: 1000 })
}

async function verify (editor: ScriptedPerson, version: SeenPage): Promise<boolean> {
  const run = await editor.submit(await editor.open(version.url), /\/verify$/)
  await until('the verification', async () => !(await editor.open(run.url)).html.includes('/cancel"'), { timeoutMs: 90_000, everyMs: 500 })
  return (await editor.open(version.url)).html.includes('/submit"')
}

function optionOf (html: string, label: RegExp): string {
  for (const [, attributes = '', text = ''] of html.matchAll(/<option\b([^>]*)>([^<]*)<\/option>/g)) if (label.test(text)) return attributeOf(attributes, 'value') ?? ''
  throw new Error(`the catalog has no resource like ${String(label)}`)
}
