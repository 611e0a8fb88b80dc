/** Prefixes of the export; also its JSON-LD context. */
export const PREFIXES = {
  adms: 'http://www.w3.org/ns/adms#',
  cv: 'http://data.europa.eu/m8g/',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  eli: 'http://data.europa.eu/eli/ontology#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  /** Ours: what no vocabulary has a word for. */
  trembita: 'urn:trembita:catalog#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#'
} as const

/** `dcat:Catalog`. */
export type Name = `${keyof typeof PREFIXES}:${string}`

/** A thing by its IRI, a text of a language, a code without one, or a value of a datatype. */
export type Value =
  | { readonly iri: string }
  | { readonly text: string, readonly lang?: string | undefined }
  | { readonly text: string, readonly datatype: Name }

/** What is said of one thing. */
export interface Thing {
  readonly iri: string
  readonly types: readonly Name[]
  readonly says: readonly (readonly [Name, Value])[]
}

export function expand (name: Name): string {
  const colon = name.indexOf(':')
  return PREFIXES[name.slice(0, colon) as keyof typeof PREFIXES] + name.slice(colon + 1)
}

const AUTHORITY = 'http://publications.europa.eu/resource/authority'
export const ACCESS_RIGHTS = { public: `${AUTHORITY}/access-right/PUBLIC`, restricted: `${AUTHORITY}/access-right/RESTRICTED` } as const
export const LANGUAGE_UKRAINIAN = `${AUTHORITY}/language/UKR`
export const LIFECYCLE = {
  completed: 'http://purl.org/adms/status/Completed', deprecated: 'http://purl.org/adms/status/Deprecated', withdrawn: 'http://purl.org/adms/status/Withdrawn'
} as const
export const STANDARDS = { REST: 'https://spec.openapis.org/oas/v3.0.3', SOAP: 'https://www.w3.org/TR/wsdl' } as const
