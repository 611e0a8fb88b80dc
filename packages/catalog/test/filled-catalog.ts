import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createLogger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { writeAnchor } from '@trembita/protocol/globalconf'
import type { InterfaceCard, VersionState } from '../src/entry/index.ts'
import { startCatalog, type Catalog } from '../src/index.ts'

export const PUBLIC_URL = 'https://catalog.example/catalog'
export const REST = 'TEST/GOV/90000038/EDR/subjectByCode'
export const SOAP = 'TEST/GOV/90000038/EDR/SubjectDetail'
export const CLOSED = 'TEST/GOV/90000044/TAX/closedService'
export const UNPUBLISHED = 'TEST/GOV/90000044/TAX/hiddenService'
/** Words that stand only in what not everybody may see. */
export const HIDDEN_WORDS = ['чернетковий', 'закритополе', 'прихованеполе', '10.20.30.40', 'hiddenService', 'internal.example'] as const

const NOW = '2026-11-30T10:00:00.000Z'
const WSDL = new URL('../../../examples/edr-registry/src/edr.wsdl', import.meta.url)

/** An OpenAPI description with what real ones have: an internal address, personal data, terms, an example. */
export const OPENAPI = {
  openapi: '3.0.3',
  info: { title: 'Відомості про суб’єкта', version: '1.2.0', description: 'Відомості з реєстру юридичних осіб за кодом.' },
  servers: [{ url: 'http://10.20.30.40:8080/internal.example' }],
  paths: {
    '/subjects/{code}': {
      get: {
        operationId: 'subjectByCode',
        summary: 'Суб’єкт за кодом',
        'x-processing': { operation: 'retrieve' },
        parameters: [
          { name: 'code', in: 'path', required: true, description: 'Код ЄДРПОУ', schema: { type: 'string', pattern: '^\\d{8}$' }, example: '90000038' },
          { name: 'rnokpp', in: 'query', description: 'РНОКПП керівника', schema: { type: 'string', 'x-personal-subject': { type: 'RNOKPP', role: 'main' } } }
        ],
        responses: {
          200: { description: 'Знайдено', content: { 'application/json': { schema: { $ref: '#/components/schemas/Subject' }, example: { legalName: 'ТОВ «Приклад»', head: { name: 'Ім’я' } } } } },
          404: { description: 'Немає такого' }
        }
      }
    }
  },
  components: {
    schemas: {
      Subject: {
        type: 'object',
        description: 'Юридична особа',
        required: ['legalName'],
        'x-jsonld-type': 'http://www.w3.org/ns/legal#LegalEntity',
        'x-jsonld-context': { legalName: 'http://www.w3.org/ns/legal#legalName' },
        properties: {
          legalName: { type: 'string', description: 'Повне найменування', maxLength: 500 },
          state: { type: 'string', enum: ['registered', 'terminated'] },
          head: { $ref: '#/components/schemas/Person' },
          branches: { type: 'array', items: { $ref: '#/components/schemas/Subject' } }
        }
      },
      Person: { type: 'object', properties: { name: { type: 'string', description: 'Прізвище, ім’я', 'x-personal-category': 'name' } } }
    }
  }
}

export function cardOf (uk: string, purpose: string, change: Partial<InterfaceCard> = {}): InterfaceCard {
  return {
    name: { uk, en: `${uk} (en)` },
    purpose: { uk: purpose },
    restrictions: 'Для надання адміністративних послуг',
    callSequence: '1. subjectByCode',
    publicInterface: false,
    descriptionPublic: true,
    personalData: { processed: true, categories: 'відомості про керівника', legalBasis: 'Закон № 755-IV, стаття 9' },
    legalBasis: 'Закон України № 755-IV',
    contact: { unit: 'Відділ реєстру', email: 'edr@example.gov.ua' },
    ...change
  }
}

