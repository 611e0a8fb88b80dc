import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import type { Outbox, Outgoing, Waiting } from './outbox.ts'
import type { Official } from './official.ts'
import { formatLetterFile, parseLetterFile } from './other-channel.ts'
import { Refused } from './refused.ts'

export const SUBJECT_CHARS_MAX = 200
export const TEXT_CHARS_MAX = 20_000
/** What gateways log whole: a letter with its files, encoded, stays below the 10 MiB they take. */
export const FILES_MAX = 5
export const FILE_BYTES_MAX = 2 * 1024 * 1024
export const FILES_BYTES_MAX = 5 * 1024 * 1024
const FILE_NAME_CHARS_MAX = 200
const LIST_MAX = 100
const CHANNEL_CHARS_MAX = 200

export interface Attachment { readonly name: string, readonly type: string, readonly bytes: Buffer }

export interface NewLetter {
  readonly subject: string
  readonly text: string
  readonly toBody: string
  /** Nobody: to the body as such. */
  readonly toOfficial?: string | undefined
  readonly toName: string
  /** Letter that is answered. */
  readonly replyTo?: string | undefined
  readonly files: readonly Attachment[]
}

/** `waiting` for the exchange, `sent` (taken by the other body), `failed`, `received` from another body, `internal`. */
export type LetterState = 'waiting' | 'sent' | 'failed' | 'received' | 'internal'

export interface Letter {
  readonly id: string
  readonly thread_id: string
  readonly direction: 'in' | 'out' | 'internal'
  readonly subject: string
  readonly text: string
  readonly from_body: string
  readonly from_official: string
  readonly from_name: string
  readonly from_post: string
  readonly to_body: string
  readonly to_official: string | null
  readonly to_name: string
  readonly sent_at: string
  readonly state: LetterState
  /** Of the exchange that carried it: under it both gateways give out the proof. */
  readonly exchange_id: string | null
  readonly delivered_at: string | null
  readonly delivered_exchange: string | null
  readonly read_at: string | null
  readonly read_exchange: string | null
  /** Other channel by which it was handed over or came, when Trembita could not carry it; who did it and when. */
  readonly outside: string | null
  readonly outside_at: string | null
  readonly error: string | null
}

export interface AttachmentLine { readonly number: number, readonly name: string, readonly type: string, readonly size: number, readonly digest: string }

/** A letter as one body's subsystem hands it to another's. */
export interface LetterMessage {
  readonly letterId: string
  readonly threadId: string
  readonly subject: string
  readonly text: string
  readonly from: { readonly official: string, readonly name: string, readonly post: string }
  readonly to: { readonly official?: string, readonly name: string }
  readonly sentAt: string
  readonly attachments: readonly { readonly name: string, readonly type: string, readonly digest: string, readonly content: string }[]
}

export type Mark = 'delivered' | 'read'
export type Box = 'in' | 'out' | 'body'

const COLUMNS = 'id, thread_id, direction, subject, text, from_body, from_official, from_name, from_post, to_body, to_official, to_name, sent_at, state, exchange_id, delivered_at, delivered_exchange, read_at, read_exchange, outside, outside_at, error'
/** Whose letters: one's own, those to the body as such, and all for who answers for the body. */
export const VISIBLE = '(from_official = ? OR to_official = ? OR (to_official IS NULL AND direction <> \'out\') OR ? = 1)'

/** Correspondence of one body. A letter is on disk before anybody is told that it was taken. */
export class Letters {
  readonly #body: string
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #outbox: Outbox

  constructor (body: string, store: SqlStore, clock: Clock, outbox: Outbox) {
    this.#body = body
    this.#store = store
    this.#clock = clock
    this.#outbox = outbox
    outbox.carry('letter', {
      build: async ({ about }) => await this.#message(about),
      sent: async (tx, { about }, exchange) => { await tx.run("UPDATE letter SET state = 'sent', exchange_id = ?, error = NULL WHERE id = ?", exchange, about) },
      failed: async (tx, { about }, error) => { await tx.run("UPDATE letter SET state = 'failed', error = ? WHERE id = ?", error, about) }
    })
    outbox.carry('acknowledge', {
      build: async ({ about, payload }) => ({ service: 'acknowledge', body: { letterId: about, ...JSON.parse(payload) as object } }),
      sent: async (tx, waiting, exchange) => {
        const column = markOf(waiting) === 'read' ? 'read_exchange' : 'delivered_exchange'
        await tx.run(`UPDATE letter SET ${column} = ? WHERE id = ?`, exchange, waiting.about)
      },
      failed: async () => {}
    })
  }

