import t, { type Test } from 'tap'
import type { Page } from 'playwright-core'
import { checkAxe, openBrowser, screenshots, SIZES, skipWithoutBrowser, type PageOptions } from '@trembita/testnet/browser'
import { joined, JUSTICE, OFFICE, runOffice, until } from './running-office.ts'

t.setTimeout(120_000)

/** Fits its width, and axe finds nothing: at a desk and on a phone. */
async function check (t: Test, page: Page, name: string): Promise<void> {
  for (const size of ['phone', 'desktop'] as const) {
    await page.setViewportSize(SIZES[size])
    t.same(await checkAxe(page), [], `${name}: axe (${size})`)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), `${name}: fits its width (${size})`)
  }
  if (process.env.TREMBITA_SCREENSHOTS !== undefined) await screenshots(page, `office-${name}`, process.env.TREMBITA_SCREENSHOTS)
}

t.test('the day of an official in a browser, in Ukrainian and English, at a desk and on a phone (DO-3, DO-5.1a, DO-5.1b, DO-5.2, DO-5.3, DO-5.4, DO-6)', { skip: skipWithoutBrowser() }, async (t) => {
  const { office, issuer } = await runOffice(t)
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  const wrong: string[] = []
  const sit = async (person: RegExp, options: PageOptions = {}): Promise<Page> => {
    const { page, problems } = await browser.open(office.url, options)
    t.teardown(() => { wrong.push(...problems.filter((problem) => !problem.startsWith(`elsewhere: ${issuer}`))) })
    await page.goto('/sign-in')
    await page.getByRole('button', { name: person }).click()
    await page.waitForURL(`${office.url}/**`)
    return page
  }
  const eepo = await joined(office.url, 'o02', OFFICE)
  const own = `/b/${JUSTICE}`

  const page = await sit(/Бойчук/)
  await page.getByRole('heading', { name: 'Доступ за вашим бажанням' }).waitFor()
  await check(t, page, 'join')
  await page.getByLabel(/Міністерство юстиції/).check()
  await page.getByLabel(/Я хочу користуватися/).check()
  await page.getByRole('button', { name: 'Приєднатися' }).click()
  await page.getByText('Доступ надано').waitFor()
  await check(t, page, 'today-empty')

  await page.getByRole('link', { name: 'Органи' }).first().click()
  await page.getByText('Відповідь неповна').waitFor()
  await check(t, page, 'bodies')
  await page.getByRole('link', { name: 'Міністерство юстиції (модель)' }).click()
  await page.getByRole('heading', { name: 'Штатний розпис' }).waitFor()
  await check(t, page, 'body')
  await page.getByRole('link', { name: 'Посадові особи' }).first().click()
  await page.getByLabel('Слова або їх частини').fill('дорош')
  await page.getByRole('button', { name: 'Знайти' }).click()
  await page.getByText('Знайдено: 1').waitFor()
  t.notMatch(page.url(), /дорош|%D0/, 'a name stands in no address')
  await check(t, page, 'officials')

  await page.getByRole('link', { name: /^Лист Дорошенко/ }).click()
  await page.getByLabel('Тема').fill('Узгодження переліку послуг')
  await page.getByLabel('Текст').fill('Шановний Максиме Олеговичу!\n\nПросимо узгодити перелік до п’ятниці.')
  await page.getByLabel(/Файли/).setInputFiles({ name: 'перелік.txt', mimeType: 'text/plain', buffer: Buffer.from('1. Витяг з ЄДР\n') })
  await check(t, page, 'letter-new')
  await page.getByRole('button', { name: 'Надіслати' }).click()
  await page.getByText('Лист записано').waitFor()
  const id = /letters\/([0-9a-f-]{36})/.exec(page.url())![1]!
  await until(async () => (await eepo.get(`/b/${OFFICE}/letters/${id}`)).status === 200 ? true : undefined, 'the letter')
  await until(async () => { await page.goto(`${own}/letters/${id}`); return await page.getByText('прочитано').count() > 0 ? true : undefined }, 'the mark')
  await check(t, page, 'letter-read')
  await eepo.post(`/b/${OFFICE}/letters/${id}/reply`, `/b/${OFFICE}/letters`, { to: JUSTICE, reply: id, official: 'o-38-06', subject: 'Re: Узгодження', text: 'Узгоджено без зауважень.' })
  await eepo.post(`/b/${OFFICE}/tasks/new`, `/b/${OFFICE}/tasks`, { for: JUSTICE, official: 'o-38-06', kind: 'task', title: 'Надати зведення за місяць', text: 'За формою додатка.', starts: '2099-01-05T12:00', ends: '', remind: '' })
  await eepo.post(`/b/${OFFICE}/surveys/new`, `/b/${OFFICE}/surveys`, { title: 'Чи зручно працювати в Дія.Офіс?', question1: 'Оцініть зручність', options1: 'Зручно\nМогло б бути краще', question2: 'Що змінити?', options2: '', audience: JUSTICE, anonymous: 'on', openResults: 'on', deadline: '2099-01-01T10:00' })
  await until(async () => { await page.goto(`${own}/today`); return await page.getByText('Непрочитані листи: 1').count() > 0 && await page.getByText('Опитування чекають на вас: 1').count() > 0 ? true : undefined }, 'what waits')

  await page.goto(`${own}/tasks/new`)
  await page.getByLabel('Назва').fill('Нарада щодо переліку')
  await page.getByLabel('Подія').check()
  await page.getByLabel('Нагадати').fill('2020-01-01T09:00')
  await check(t, page, 'task-new')
  await page.getByRole('button', { name: 'Додати' }).click()
  await page.getByText('Додано до плану').waitFor()
  await check(t, page, 'week')
  await page.goto(`${own}/tasks?view=day&date=2099-01-05`)
  await page.getByRole('button', { name: 'Прийняти' }).click()
  await page.getByText('Стан змінено').waitFor()
  await page.goto(`${own}/today`)
  await page.getByText('Нагадування: Нарада').waitFor()
  await check(t, page, 'today')

  await page.getByRole('link', { name: 'Опитування' }).first().click()
  await page.getByRole('link', { name: 'Чи зручно працювати в Дія.Офіс?' }).click()
  await check(t, page, 'survey')
  await page.getByLabel('Зручно', { exact: true }).check()
  await page.getByRole('button', { name: 'Надіслати відповідь' }).click()
  await page.getByText('Відповідь прийнято').waitFor()
  await page.goto(`${own}/surveys/new`)
  await check(t, page, 'survey-new')

  await page.goto(`${own}/services/employment-certificate`)
  await check(t, page, 'certificate')

  for (const [path, heading] of [['letters', 'Letters'], ['tasks', 'Day and tasks'], ['surveys', 'Surveys'], ['directory', 'Bodies'], ['officials', 'Officials'], ['services', 'Services'], ['me', 'My access'], [`letters/${id}`, 'Узгодження переліку послуг']] as const) {
    await page.goto(`${own}/${path}?lang=en`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await check(t, page, `en-${path.split('/')[0]}${path.includes('/') ? '-one' : ''}`)
  }

  const administrator = await sit(/Іваненко/, { lang: 'uk' })
  await administrator.getByRole('heading', { name: 'Підключення органів' }).waitFor()
  await administrator.getByLabel('Код ЄДРПОУ органу').fill('90000073')
  await administrator.getByRole('button', { name: 'Записати заявку' }).click()
  await administrator.getByText('Заявку записано').waitFor()
  await administrator.getByRole('button', { name: 'Перевірити в кадровій системі' }).click()
  await administrator.getByText('не налаштовано його шлюз').first().waitFor()
  await check(t, administrator, 'admin-refused')
  await administrator.goto(`/admin/bodies/${JUSTICE}`)
  await check(t, administrator, 'admin-body')
  await administrator.goto('/admin/bodies')
  await check(t, administrator, 'admin-bodies')

  await joined(office.url, 'o01', JUSTICE)
  const head = await sit(/Гайдук/, { lang: 'uk' })
  await head.goto(`${own}/letters?box=body`)
  await head.getByText('Прийняти лист, переданий іншим каналом').first().click()
  await check(t, head, 'letters-body')

  const stranger = await sit(/Мороз/, { size: 'phone', scripts: false })
  await stranger.getByRole('heading', { name: 'Потрібен РНОКПП' }).waitFor()
  t.same(wrong, [])
})

t.test('without scripts an official reads and answers a letter (DO-5.3)', { skip: skipWithoutBrowser() }, async (t) => {
  const { office } = await runOffice(t)
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  const justice = await joined(office.url, 'o03', JUSTICE)
  await joined(office.url, 'o02', OFFICE)
  await justice.post(`/b/${JUSTICE}/letters/new?to=${OFFICE}`, `/b/${JUSTICE}/letters`, { to: OFFICE, reply: '', official: 'o-50-01', subject: 'Без скриптів', text: 'x' })
  const { page } = await browser.open(office.url, { size: 'phone', scripts: false })
  await page.goto('/sign-in')
  await page.getByRole('button', { name: /Дорошенко/ }).click()
  await page.waitForURL(`${office.url}/**`)
  await page.goto(`/b/${OFFICE}/letters`)
  await page.getByRole('link', { name: 'Без скриптів' }).click()
  await page.getByRole('link', { name: 'Відповісти' }).click()
  await page.getByLabel('Текст').fill('Відповідаємо.')
  await page.getByRole('button', { name: 'Надіслати' }).click()
  await page.getByText('Лист записано').waitFor()
  t.match(await page.content(), 'Re: Без скриптів')
})
