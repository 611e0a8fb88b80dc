import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeServer } from '@trembita/daemon'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail that arrived. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly at: Date
  /** As it came over the line. */
  readonly raw: string
}

export interface Mailbox extends AsyncDisposable {
  /** `smtp://127.0.0.1:4104` */
  readonly smtpUrl: string
  /** Page with all mails; `/mails` gives them as JSON. */
  readonly url: string
  mails (): readonly ReceivedMail[]
  untilMails (count: number): Promise<readonly ReceivedMail[]>
  /** The next mails are refused so: `451` for later, `550` for never. */
  refuseNext (...codes: readonly number[]): void
  close (): Promise<void>
}

export interface MailboxOptions {
  readonly smtpPort?: number | undefined
  readonly httpPort?: number | undefined
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
}

const MAIL_BYTES_MAX = 1_000_000
const MAILS_MAX = 500

/** A mail server FOR DEVELOPMENT ONLY: takes every mail, delivers none, shows them on a page. In memory. */
export async function startMailbox ({ smtpPort = 0, httpPort = 0, host = '127.0.0.1' }: MailboxOptions = {}): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const refusals: number[] = []
  const waiting = new Set<() => void>()
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: MAIL_BYTES_MAX,
    logger: false,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => { chunks.push(chunk) })
      stream.on('end', () => {
        const refused = refusals.shift()
        if (refused !== undefined) return done(Object.assign(new Error('refused as told'), { responseCode: refused }))
        readMail(Buffer.concat(chunks)).then((mail) => {
          mails.push(mail)
          if (mails.length > MAILS_MAX) mails.shift()
          for (const tell of waiting) tell()
          done()
        }, (error: unknown) => { done(error as Error) })
      })
    }
  })
  await new Promise<void>((resolve, reject) => {
    smtp.once('error', reject)
    smtp.listen(smtpPort, host, resolve)
  })
  const pages = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://mailbox')
    const policy = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" }
    if (request.method !== 'GET') response.writeHead(405).end()
    else if (pathname === '/mails') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ mails: mails.map(({ raw: _, ...mail }) => mail) }))
    else if (pathname === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...policy }).end(page(mails))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    pages.once('error', reject)
    pages.listen(httpPort, host, resolve)
  })
  const close = async (): Promise<void> => {
    await closeServer(pages, 1000)
    await new Promise<void>((resolve) => { smtp.close(() => { resolve() }) })
  }
  return {
    smtpUrl: `smtp://${host}:${(smtp.server.address() as AddressInfo).port}`,
    url: `http://${host}:${(pages.address() as AddressInfo).port}`,
    mails: () => mails,
    untilMails: async (count) => {
      while (mails.length < count) await new Promise<void>((resolve) => { waiting.add(resolve) })
      return mails
    },
    refuseNext: (...codes) => { refusals.push(...codes) },
    close,
    [Symbol.asyncDispose]: close
  }
}

async function readMail (bytes: Buffer): Promise<ReceivedMail> {
  const mail = await simpleParser(bytes)
  const to = mail.to === undefined ? [] : Array.isArray(mail.to) ? mail.to : [mail.to]
  return {
    from: mail.from?.text ?? '',
    to: to.flatMap(({ value }) => value.map(({ address }) => address ?? '')),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: typeof mail.html === 'string' ? mail.html : '',
    headers: Object.fromEntries(mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).replaceAll(/\r?\n\s+/g, ' ').trim()])),
    at: new Date(),
    raw: bytes.toString('latin1')
  }
}

const STYLE = 'body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:52rem;padding:0 1rem;color:#12171e;background:#fff}article{border:1px solid #ccc;border-radius:8px;padding:1rem;margin:1rem 0}pre{white-space:pre-wrap;font:inherit}h2{margin:0 0 .5rem;font-size:1.1rem}'

function page (mails: readonly ReceivedMail[]): string {
  const shown = mails.toReversed().map(({ subject, to, at, text }) => `<article><h2>${escaped(subject)}</h2><p>${escaped(to.join(', '))} · ${at.toISOString()}</p><pre>${escaped(text)}</pre></article>`)
  return `<!DOCTYPE html><html lang="uk"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Поштова скринька для розробки · Development mailbox</title><style>${STYLE}</style></head><body><main><h1>Поштова скринька для розробки · Development mailbox</h1><p>Листи нікуди не надсилаються. Синтетичні дані. · Nothing is delivered. Synthetic data.</p>${shown.length === 0 ? '<p>Листів ще немає · No mail yet</p>' : shown.join('')}</main></body></html>`
}

function escaped (text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
