import t from 'tap'
import { skipWithoutBrowser } from '@trembita/testnet/browser'
import { developmentPerson } from '@trembita/testnet/identity-provider'
import { joinFop } from './open.ts'
import { checkPage, runCabinet } from './running-cabinet.ts'
import { DELIVER, EDR_SUBJECT, F01, TAX_PROFILE } from './world.ts'

t.setTimeout(120_000)
const skip = skipWithoutBrowser()

t.test('an entrepreneur finds programmes, joins, sees offers with reasons and documents, and leaves (UP-7a, UP-7b, UP-3.2, UP-3.3, UP-3.4, UP-8.5, UP-2)', { skip }, async (t) => {
  const { world, system, look, signIn } = await runCabinet(t)
  const desk = await look()
  const { page } = desk
  const f08 = developmentPerson('f08')

  await page.goto('/')
  t.match(await page.content(), /безоплатно, цілодобово/)
  await checkPage(t, desk, 'public')
  await page.getByLabel('Слова в назві або описі').fill('кредит')
  await page.getByText('2 програми').waitFor()
  await page.goto('/programmes/it-eksport')
  await page.getByText('основний КВЕД: 62, 63').waitFor()
  await checkPage(t, desk, 'programme')
  await page.goto('/about?lang=en')
  await page.getByRole('heading', { name: 'About the experimental project' }).waitFor()
  await checkPage(t, desk, 'about')
  await page.goto('/cabinet?lang=uk')
  t.match(page.url(), /interaction/, 'the cabinet asks who it is')

  await signIn(desk, /Яворська/)
  await page.getByText('Ви ще не приєдналися до проєкту').waitFor()
  await checkPage(t, desk, 'invitation')
  await page.getByRole('link', { name: 'Приєднатися' }).click()
  await checkPage(t, desk, 'join')
  world.gateway.down.add(TAX_PROFILE).add(DELIVER)
  await page.getByRole('button', { name: 'Запитати ЄДР' }).click()
  await page.getByText('ЄДР підтвердив реєстрацію').waitFor()
  await checkPage(t, desk, 'declaration')
  await page.getByRole('button', { name: 'Підписати й приєднатися' }).click()
  await page.getByRole('alert').getByText('Позначте, що ви згодні').waitFor()
  await page.getByLabel('Я прочитав(-ла) заяву і приєднуюся').check()
  await page.getByRole('button', { name: 'Підписати й приєднатися' }).click()
  await page.getByText('Вас приєднано до проєкту.').waitFor()
  await system.cabinet.worker.kick()

  await page.goto('/cabinet/profile')
  await page.getByText('Реєстр тимчасово недоступний').waitFor()
  t.notMatch(await page.content(), /Даних немає/, 'an outage is not told as an absence')
  await checkPage(t, desk, 'profile-outage')
  world.gateway.down.delete(TAX_PROFILE)
  await page.getByRole('button', { name: 'Запитати зараз' }).click()
  await page.getByText('Запит до реєстрів надіслано.').waitFor()
  await page.getByText('Даних немає', { exact: true }).waitFor()
  await page.getByText('Де виправити').waitFor()
  await checkPage(t, desk, 'profile')
  const downloaded = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Завантажити доказ' }).first().click()
  t.match((await downloaded).suggestedFilename(), /^exchange-[\w-]+\.zip$/)
  t.equal((await page.request.get('/cabinet/proofs/11111111-1111-4111-8111-111111111111')).status(), 404, 'another exchange is not theirs')
  await page.goto('/cabinet/profile?lang=en')
  await page.getByText('No data', { exact: true }).waitFor()
  await checkPage(t, desk, 'profile-en')
  await page.goto('/cabinet?lang=uk')
  await page.getByRole('heading', { name: /Бракує відомостей/ }).waitFor()
  await checkPage(t, desk, 'offers')

  const subject = { sub: f08.subject, rnokpp: '7000800822', assurance: 'substantial' }
  const shared = await fetch(`${system.servicesUrl}/documents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-road-client': 'TEST/GOV/90000067/PORTAL' },
    body: JSON.stringify({
      shareId: 'share-0001',
      subject,
      documents: [{ type: 'displaced-certificate', content: world.portal.document('displaced-certificate', '7000800822', { number: '4606-5000123456', status: 'active', issuedAt: '2022-04-01', actualAddress: { katottg: 'UA46060250010015970' } }) }],
      missing: [{ type: 'foreign-passport', reason: 'TECHNICALLY_IMPOSSIBLE' }]
    })
  })
  t.equal(shared.status, 200)
  await page.goto('/cabinet/documents')
  await page.getByRole('heading', { name: 'Довідка внутрішньо переміщеної особи' }).waitFor()
  await page.getByText('портал зараз не може передати').waitFor()
  await checkPage(t, desk, 'documents')
  await page.getByRole('link', { name: /Вміст копії/ }).click()
  await page.getByText('4606-5000123456').waitFor()
  await checkPage(t, desk, 'document')

  await page.goto('/cabinet')
  await page.getByRole('link', { name: 'Новий початок: грант підприємцям, які переїхали' }).click()
  await page.getByText('довідка чинна').waitFor()
  await checkPage(t, desk, 'offer')
  world.gateway.down.delete(DELIVER)
  await page.getByRole('button', { name: 'Я подав(-ла) заявку' }).click()
  await page.getByText('Позначено, що заявку подано.').waitFor()

  await page.getByRole('link', { name: 'Вийти з проєкту' }).click()
  await checkPage(t, desk, 'leave')
  await page.locator('summary', { hasText: 'Вийти з проєкту' }).click()
  await page.locator('wa-dialog').getByRole('button', { name: 'Вийти з проєкту' }).click()
  await page.getByText('Ви вийшли з проєкту. Запити припинено').waitFor()
  await page.getByRole('heading', { name: 'Акт про стирання' }).waitFor()
  await checkPage(t, desk, 'left')
  t.same(desk.problems, [])
})

t.test('without scripts and in English: a person whom the register does not know, a terminated business, an outage, each in words (UP-12, UP-3.3)', { skip }, async (t) => {
  const { world, look, signIn } = await runCabinet(t)
  const ask = async (name: RegExp) => {
    const desk = await look({ scripts: false, lang: 'en', size: 'phone' })
    await signIn(desk, name)
    await desk.page.goto('/cabinet/join')
    await desk.page.getByRole('button', { name: 'Ask EDR' }).click()
    return desk
  }
  const unknown = await ask(/Кравець/)
  await unknown.page.getByText('EDR knows no such entrepreneur').waitFor()
  await unknown.page.getByText('The answer is kept').waitFor()
  t.equal(await unknown.page.getByRole('button', { name: 'Sign and join' }).count(), 0)
  const terminated = await ask(/Мельник Ганна/)
  await terminated.page.getByText('The business was terminated').waitFor()
  world.gateway.down.add(EDR_SUBJECT)
  const outage = await ask(/Ґонта/)
  await outage.page.getByText('The register is unavailable for the moment').waitFor()
  t.notMatch(await outage.page.content(), /knows no such entrepreneur/)
  const withoutNumber = await look({ lang: 'en' })
  await signIn(withoutNumber, /Мороз/)
  await withoutNumber.page.goto('/cabinet/join')
  await withoutNumber.page.getByText('Your identification has no РНОКПП').waitFor()
  await checkPage(t, withoutNumber, 'join-without-number')
  for (const { problems } of [unknown, terminated, outage, withoutNumber]) t.same(problems, [])
})

t.test('the administrator adds a programme, announces works, reads the report; an entrepreneur may not (UP-3.1, UP-6b, UP-R6, UP-5)', { skip }, async (t) => {
  const { system, look, signIn } = await runCabinet(t)
  const desk = await look()
  const { page } = desk
  await signIn(desk, /Залізняк/)
  await page.goto('/admin')
  await checkPage(t, desk, 'admin')
  await page.getByRole('link', { name: 'Нова програма' }).click()
  await page.getByLabel('Ідентифікатор').fill('nova-prohrama')
  for (const label of ['Назва', 'Опис', 'Інші умови', 'Надавач']) {
    await page.getByLabel(`${label} українською`).fill(`${label} проби`)
    await page.getByLabel(`${label} англійською`).fill(`${label} of a try`)
  }
  await page.getByLabel('Заявки з').fill('2026-01-01')
  await page.getByLabel('Заявки до').fill('2025-01-01')
  await page.getByLabel('Адреса для заявки').fill('https://example.org/nova')
  await page.getByRole('button', { name: 'Зберегти й оприлюднити' }).click()
  await page.getByRole('alert').getByText('Останній день раніше за перший').waitFor()
  await checkPage(t, desk, 'admin-programme-errors')
  await page.getByLabel('Заявки до').fill('2027-01-01')
  await page.getByRole('button', { name: 'Зберегти й оприлюднити' }).click()
  await page.getByText('Нову версію програми збережено.').waitFor()
  await page.goto('/programmes/nova-prohrama')
  await page.getByRole('heading', { name: 'Назва проби' }).waitFor()

  await page.goto('/admin/maintenance')
  const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  await page.getByLabel('Початок').fill(`${soon}T10:00`)
  await page.getByLabel('Кінець').fill(`${soon}T12:00`)
  await page.getByLabel('Що відбудеться, українською').fill('Оновлення сховища')
  await page.getByLabel('Що відбудеться, англійською').fill('Update of the store')
  await page.getByRole('button', { name: 'Оприлюднити' }).click()
  await page.getByRole('alert').getByText(/щонайменше за три календарні дні/).waitFor()
  await checkPage(t, desk, 'admin-maintenance')
  await page.getByLabel('Терміново: попередити за три дні неможливо').check()
  await page.getByLabel('Чому терміново').fill('Збій накопичувача')
  await page.getByRole('button', { name: 'Оприлюднити' }).click()
  await page.getByText('Повідомлення оприлюднено.').waitFor()
  await joinFop(system.cabinet, F01)
  await page.goto('/admin/report')
  await page.getByText('ЄДР, приєднання: відповідь отримано').waitFor()
  await checkPage(t, desk, 'admin-report')
  await page.goto('/')
  await page.getByText('Оновлення сховища').waitFor()
  await checkPage(t, desk, 'public-maintenance')
  t.same(desk.problems, [])

  const other = await look()
  await signIn(other, /Ґонта/)
  t.equal((await other.page.goto('/admin'))?.status(), 403)
  t.equal((await fetch(`${system.url}/admin/report.json`)).status, 401)
})
