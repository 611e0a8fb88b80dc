/** Parts of the description: which fields are personal, and what they mean to others (JSON-LD). */

const text = (type: string, category?: string): object => ({ type: 'string', 'x-jsonld-type': type, ...category === undefined ? {} : { 'x-personal-category': category } })

const contacts = { phone: text('https://schema.org/telephone'), email: text('https://schema.org/email') }

export const bodySchema = {
  type: 'object',
  'x-jsonld-type': 'http://data.europa.eu/m8g/PublicOrganisation',
  properties: { code: text('https://schema.org/taxID'), name: text('https://schema.org/name'), nameEn: text('https://schema.org/name'), ...contacts }
}

export const unitSchema = {
  type: 'object',
  'x-jsonld-type': 'http://www.w3.org/ns/org#OrganizationalUnit',
  properties: { id: { type: 'string' }, name: text('https://schema.org/name'), nameEn: text('https://schema.org/name'), ...contacts, units: { type: 'array', items: { type: 'object' } } }
}

export const staffSchema = {
  type: 'object',
  'x-jsonld-type': 'http://www.w3.org/ns/org#Post',
  properties: {
    position: { type: 'string' },
    unit: { type: 'string' },
    title: text('https://schema.org/jobTitle'),
    titleEn: text('https://schema.org/jobTitle'),
    category: { type: 'string', enum: ['А', 'Б', 'В'] },
    rates: { type: 'number' },
    filled: { type: 'integer' },
    vacant: { type: 'boolean' }
  }
}

export const officialSchema = {
  type: 'object',
  'x-jsonld-type': 'https://schema.org/Person',
  properties: {
    id: { type: 'string' },
    surname: text('https://schema.org/familyName', 'name'),
    givenName: text('https://schema.org/givenName', 'name'),
    patronymic: { ...text('https://schema.org/additionalName', 'name'), nullable: true },
    body: { type: 'string' },
    unit: { type: 'string' },
    unitName: { type: 'string' },
    post: text('https://schema.org/jobTitle', 'employment'),
    postEn: text('https://schema.org/jobTitle', 'employment'),
    phone: text('https://schema.org/telephone', 'contact'),
    email: text('https://schema.org/email', 'contact')
  }
}

export const statusSchema = {
  type: 'object',
  'x-jsonld-type': 'https://schema.org/Person',
  properties: { ...officialSchema.properties, status: { type: 'string', enum: ['active', 'suspended', 'dismissed'], 'x-personal-category': 'employment' } }
}

export const listOf = (items: object): object => ({ type: 'object', properties: { items: { type: 'array', items } } })

/** Whose data a question is about. */
export const rnokppSchema = { type: 'string', maxLength: 32, description: 'РНОКПП', 'x-personal-subject': { type: 'RNOKPP', role: 'main' }, 'x-personal-category': 'identifier' }
