import type { Draft } from '../../src/application/index.ts'
import { SOAP_SAMPLE } from './register.ts'
import { SERVICE, SOAP_SERVICE } from './running-catalog.ts'

/** An application to publish both services of the register. */
export const DRAFT: Draft = {
  version: '1.0.0',
  serviceIds: [SERVICE, SOAP_SERVICE],
  profile: { operations: [{ operation: 'owner', samples: [{ name: 'власник', expect: 'data', xml: SOAP_SAMPLE }] }] },
  card: {
    name: { uk: 'Транспортні засоби за номером', en: 'Vehicles by plate' },
    purpose: { uk: 'Перевірка транспортного засобу за номерним знаком для надання послуг', en: 'Checking a vehicle by its plate for the sake of services' },
    restrictions: 'Лише для надання адміністративних послуг',
    callSequence: '1. vehicles 2. owner',
    publicInterface: false,
    descriptionPublic: true,
    personalData: { processed: false },
    legalBasis: 'постанова № 606',
    contact: { unit: 'Відділ реєстру', email: 'registry@example.gov.ua' }
  }
}