  /** Durable when it resolves; the exchange follows. @throws {Refused} */
  async write (from: Official, letter: NewLetter): Promise<string> {
    checkLetter(letter)
    const internal = letter.toBody === this.#body
    const id = randomUUID()
    const now = this.#clock.now().toISOString()
    await this.#store.write(async (tx) => {
      const thread = letter.replyTo === undefined ? id : await threadOf(tx, letter.replyTo, from)
      const row = { id, thread, subject: letter.subject, text: letter.text, toOfficial: letter.toOfficial ?? null, toName: letter.toName }
      await tx.run(
        `INSERT INTO letter (id, thread_id, direction, subject, text, from_body, from_official, from_name, from_post, to_body, to_official, to_name, sent_at, recorded_at, digest, state, delivered_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id, thread, internal ? 'internal' : 'out', letter.subject, letter.text, this.#body, from.id, from.name, from.post, letter.toBody, row.toOfficial, letter.toName,
        now, now, digestOf(row), internal ? 'internal' : 'waiting', internal ? now : null)
      await addFiles(tx, id, letter.files)
      if (!internal) await this.#outbox.put(tx, { kind: 'letter', about: id, peer: letter.toBody })
    })
    return id
  }

  /**
   * Takes a letter of another body, once: the same again is the same answer.
   *
   * @param came the exchange that carried it, or the other channel.
   * @returns when it was recorded; `undefined` for another letter under a known id.
   * @throws {Refused} when a file is not what its digest says, or a limit is passed.
   */
  async take (fromBody: string, message: LetterMessage, came: { readonly exchangeId: string } | { readonly outside: string }): Promise<string | undefined> {
    const files = message.attachments.map(({ name, type, content, digest }) => {
      const bytes = Buffer.from(content, 'base64')
      if (sha256(bytes) !== digest) throw new Refused('badAnswer', 'attachments')
      return { name, type, bytes }
    })
    checkLetter({ subject: message.subject, text: message.text, toBody: this.#body, toName: message.to.name, files })
    const digest = digestOf({ ...message, fromBody })
    const now = this.#clock.now().toISOString()
    return await this.#store.write(async (tx) => {
      const known = await tx.get<{ digest: string, recorded_at: string }>('SELECT digest, recorded_at FROM letter WHERE id = ?', message.letterId)
      if (known !== undefined && known.digest !== digest) return undefined
      const exchangeId = 'exchangeId' in came ? came.exchangeId : null
      if (known !== undefined) {
        // It came by another channel first: now it is sealed too.
        await tx.run('UPDATE letter SET exchange_id = ? WHERE id = ? AND exchange_id IS NULL', exchangeId, message.letterId)
        return known.recorded_at
      }
      await tx.run(
        `INSERT INTO letter (id, thread_id, direction, subject, text, from_body, from_official, from_name, from_post, to_body, to_official, to_name, sent_at, recorded_at, digest, state, exchange_id, delivered_at, outside, outside_at)
         VALUES (?, ?, 'in', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'received', ?, ?, ?, ?)`,
        message.letterId, message.threadId, message.subject, message.text, fromBody, message.from.official, message.from.name, message.from.post,
        this.#body, message.to.official ?? null, message.to.name, message.sentAt, now, digest, exchangeId, now,
        'outside' in came ? came.outside : null, 'outside' in came ? now : null)
      await addFiles(tx, message.letterId, files)
      await this.#outbox.put(tx, { kind: 'acknowledge', about: message.letterId, peer: fromBody }, { mark: 'delivered', at: now })
      return now
    })
  }

  /** The other body says that a letter of ours arrived or was read. The first mark of a kind counts. @returns whether there is such a letter. */
  async mark (byBody: string, letterId: string, mark: Mark, at: string, exchangeId: string): Promise<boolean> {
    const column = mark === 'read' ? 'read' : 'delivered'
    return await this.#store.write(async (tx) => {
      const letter = await tx.get<{ id: string }>("SELECT id FROM letter WHERE id = ? AND direction = 'out' AND to_body = ?", letterId, byBody)
      if (letter === undefined) return false
      await tx.run(`UPDATE letter SET ${column}_at = ?, ${column}_exchange = ? WHERE id = ? AND ${column}_at IS NULL`, at, exchangeId, letterId)
      return true
    })
  }

  /**
   * A letter that the exchange has not carried yet, in a file for another protected channel. The organisation administrator answers for
   * it, and it is recorded; the exchange carries it all the same when it can. @throws {Refused}
   */
  async handOver (id: string, by: Official, channel: string): Promise<Buffer> {
    if (!by.administrator) throw new Refused('unknown')
    if (channel.trim() === '' || channel.length > CHANNEL_CHARS_MAX) throw new Refused('empty', 'channel')
    const letter = await this.#visible(this.#store, id, by)
    if (letter.direction !== 'out' || letter.state !== 'waiting') throw new Refused('badState')
    const { body } = await this.#message(id)
    await this.#store.write(async (tx) => { await tx.run('UPDATE letter SET outside = ?, outside_at = ? WHERE id = ?', `${channel}; ${by.name}`, this.#clock.now().toISOString(), id) })
    return formatLetterFile(this.#body, letter.to_body, body as LetterMessage)
  }

  /** Takes such a file in; the same letter by the exchange, before or after, is the same letter. @returns its id. @throws {Refused} */
  async takeFile (bytes: Uint8Array, by: Official, channel: string): Promise<string> {
    if (!by.administrator) throw new Refused('unknown')
    if (channel.trim() === '' || channel.length > CHANNEL_CHARS_MAX) throw new Refused('empty', 'channel')
    const { fromBody, letter } = parseLetterFile(bytes, this.#body)
    if (await this.take(fromBody, letter, { outside: `${channel}; ${by.name}` }) === undefined) throw new Refused('badState', 'file')
    return letter.letterId
  }

  /** Opens a letter; its addressee's first look is told to the sender. @throws {Refused} when it is not the official's to read. */
  async open (id: string, reader: Official): Promise<{ readonly letter: Letter, readonly files: readonly AttachmentLine[], readonly thread: readonly Letter[] }> {
    let letter = await this.#visible(this.#store, id, reader)
    const addressed = letter.direction !== 'out' && (letter.to_official === reader.id || (letter.to_official === null && letter.from_official !== reader.id))
    if (addressed && letter.read_at === null) {
      const now = this.#clock.now().toISOString()
      await this.#store.write(async (tx) => {
        const changed = await tx.run('UPDATE letter SET read_at = ? WHERE id = ? AND read_at IS NULL', now, id)
        if (changed === 1 && letter.direction === 'in') await this.#outbox.put(tx, { kind: 'acknowledge', about: id, peer: letter.from_body }, { mark: 'read', at: now })
      })
      letter = await this.#visible(this.#store, id, reader)
    }
    const files = await this.#store.all<AttachmentLine>('SELECT number, name, type, digest, length(bytes) AS size FROM attachment WHERE letter_id = ? ORDER BY number', id)
    const thread = await this.#store.all<Letter>(`SELECT ${COLUMNS} FROM letter WHERE thread_id = ? AND ${VISIBLE} ORDER BY sent_at LIMIT ${LIST_MAX}`, letter.thread_id, ...whose(reader))
    return { letter, files, thread }
  }

  async file (id: string, number: number, reader: Official): Promise<Attachment | undefined> {
    await this.#visible(this.#store, id, reader)
    return await this.#store.get<Attachment>('SELECT name, type, bytes FROM attachment WHERE letter_id = ? AND number = ?', id, number)
  }

  /** Newest first: to one, from one, or (for who answers for the body) all of the body. */
  async list (box: Box, reader: Official): Promise<readonly Letter[]> {
    const [where, ...values] = {
      in: ["direction <> 'out' AND (to_official = ? OR to_official IS NULL) AND from_official <> ?", reader.id, reader.id],
      out: ['from_official = ? AND from_body = ?', reader.id, this.#body],
      body: ['? = 1', reader.administrator ? 1 : 0]
    }[box] as [string, ...(string | number)[]]
    return await this.#store.all<Letter>(`SELECT ${COLUMNS} FROM letter WHERE ${where} ORDER BY sent_at DESC LIMIT ${LIST_MAX}`, ...values)
  }

  async unread (reader: Official): Promise<number> {
    const row = await this.#store.get<{ count: number }>("SELECT count(*) AS count FROM letter WHERE direction <> 'out' AND (to_official = ? OR to_official IS NULL) AND from_official <> ? AND read_at IS NULL", reader.id, reader.id)
    return row?.count ?? 0
  }

  async #visible (reader: SqlReader, id: string, official: Official): Promise<Letter> {
    const letter = await reader.get<Letter>(`SELECT ${COLUMNS} FROM letter WHERE id = ? AND ${VISIBLE}`, id, ...whose(official))
    if (letter === undefined) throw new Refused('unknown')
    return letter
  }

  async #message (id: string): Promise<Outgoing> {
    const letter = (await this.#store.get<Letter>(`SELECT ${COLUMNS} FROM letter WHERE id = ?`, id))!
    const files = await this.#store.all<Attachment & { digest: string }>('SELECT name, type, digest, bytes FROM attachment WHERE letter_id = ? ORDER BY number', id)
    const message: LetterMessage = {
      letterId: id,
      threadId: letter.thread_id,
      subject: letter.subject,
      text: letter.text,
      from: { official: letter.from_official, name: letter.from_name, post: letter.from_post },
      to: { ...letter.to_official === null ? {} : { official: letter.to_official }, name: letter.to_name },
      sentAt: letter.sent_at,
      attachments: files.map(({ name, type, digest, bytes }) => ({ name, type, digest, content: bytes.toString('base64') }))
    }
    return { service: 'sendMessage', body: message }
  }
}

/** Values of `VISIBLE`. */
export function whose (official: Official): [string, string, number] {
  return [official.id, official.id, official.administrator ? 1 : 0]
}

function markOf ({ payload }: Waiting): Mark {
  return (JSON.parse(payload) as { mark: Mark }).mark
}

async function threadOf (tx: SqlReader, letter: string, official: Official): Promise<string> {
  const found = await tx.get<{ thread_id: string }>(`SELECT thread_id FROM letter WHERE id = ? AND ${VISIBLE}`, letter, ...whose(official))
  if (found === undefined) throw new Refused('unknown')
  return found.thread_id
}

async function addFiles (tx: SqlWriter, letter: string, files: readonly Attachment[]): Promise<void> {
  for (const [index, { name, type, bytes }] of files.entries()) {
    await tx.run('INSERT INTO attachment (letter_id, number, name, type, digest, bytes) VALUES (?, ?, ?, ?, ?, ?)', letter, index + 1, name, type, sha256(bytes), bytes)
  }
}

function checkLetter ({ subject, text, toName, files }: NewLetter): void {
  if (subject.trim() === '') throw new Refused('empty', 'subject')
  if (text.trim() === '') throw new Refused('empty', 'text')
  if (toName === '') throw new Refused('noAddressee', 'official')
  if (subject.length > SUBJECT_CHARS_MAX) throw new Refused('tooLong', 'subject')
  if (text.length > TEXT_CHARS_MAX) throw new Refused('tooLong', 'text')
  if (files.length > FILES_MAX) throw new Refused('tooManyFiles', 'files')
  if (files.some(({ bytes }) => bytes.length > FILE_BYTES_MAX)) throw new Refused('fileTooLarge', 'files')
  if (files.some(({ name }) => name.length > FILE_NAME_CHARS_MAX)) throw new Refused('tooLong', 'files')
  if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) > FILES_BYTES_MAX) throw new Refused('filesTooLarge', 'files')
}

function sha256 (bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

function digestOf (value: object): string {
  return sha256(Buffer.from(JSON.stringify(value)))
}
