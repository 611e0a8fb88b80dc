import { serviceName, type Centre } from '../centres/index.ts'

/** Open formats in which cards are published (regulation, item 19), by what `Accept` names them. */
export const FORMATS = { json: 'application/json', csv: 'text/csv', jsonld: 'application/ld+json' } as const
export type Format = keyof typeof FORMATS

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
const SOURCE = 'Платформа Центрів (синтетичні дані)'

/** The format asked for; JSON where anything will do. Undefined: none of ours. */
export function formatOf (accept: string | undefined): Format | undefined {
  if (accept === undefined || accept === '') return 'json'
  const ranges = accept.split(',').slice(0, 20).map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1')
    return { type, quality: Number.isFinite(quality) ? quality : 0 }
  }).filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality)
  for (const { type } of ranges) {
    const found = (Object.keys(FORMATS) as Format[]).find((format) => FORMATS[format] === type)
    if (found !== undefined) return found
    if (type === '*/*' || type === 'application/*') return 'json'
    if (type === 'text/*') return 'csv'
  }
  return undefined
}

/** Cards as text of a format. */
export function cardsAs (format: Format, centres: readonly Centre[]): string {
  if (format === 'csv') return toCsv(centres)
  return JSON.stringify(format === 'json' ? { items: centres.map(cardJson), source: SOURCE } : toJsonLd(centres))
}

/** A card with the names of its services and where it comes from. */
export function cardJson (centre: Centre): object {
  return { ...centre, services: centre.services.map((id) => ({ id, name: serviceName(id) })), source: SOURCE }
}

const COLUMNS: Readonly<Record<string, (centre: Centre) => string>> = {
  id: ({ id }) => id,
  name_uk: ({ name }) => name.uk,
  name_en: ({ name }) => name.en,
  kind: ({ kind }) => kind,
  founder_code: ({ founder }) => founder.code,
  founder_name: ({ founder }) => founder.name.uk,
  katottg: ({ katottg }) => katottg,
  address_uk: ({ address }) => address.uk,
  address_en: ({ address }) => address.en,
  lat: ({ coordinates }) => String(coordinates?.lat ?? ''),
  lon: ({ coordinates }) => String(coordinates?.lon ?? ''),
  ...Object.fromEntries(DAYS.map((day, i) => [day.toLowerCase(), ({ hours }: Centre) => hours[i]?.join('-') ?? ''])),
  phones: ({ phones }) => phones.join('; '),
  email: ({ email }) => email ?? '',
  site: ({ site }) => site ?? '',
  services: ({ services }) => services.join(' '),
  accessibility: ({ accessibility }) => accessibility.join(' '),
  queue: ({ queue }) => queue ?? '',
  as_of: ({ asOf }) => asOf
}

/** RFC 4180, with a header line; a mark at the beginning tells spreadsheets that it is UTF-8. */
function toCsv (centres: readonly Centre[]): string {
  const lines = [Object.keys(COLUMNS), ...centres.map((centre) => Object.values(COLUMNS).map((column) => column(centre)))]
  return `\ufeff${lines.map((line) => line.map(csvValue).join(',')).join('\r\n')}\r\n`
}

/** A value that begins like a formula would be run by a spreadsheet. */
function csvValue (value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?[\d ()]+$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const CONTEXT = {
  '@version': 1.1,
  cv: 'http://data.europa.eu/m8g/',
  dct: 'http://purl.org/dc/terms/',
  locn: 'http://www.w3.org/ns/locn#',
  schema: 'https://schema.org/',
  xsd: 'http://www.w3.org/2001/XMLSchema#'
}

/** Centres as public organisations of the Core Vocabularies, their hours in schema.org's words, which these have none for. */
function toJsonLd (centres: readonly Centre[]): object {
  return {
    '@context': CONTEXT,
    '@graph': centres.map((centre) => ({
      '@id': `urn:trembita:centre:${centre.id}`,
      '@type': ['cv:PublicOrganisation', 'schema:GovernmentOffice'],
      'dct:identifier': centre.id,
      'dct:title': inLanguages(centre.name),
      'dct:modified': { '@value': centre.asOf, '@type': 'xsd:date' },
      'cv:contactPoint': { '@type': 'cv:ContactPoint', 'cv:telephone': centre.phones, ...centre.email === undefined ? {} : { 'cv:email': centre.email } },
      ...centre.site === undefined ? {} : { 'schema:url': { '@id': centre.site } },
      'locn:address': { '@type': 'locn:Address', 'locn:fullAddress': inLanguages(centre.address), 'locn:adminUnitL2': centre.katottg },
      ...centre.coordinates === undefined ? {} : { 'schema:geo': { '@type': 'schema:GeoCoordinates', 'schema:latitude': centre.coordinates.lat, 'schema:longitude': centre.coordinates.lon } },
      'schema:openingHoursSpecification': centre.hours.flatMap((hours, i) => hours === null
        ? []
        : [{ '@type': 'schema:OpeningHoursSpecification', 'schema:dayOfWeek': { '@id': `schema:${DAYS[i]!}` }, 'schema:opens': hours[0], 'schema:closes': hours[1] }]),
      'schema:parentOrganization': { '@type': 'cv:PublicOrganisation', 'dct:identifier': centre.founder.code, 'dct:title': inLanguages(centre.founder.name) },
      'schema:makesOffer': centre.services.map((id) => ({ '@type': 'cv:PublicService', 'dct:identifier': id, 'dct:title': inLanguages(serviceName(id)) }))
    }))
  }
}

function inLanguages ({ uk, en }: { readonly uk: string, readonly en: string }): object[] {
  return [{ '@value': uk, '@language': 'uk' }, { '@value': en, '@language': 'en' }]
}
