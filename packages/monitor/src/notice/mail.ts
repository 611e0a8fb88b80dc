import { createHash } from 'node:crypto'
import { escapeText, texts } from '@trembita/web'
import nodemailer, { type Transporter } from 'nodemailer'
import type { SendOutcome } from './web-push-sender.ts'
import type { NoticeSettings } from './settings.ts'
import type { NoticeText } from './texts.ts'

export interface MailerOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly smtpUrl: string
  /** `Трембіта <no-reply@monitor.example.gov.ua>` */
  readonly from: string
  /** Address of the portal, named in each mail. */
  readonly portalUrl: URL
}

/** What a body must know to answer. */
export interface QuestionMail {
  readonly id: string
  readonly kind: 'question' | 'complaint'
  readonly asker: string
  readonly eventId: string
  readonly occurredAt: string
  readonly handle?: string | undefined
  readonly text: string
  readonly dueAt: Date
}

const TIMEOUT_MS = 15_000

const wordsOf = texts({
  uk: {
    phrase: (phrase: string) => `Ваша контрольна фраза: ${phrase}. Якщо її немає або вона інша, лист не від нас.`,
    how: (host: string) => `Щоб побачити, хто, коли, чому й на якій підставі звертався до ваших даних, самі наберіть у браузері ${host}. Ми ніколи не просимо увійти за посиланням із листа.`,
    why: 'Ви отримали цей лист, бо ввімкнули повідомлення електронною поштою.',
    stop: 'Вимкнути листи одним натисканням',
    codeTitle: 'Підтвердження адреси електронної пошти',
    code: (code: string) => `Код підтвердження: ${code}. Введіть його в налаштуваннях порталу протягом години. Якщо ви нічого не змінювали, просто видаліть цей лист.`
  },
  en: {
    phrase: (phrase: string) => `Your check phrase: ${phrase}. If it is missing or different, this mail is not from us.`,
    how: (host: string) => `To see who asked for your data, when, why and on what ground, type ${host} into your browser yourself. We never ask you to sign in by a link in a mail.`,
    why: 'You get this mail because you switched on notices by e-mail.',
    stop: 'Switch these mails off with one click',
    codeTitle: 'Confirm your e-mail address',
    code: (code: string) => `Your code: ${code}. Enter it in the settings of the portal within an hour. If you changed nothing, just delete this mail.`
  }
})

/** Sends notices by e-mail: text and HTML alike, nothing remote in them, one click to stop. */
export class Mailer {
  readonly #transport: Transporter
  readonly #from: string
  readonly #portalUrl: URL

  constructor ({ smtpUrl, from, portalUrl }: MailerOptions) {
    this.#transport = nodemailer.createTransport({ url: smtpUrl, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS } as never)
    this.#from = from
    this.#portalUrl = portalUrl
  }

  /**
   * One attempt; never throws for what the mail server does.
   *
   * @param key makes the message identifier, so that a mail sent again after a crash is the same mail.
   */
  async sendNotice (address: string, settings: Pick<NoticeSettings, 'lang' | 'phrase'>, text: NoticeText, key: string, unsubscribe: string): Promise<SendOutcome> {
    const words = wordsOf(settings.lang)
    const stop = new URL(`/unsubscribe/${unsubscribe}`, this.#portalUrl).href
    const paragraphs = [words.how(this.#portalUrl.host), words.phrase(settings.phrase), words.why]
    return await this.#send({
      to: address,
      subject: text.title,
      text: `${text.title}\n\n${text.lines.map((line) => `- ${line}`).join('\n')}\n\n${paragraphs.join('\n\n')}\n${words.stop}: ${stop}\n`,
      html: `<!DOCTYPE html><html lang="${settings.lang}"><head><meta charset="utf-8"><title>${escapeText(text.title)}</title></head><body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#12171e;max-width:40em"><h1 style="font-size:20px">${escapeText(text.title)}</h1><ul>${text.lines.map((line) => `<li>${escapeText(line)}</li>`).join('')}</ul>${paragraphs.map((paragraph) => `<p>${escapeText(paragraph)}</p>`).join('')}<p><a href="${escapeText(stop)}">${escapeText(words.stop)}</a></p></body></html>`,
      messageId: `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${this.#portalUrl.hostname}>`,
      headers: { 'List-Unsubscribe': `<${stop}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click', 'Auto-Submitted': 'auto-generated' }
    })
  }

  /** The code that proves that an address is the person's. */
  async sendCode (address: string, lang: 'uk' | 'en', code: string): Promise<SendOutcome> {
    const words = wordsOf(lang)
    return await this.#send({ to: address, subject: words.codeTitle, text: `${words.code(code)}\n`, headers: { 'Auto-Submitted': 'auto-generated' } })
  }

  /** A person's question or complaint, to the body it is about. The same identifier makes the same mail. */
  async sendQuestion (address: string, question: QuestionMail): Promise<SendOutcome> {
    const { id, kind, asker, eventId, occurredAt, handle, text, dueAt } = question
    const head = [
      kind === 'question' ? 'Запитання про доступ до персональних даних' : 'Скарга на доступ до персональних даних',
      `Особа: ${asker}`, `Номер запису: ${eventId}`, `Час доступу: ${occurredAt}`, ...handle === undefined ? [] : [`Позначка посадової особи: ${handle}`],
      `Відповідь особі – до ${dueAt.toISOString().slice(0, 10)} (стаття 8 Закону України «Про захист персональних даних»).`
    ]
    return await this.#send({
      to: address,
      subject: `${head[0]}, запис ${eventId}`,
      text: `${head.join('\n')}\n\n${text}\n`,
      messageId: `<question-${id}@${this.#portalUrl.hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' }
    })
  }

  close (): void {
    this.#transport.close()
  }

  async #send (mail: object): Promise<SendOutcome> {
    try {
      const { response } = await this.#transport.sendMail({ from: this.#from, disableFileAccess: true, disableUrlAccess: true, ...mail }) as { response: string }
      return { kind: 'accepted', result: response.slice(0, 3) }
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: number, code?: string }
      const result = String(responseCode ?? code ?? 'error')
      // 4xx and a line that fails: later. 5xx: that address, or that mail, is not taken.
      return responseCode !== undefined && responseCode >= 500 ? { kind: 'refused', result } : { kind: 'later', result }
    }
  }
}
