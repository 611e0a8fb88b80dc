import { field, fieldGroup, form, grid, html, type FieldErrors, type Html } from '@trembita/web'
import type { Visit } from './console.ts'
import { registryWordsOf as wordsOf } from './registry-texts.ts'

export interface MemberClass { readonly code: string, readonly description: string }
export interface Contact { readonly purpose: string, readonly name?: string, readonly email?: string, readonly phone?: string }
export interface Accession { readonly kind: string, readonly number: string, readonly signed_on: string, readonly ends_on?: string }

export interface MemberFormOptions {
  readonly action: string
  readonly submit: string
  readonly cancelHref: string
  readonly errors: FieldErrors
  /** To choose from for a new member. */
  readonly classes?: readonly MemberClass[]
  /** As it is now, for one that is changed. */
  readonly member?: { readonly member_name: string, readonly kind?: string, readonly roles: readonly string[], readonly contacts: readonly Contact[], readonly accession?: Accession }
}

const GIVEN_ROLES = ['holder', 'administrator']
const PURPOSES = ['general', 'technical', 'security', 'dataProtection']
/** Rows for further channels, besides those there are. */
const EMPTY_ROWS = 2

/** What a form of a member says, as the API takes it. */
export function sentMember ({ form }: Visit): Record<string, unknown> {
  const kind = form.optional('kind')
  return { member_name: form.text('member_name'), kind: kind ?? null, roles: form.texts('roles'), contacts: sentContacts(), accession: sentAccession() }

  function sentContacts (): Contact[] {
    const [purposes, names, emails, phones] = ['purpose', 'name', 'email', 'phone'].map((part) => form.texts(`contact_${part}`).map((text) => text.trim())) as [string[], string[], string[], string[]]
    return purposes.flatMap((purpose, index) => {
      const [name, email, phone] = [names[index] ?? '', emails[index] ?? '', phones[index] ?? '']
      if (name === '' && email === '' && phone === '') return []
      return [{ purpose, ...name === '' ? {} : { name }, ...email === '' ? {} : { email }, ...phone === '' ? {} : { phone } }]
    })
  }

  function sentAccession (): Accession | null {
    const kind = form.text('accession_kind')
    if (kind === '') return null
    const ends = form.text('accession_ends_on')
    return { kind, number: form.text('accession_number'), signed_on: form.text('accession_signed_on'), ...ends === '' ? {} : { ends_on: ends } }
  }
}

/** Everything that is known of a member, to fill in; what was refused stands in it again. */
export function memberForm (visit: Visit, { action, submit, cancelHref, errors, classes, member }: MemberFormOptions): Html {
  const { lang, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const again = Object.keys(errors).length > 0
  const shown = again ? sentAgain(visit) : { member_name: member?.member_name ?? '', kind: member?.kind ?? '', roles: member?.roles ?? [], contacts: member?.contacts ?? [], accession: member?.accession }
  const identity = classes === undefined
    ? undefined
    : html`${[
      field(lang, { kind: 'select', name: 'member_class', label: words.memberClass, value: sent.text('member_class'), error: errors.member_class ?? errors['member_id.member_class'], required: true, options: classes.map(({ code, description }) => ({ value: code, label: `${code} · ${description}` })) }),
      field(lang, { name: 'member_code', label: words.code, hint: words.codeHint, value: sent.text('member_code'), error: errors.member_code ?? errors['member_id.member_code'], required: true, code: true, width: 20 })
    ]}`
  return form(lang, {
    action,
    csrf,
    errors: summarised(errors),
    submit,
    cancelHref,
    body: html`${identity}${[
      field(lang, { name: 'member_name', label: words.name, value: shown.member_name, error: errors.member_name, required: true, lengthMax: 255 }),
      field(lang, { kind: 'select', name: 'kind', label: words.kind, value: shown.kind, empty: words.kinds('unknown'), options: ['authority', 'localGovernment', 'enterprise'].map((value) => ({ value, label: words.kinds(value) })) }),
      field(lang, { kind: 'checkboxes', name: 'roles', label: words.givenRoles, values: shown.roles, error: errors.roles, options: GIVEN_ROLES.map((value) => ({ value, label: words.roleNames(value) })), inline: true })
    ]}${accessionGroup(visit, shown.accession, errors.accession ?? errors['accession.number'] ?? errors['accession.signed_on'])}${contactGroup(visit, shown.contacts, errors.contacts)}`
  })
}

/** Errors of parts of a document stand at its first field. */
function summarised (errors: FieldErrors): FieldErrors {
  return Object.fromEntries(Object.entries(errors).map(([name, text]) => [
    name.startsWith('accession') ? 'accession_kind' : name.startsWith('member_id.') ? name.slice('member_id.'.length) : name.startsWith('contacts') ? 'contact_email' : name, text
  ]))
}

function sentAgain (visit: Visit): { member_name: string, kind: string, roles: readonly string[], contacts: readonly Contact[], accession: Accession | undefined } {
  const { member_name: name, kind, roles, contacts, accession } = sentMember(visit) as { member_name: string, kind: string | null, roles: readonly string[], contacts: readonly Contact[], accession: Accession | null }
  return { member_name: name, kind: kind ?? '', roles, contacts, accession: accession ?? undefined }
}

function accessionGroup ({ lang }: Visit, accession: Accession | undefined, error: string | undefined): Html {
  const words = wordsOf(lang)
  return fieldGroup(words.accession, [
    field(lang, { kind: 'select', name: 'accession_kind', label: words.accessionKind, value: accession?.kind ?? '', error, empty: words.accessionNone, options: ['accession', 'contract'].map((value) => ({ value, label: words.accessionKinds(value) })) }),
    field(lang, { name: 'accession_number', label: words.accessionNumber, value: accession?.number ?? '', width: 20 }),
    field(lang, { kind: 'date', name: 'accession_signed_on', label: words.signedOn, value: accession?.signed_on ?? '', width: 12 }),
    field(lang, { kind: 'date', name: 'accession_ends_on', label: words.endsOn, value: accession?.ends_on ?? '', width: 12, required: false })
  ])
}

function contactGroup ({ lang }: Visit, contacts: readonly Contact[], error: string | undefined): Html {
  const words = wordsOf(lang)
  const rows: readonly (Contact | undefined)[] = [...contacts, ...Array.from({ length: EMPTY_ROWS }, () => undefined)]
  return html`${rows.map((contact, index) => {
    const id = (part: string): string => index === 0 ? `f-contact_${part}` : `f-contact_${part}-${index + 1}`
    return fieldGroup(`${words.contacts}: ${words.contact(index + 1)}`, grid(
      field(lang, { kind: 'select', name: 'contact_purpose', id: id('purpose'), label: words.purpose, value: contact?.purpose ?? 'general', options: PURPOSES.map((value) => ({ value, label: words.purposes(value) })) }),
      field(lang, { name: 'contact_name', id: id('name'), label: words.person, value: contact?.name ?? '' }),
      field(lang, { kind: 'email', name: 'contact_email', id: id('email'), label: words.email, value: contact?.email ?? '', ...index === 0 ? { error } : {} }),
      field(lang, { kind: 'tel', name: 'contact_phone', id: id('phone'), label: words.phone, value: contact?.phone ?? '' })
    ), index === 0 ? words.contactsHint : undefined)
  })}`
}
