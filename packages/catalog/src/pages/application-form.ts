import { parse } from 'yaml'
import { field, fieldGroup, form, html, type FieldErrors, type FormBody, type Html, type Lang } from '@trembita/web'
import type { Draft } from '../application/index.ts'
import { toProfile, type Profile } from '../description/index.ts'
import type { InterfaceCard, Resource, Service } from '../entry/index.ts'
import { Refusal } from '../refusal.ts'
import { applicationWordsOf as wordsOf } from './application-texts.ts'
import { say } from './labels.ts'

/** What the form was sent with. @throws {Refusal} for samples that are none. */
export function draftOf (form: FormBody): Draft {
  const processed = form.flag('pdProcessed')
  const target = form.optional('responseTargetMs')
  const monitored = (['yes', 'no', 'exception'] as const).find((one) => one === form.text('pdMonitored'))
  const card: InterfaceCard = {
    name: { uk: form.text('nameUk'), en: form.optional('nameEn') },
    purpose: { uk: form.text('purposeUk'), en: form.optional('purposeEn') },
    restrictions: form.text('restrictions'),
    callSequence: form.text('callSequence'),
    publicInterface: form.flag('publicInterface'),
    descriptionPublic: form.flag('descriptionPublic'),
    personalData: !processed
      ? { processed: false }
      : { processed: true, categories: form.optional('pdCategories'), subjects: form.optional('pdSubjects'), legalBasis: form.optional('pdLegalBasis'), retention: form.optional('pdRetention'), monitored, exceptionGround: form.optional('pdExceptionGround') },
    legalBasis: form.text('legalBasis'),
    contact: { unit: form.text('contactUnit'), email: form.optional('contactEmail'), phone: form.optional('contactPhone') },
    responseTargetMs: target === undefined ? undefined : Number(target)
  }
  return { version: form.text('version'), card, serviceIds: form.texts('services'), profile: profileOf(form.text('profile')) }
}

/** @throws {Refusal} */
export function profileOf (text: string): Profile {
  if (text.trim() === '') return { operations: [] }
  try {
    return toProfile(parse(text, { maxAliasCount: 10 }))
  } catch (error) {
    const what = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)
    throw new Refusal('invalid', 'invalid_profile', { uk: wordsOf('uk').profileWrong(what), en: wordsOf('en').profileWrong(what) }, { fields: { profile: { uk: wordsOf('uk').profileWrong(what), en: wordsOf('en').profileWrong(what) } } })
  }
}

export interface DraftForm {
  readonly lang: Lang
  readonly csrf: string | undefined
  readonly action: string
  readonly cancelHref: string
  /** What stands there before anybody has typed. */
  readonly draft: Draft | undefined
  readonly sent: FormBody
  readonly errors: FieldErrors | undefined
  readonly services: readonly Service[]
  readonly resources: readonly Resource[]
  /** Chosen already: the field is not shown. */
  readonly resourceId?: string | undefined
  readonly askResource: boolean
}

/** The form of an application. */
export function draftForm ({ lang, csrf, action, cancelHref, draft, sent, errors, services, resources, resourceId, askResource }: DraftForm): Html {
  const words = wordsOf(lang)
  const card = draft?.card
  const value = (name: string, kept: string | undefined): string => errors === undefined ? kept ?? '' : sent.text(name)
  const checked = (name: string, kept: boolean): boolean => errors === undefined ? kept : sent.flag(name)
  const line = (name: string, label: string, kept: string | undefined, required: boolean, more: object = {}): Html => field(lang, { name, label, value: value(name, kept), required, error: errors?.[name], lengthMax: 1000, ...more })
  const area = (name: string, label: string, kept: string | undefined, required: boolean, more: object = {}): Html => field(lang, { kind: 'textarea', name, label, value: value(name, kept), required, error: errors?.[name], ...more })
  const chosen = errors === undefined ? draft?.serviceIds ?? [] : sent.texts('services')
  const profile = draft === undefined || draft.profile.operations.length === 0 ? '' : JSON.stringify(draft.profile, null, 2)
  return form(lang, {
    action,
    csrf,
    submit: words.save,
    cancelHref,
    ...errors === undefined ? {} : { errors },
    body: html`${askResource ? field(lang, { kind: 'select', name: 'resourceId', label: words.resource, required: true, value: value('resourceId', resourceId), options: resources.map((one) => ({ value: one.id, label: say(one.name, lang) })) }) : undefined}
${field(lang, { kind: 'checkboxes', name: 'services', label: words.services, hint: words.servicesHint, values: chosen, error: errors?.services, options: services.map(({ id, protocol }) => ({ value: id, label: `${id.split('/').slice(3).join('/')} (${protocol})` })) })}
${line('version', words.version, draft?.version ?? '1.0.0', true, { hint: words.versionHint, width: 12, code: true })}
${line('nameUk', words.nameUk, card?.name.uk, true)}
${line('nameEn', words.nameEn, card?.name.en, false)}
${area('purposeUk', words.purposeUk, card?.purpose.uk, true, { hint: words.purposeUkHint })}
${area('purposeEn', words.purposeEn, card?.purpose.en, false)}
${area('restrictions', words.restrictions, card?.restrictions, false, { rows: 2 })}
${area('callSequence', words.callSequence, card?.callSequence, false, { rows: 3 })}
${line('legalBasis', words.legalBasis, card?.legalBasis, true)}
${field(lang, { kind: 'checkbox', name: 'publicInterface', label: words.publicInterface, checked: checked('publicInterface', card?.publicInterface ?? false) })}
${field(lang, { kind: 'checkbox', name: 'descriptionPublic', label: words.descriptionPublic, checked: checked('descriptionPublic', card?.descriptionPublic ?? true) })}
${fieldGroup(words.personal, html`${field(lang, { kind: 'checkbox', name: 'pdProcessed', label: words.pdProcessed, checked: checked('pdProcessed', card?.personalData.processed ?? false) })}
${line('pdCategories', words.pdCategories, card?.personalData.categories, false)}
${line('pdSubjects', words.pdSubjects, card?.personalData.subjects, false)}
${line('pdLegalBasis', words.pdLegalBasis, card?.personalData.legalBasis, false)}
${line('pdRetention', words.pdRetention, card?.personalData.retention, false)}
${field(lang, { kind: 'select', name: 'pdMonitored', label: words.pdMonitored, value: value('pdMonitored', card?.personalData.monitored ?? 'yes'), options: ['yes', 'no', 'exception'].map((one) => ({ value: one, label: words.monitored(one) })) })}
${line('pdExceptionGround', words.pdExceptionGround, card?.personalData.exceptionGround, false)}`)}
${fieldGroup(words.contact, html`${line('contactUnit', words.contactUnit, card?.contact.unit, true)}
${line('contactEmail', words.contactEmail, card?.contact.email, false, { kind: 'email' })}
${line('contactPhone', words.contactPhone, card?.contact.phone, false, { kind: 'tel' })}`)}
${line('responseTargetMs', words.responseTargetMs, card?.responseTargetMs?.toString(), false, { kind: 'number', width: 12, suffix: 'ms', min: 1, max: 600_000 })}
${area('profile', words.profile, profile, false, { hint: words.profileHint, code: true, rows: 8 })}`
  })
}