/** Fills a store as a harvest and publications do. */
export async function fillStore (store: SqlStore): Promise<void> {
  const rest = Buffer.from(JSON.stringify(OPENAPI))
  const closed = Buffer.from(JSON.stringify({ openapi: '3.0.3', info: { title: 'Закритий', version: '1' }, paths: { '/закритополе': { get: { summary: 'закритополе', responses: {} } } } }))
  const hidden = Buffer.from(JSON.stringify({ openapi: '3.0.3', info: { title: 'Не опублікований', version: '1' }, paths: { '/x': { get: { summary: 'прихованеполе', responses: {} } } } }))
  const wsdl = await readFile(WSDL)
  await store.write(async (tx) => {
    for (const [id, name] of [['TEST/GOV/90000038', 'Міністерство юстиції України'], ['TEST/GOV/90000044', 'Державна податкова служба України']] as const) {
      await tx.run('INSERT INTO organisation (id, code, name, status, suspension, card, first_seen, last_seen) VALUES (?, ?, ?, ?, NULL, ?, ?, ?)', id, id.split('/')[2]!, name, 'active', JSON.stringify({ kind: 'authority' }), NOW, NOW)
    }
    for (const id of ['TEST/GOV/90000038/EDR', 'TEST/GOV/90000044/TAX']) {
      await tx.run('INSERT INTO subsystem (id, organisation_id, name, suspended, first_seen, last_seen) VALUES (?, ?, NULL, 0, ?, ?)', id, id.split('/').slice(0, 3).join('/'), NOW, NOW)
    }
    for (const [id, protocol, bytes] of [[REST, 'REST', rest], [SOAP, 'SOAP', wsdl], [CLOSED, 'REST', closed], [UNPUBLISHED, 'REST', hidden]] as const) {
      const hash = createHash('sha256').update(bytes).digest('hex')
      await tx.run('INSERT INTO description (document_hash, canonical_hash, media_type, bytes, fetched_at) VALUES (?, ?, ?, ?, ?)', hash, hash, protocol === 'SOAP' ? 'application/wsdl+xml' : 'application/vnd.oai.openapi+json', bytes, NOW)
      await tx.run('INSERT INTO service (id, subsystem_id, protocol, code, allowed, harvest, document_hash, first_seen, last_seen) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)', id, id.split('/').slice(0, 4).join('/'), protocol, id.split('/')[4]!, 'ok', hash, NOW, NOW)
    }
    await tx.run('INSERT INTO resource (id, owner_id, priority, card, updated_at) VALUES (?, ?, NULL, ?, ?)', 'edr-resource', 'TEST/GOV/90000038', JSON.stringify({
      name: { uk: 'Єдиний державний реєстр юридичних осіб', en: 'Unified State Register' }, purpose: { uk: 'Відомості про юридичних осіб' }, status: 'inUse', legalBasis: 'Закон № 755-IV', dataObjects: ['юридична особа'], subsystemIds: ['TEST/GOV/90000038/EDR'], updatedAt: NOW
    }), NOW)
  })
  await addInterface(store, { id: 'edr-interface', organisation: 'TEST/GOV/90000038', card: cardOf('Перевірка юридичної особи', 'Відомості про юридичну особу за кодом'), state: 'published', services: [[REST, 'REST'], [SOAP, 'SOAP']] })
  await addInterface(store, { id: 'tax-interface', organisation: 'TEST/GOV/90000044', card: cardOf('Податкові відомості', 'Стан платника податків', { descriptionPublic: false }), state: 'published', services: [[CLOSED, 'REST']] })
  await addInterface(store, { id: 'draft-interface', organisation: 'TEST/GOV/90000044', card: cardOf('Чернетковий інтерфейс', 'Ще не готовий'), state: 'draft', services: [[UNPUBLISHED, 'REST']] })
}

export interface InterfaceToAdd {
  readonly id: string
  readonly organisation: string
  readonly card: InterfaceCard
  readonly state: VersionState
  readonly services: readonly (readonly [id: string, protocol: 'REST' | 'SOAP'])[]
}

export async function addInterface (store: SqlStore, { id, organisation, card, state, services }: InterfaceToAdd): Promise<void> {
  await store.write(async (tx) => {
    const bindings = []
    for (const [serviceId, protocol] of services) {
      const row = await tx.get<{ document_hash: string, media_type: string }>('SELECT d.document_hash, d.media_type FROM service s JOIN description d ON d.document_hash = s.document_hash WHERE s.id = ?', serviceId)
      bindings.push({ serviceId, role: 'main', protocol, ...row === undefined ? {} : { description: { documentHash: row.document_hash, canonicalHash: row.document_hash, mediaType: row.media_type } } })
    }
    await tx.run('INSERT INTO interface (id, resource_id, organisation_id, name) VALUES (?, ?, ?, ?)', id, 'edr-resource', organisation, JSON.stringify(card.name))
    await tx.run('INSERT INTO interface_version (id, interface_id, version, major, state, card, services, profile, score, published_at, created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?, ?, ?, 90, ?, ?, ?)',
      `${id}-1`, id, '1.0.0', state, JSON.stringify(card), JSON.stringify(bindings), JSON.stringify({ operations: [] }), state === 'published' ? NOW : null, NOW, NOW)
  })
}

/** A catalog with pages, an exchange of nobody, and the entries above. Its own address is not that of its identifiers. */
export async function startFilledCatalog (t: Test): Promise<{ readonly catalog: Catalog, readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-catalog-'))
  const catalog = await startCatalog({
    dataFolder: folder,
    logLevel: 'error',
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: PUBLIC_URL,
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    gateway: { url: 'http://127.0.0.1:1', client: { instance: 'TEST', memberClass: 'GOV', memberCode: '9021', subsystemCode: 'CATALOG' }, timeoutMs: 1000 },
    harvestSeconds: 0,
    probeSeconds: 0,
    validDays: 7,
    gateways: new Map()
  }, createLogger('catalog', 'error'), { anchor: writeAnchor({ instance: 'TEST', generatedAt: new Date(NOW), sources: [{ url: 'http://127.0.0.1:1/conf', certificates: [Buffer.from('none')] }] }) })
  t.teardown(async () => {
    await catalog.close()
    await rm(folder, { recursive: true, force: true })
  })
  await fillStore(catalog.parts.store)
  return { catalog, url: catalog.url! }
}
