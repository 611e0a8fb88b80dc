import { isObject, type JsonObject } from '../description/index.ts'
import { SCORE_MIN, scoreFields } from '../entry/index.ts'
import type { Step } from './context.ts'

/** G3: is the card filled, and does it agree with the descriptions about personal data? */
export const metadataStep: Step = {
  name: 'metadata',
  run: async (context) => {
    const { card, score, subjects } = context
    const missing = scoreFields(card).filter(({ weight, score }) => weight === 'required' && score < 1)
    context.add({
      code: 'ME-1',
      verdict: score >= SCORE_MIN ? 'pass' : 'fail',
      expected: `${SCORE_MIN} of 100`,
      observed: `${score} of 100`,
      place: missing.map(({ field }) => field).join(', ') || undefined,
      hint: score >= SCORE_MIN ? undefined : { uk: 'Доповніть картку інтерфейсу.', en: 'Fill in the card of the interface.' }
    })
    const tagged = subjects.some(({ api }) => api !== undefined && hasPersonalTags(api.document)) || subjects.some(({ description, wsdl }) => wsdl !== undefined && description!.bytes.includes('urn:trembita:personal-data'))
    const { processed, legalBasis } = card.personalData
    if (tagged && !processed) {
      context.add({ code: 'ME-3', verdict: 'fail', place: 'personalData', expected: 'personal data declared', observed: 'fields are tagged as personal', hint: { uk: 'Опис позначає персональні дані, а картка каже, що їх немає.', en: 'The description tags personal data, the card says that there are none.' } })
    } else if (processed && !tagged) {
      context.add({ code: 'ME-3', verdict: 'warn', place: 'personalData', expected: 'x-personal-subject or pd:subject in the description', observed: 'no field is tagged', hint: { uk: 'Позначте поля з персональними даними в описі.', en: 'Tag the fields with personal data in the description.' } })
    } else if (processed && (legalBasis ?? '').trim() === '') {
      context.add({ code: 'ME-3', verdict: 'fail', place: 'personalData.legalBasis', hint: { uk: 'Вкажіть правову підставу обробки.', en: 'Name the legal basis of the processing.' } })
    } else context.add({ code: 'ME-3', verdict: 'pass' })
  }
}

function hasPersonalTags (value: JsonObject): boolean {
  return Object.entries(value).some(([key, inner]) => key === 'x-personal-subject' || key === 'x-personal-category' ||
    (isObject(inner) && hasPersonalTags(inner)) || (Array.isArray(inner) && inner.some((one) => isObject(one) && hasPersonalTags(one))))
}
