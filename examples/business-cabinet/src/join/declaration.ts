import { createHash } from 'node:crypto'
import { bilingual, type Bilingual } from '../words.ts'

/** Version of the text below: a changed text is another version, and whoever agreed keeps the one they read. */
export const DECLARATION_VERSION = '2026-1'

/**
 * What a business declares when it joins (resolution 688, items 2 and 3 of the order): the Ukrainian text is the one that counts.
 */
export const DECLARATION: Bilingual = bilingual(
  'Виявляю намір приєднатися до експериментального проєкту «Онлайн-кабінет підприємця» (постанова Кабінету Міністрів України від 11 червня 2025 р. № 688). ' +
  'Погоджуюся, щоб Офіс з розвитку підприємництва та експорту через систему «Трембіта» безоплатно отримував про мою господарську діяльність знеособлені відомості, визначені пунктом 10 Порядку: ' +
  'з ЄДР — основний КВЕД, місцезнаходження, дату державної реєстрації, дату запису про припинення; з інформаційних систем ДПС — дохід, сплачені податки та збори, систему оподаткування, місце провадження діяльності, чисельність працівників. ' +
  'Мені відомо, що я можу будь-коли вийти з проєкту: після цього запити припиняться, а профіль буде стерто.',
  'I declare my intent to join the experimental project “Business cabinet” (resolution of the Cabinet of Ministers of Ukraine No. 688 of 11 June 2025). ' +
  'I agree that the Entrepreneurship and Export Promotion Office receives through Trembita, free of charge, depersonalised data on my business as item 10 of the order names them: ' +
  'from EDR the main activity, the location, the date of registration, the date of a record on termination; from the tax systems income, taxes and fees paid, the tax system, the place of activity, the number of workers. ' +
  'I know that I may leave the project at any time: then questions stop and the profile is erased.'
)

/** SHA-256 of the Ukrainian text, hexadecimal: what the record of the join names. */
export const DECLARATION_HASH = createHash('sha256').update(DECLARATION.uk, 'utf8').digest('hex')
