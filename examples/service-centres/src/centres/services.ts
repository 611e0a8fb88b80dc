import type { Bilingual } from './centre.ts'

/** Administrative services that the cards name: synthetic ids, as the register of services gives them. */
export const SERVICES: Readonly<Record<string, Bilingual>> = {
  '00025': { uk: 'Реєстрація місця проживання', en: 'Registration of the place of residence' },
  '00034': { uk: 'Оформлення паспорта громадянина України', en: 'Passport of a citizen of Ukraine' },
  '00035': { uk: 'Оформлення закордонного паспорта', en: 'Passport for travel abroad' },
  '00046': { uk: 'Державна реєстрація народження', en: 'Registration of a birth' },
  '00108': { uk: 'Державна реєстрація фізичної особи — підприємця', en: 'Registration of a sole entrepreneur' },
  '00117': { uk: 'Видача витягу з Державного земельного кадастру', en: 'Extract of the land cadastre' },
  '01113': { uk: 'Призначення субсидії на комунальні послуги', en: 'Subsidy for utilities' },
  '01249': { uk: 'Довідка про стан здоров’я для водіїв: приймання документів', en: 'Driver’s health certificate: taking documents' },
  '01978': { uk: 'Взяття на облік внутрішньо переміщеної особи', en: 'Registration of an internally displaced person' }
}

/** Name of a service; its id where it is not known. */
export function serviceName (id: string): Bilingual {
  return SERVICES[id] ?? { uk: `Послуга ${id}`, en: `Service ${id}` }
}
