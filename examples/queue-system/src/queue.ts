import { systemClock, type Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import { Problem } from '@trembita/example-information-system'
import type { Pins } from './pins.ts'
import { slotOf, slotsBetween, type PlannedSlot } from './schedule.ts'

export const QUEUE_SCHEMA = `
CREATE TABLE bookings (
  number TEXT PRIMARY KEY,
  request_id TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  slot TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  person_name TEXT,
  phone TEXT,
  state TEXT NOT NULL,
  wrong_pins INTEGER NOT NULL,
  last_wrong_at TEXT
);
CREATE INDEX bookings_slot ON bookings (slot, state);
CREATE TABLE history (number TEXT NOT NULL, event TEXT NOT NULL, slot TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX history_number ON history (number);
`

/** A time with the places left. */
export type Slot = PlannedSlot & { readonly free: number }

export interface Person {
  readonly name: string
  readonly phone?: string | undefined
}

export type BookingState = 'booked' | 'cancelled'

export interface Booking {
  readonly number: string
  readonly state: BookingState
  readonly slot: PlannedSlot
  readonly history: readonly { readonly event: 'booked' | 'moved' | 'cancelled', readonly slot: string, readonly at: string }[]
}

interface Row {
  readonly number: string
  readonly fingerprint: string
  readonly slot: string
  readonly ends_at: string
  readonly state: BookingState
  readonly wrong_pins: number
  readonly last_wrong_at: string | null
}

/** Wrong PINs of one booking in a row before it says nothing for a while: six digits cannot be tried through. */
const WRONG_PINS_MAX = 5
const LOCK_MS = 15 * 60_000
/** Name and telephone are of no use once the visit is long past. */
const KEEP_PERSON_MS = 30 * 24 * 3_600_000

/** The hromada's queue: what is booked is on disk before it is answered, and a place is given once. */
export class Queue {
  readonly #store: SqlStore
  readonly #pins: Pins
  readonly #clock: Clock

  constructor (store: SqlStore, pins: Pins, clock: Clock = systemClock) {
    this.#store = store
    this.#pins = pins
    this.#clock = clock
  }

  /** Times of a centre for a service between two instants. */
  async slots (centre: string, service: string, from: Date, until: Date): Promise<Slot[]> {
    const planned = slotsBetween(centre, service, from, until, this.#clock.now())
    const taken = await this.#store.all<{ slot: string, n: number }>("SELECT slot, COUNT(*) AS n FROM bookings WHERE state = 'booked' AND slot LIKE ? GROUP BY slot", `${centre}.${service}.%`)
    const bySlot = new Map(taken.map(({ slot, n }) => [slot, n]))
    return planned.map((slot) => ({ ...slot, free: Math.max(slot.capacity - (bySlot.get(slot.id) ?? 0), 0) }))
  }

  /**
   * Books a place. The same request again has the same answer.
   *
   * @throws {Problem} `slot-taken`, `unknown-slot`, `request-conflict`.
   */
  async book (requestId: string, slotId: string, person: Person): Promise<{ readonly number: string, readonly pin: string, readonly state: BookingState, readonly slot: PlannedSlot }> {
    const fingerprint = this.#pins.fingerprint(JSON.stringify([slotId, person.name, person.phone ?? '']))
    const now = this.#clock.now()
    const { number, slot, state } = await this.#store.write(async (tx) => {
      const known = await tx.get<Row>('SELECT * FROM bookings WHERE request_id = ?', requestId)
      if (known !== undefined) {
        if (known.fingerprint !== fingerprint) throw new Problem('request-conflict', 'Запит із цим ідентифікатором уже був, і про інше', 'There was a request with this id, about something else')
        return { number: known.number, slot: placeOf(known), state: known.state }
      }
      const slot = await this.#freeSlot(tx, slotId, now)
      const number = await nextNumber(tx)
      await tx.run('INSERT INTO bookings (number, request_id, fingerprint, slot, ends_at, person_name, phone, state, wrong_pins) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)', number, requestId, fingerprint, slot.id, slot.end.toISOString(), person.name, person.phone ?? null, 'booked')
      await record(tx, number, 'booked', slot.id, now)
      await forgetPersons(tx, now)
      return { number, slot, state: 'booked' as const }
    })
    return { number, pin: this.#pins.of(number), state, slot }
  }

  /** Moves a booking to another time of the same centre and service. @throws {Problem} `unknown-booking`, `slot-taken`, `unknown-slot`. */
  async move (number: string, pin: string, slotId: string): Promise<Booking> {
    const now = this.#clock.now()
    await this.#withPin(number, pin, async (tx, row) => {
      if (row.state !== 'booked') throw new Problem('unknown-booking', 'Запис скасовано: запишіться знову', 'The booking was cancelled: book again')
      if (row.slot === slotId) return
      const slot = await this.#freeSlot(tx, slotId, now)
      const { centre, service } = placeOf(row)
      if (slot.centre !== centre || slot.service !== service) throw new Problem('unknown-slot', 'Перенести можна лише в межах центру й послуги', 'One moves within the centre and the service only')
      await tx.run('UPDATE bookings SET slot = ?, ends_at = ? WHERE number = ?', slot.id, slot.end.toISOString(), number)
      await record(tx, number, 'moved', slot.id, now)
    })
    return await this.#booking(number)
  }

  /** Gives the place back; of a booking already cancelled, says so again. @throws {Problem} `unknown-booking`. */
  async cancel (number: string, pin: string): Promise<Booking> {
    const now = this.#clock.now()
    await this.#withPin(number, pin, async (tx, row) => {
      if (row.state === 'cancelled') return
      await tx.run("UPDATE bookings SET state = 'cancelled' WHERE number = ?", number)
      await record(tx, number, 'cancelled', row.slot, now)
    })
    return await this.#booking(number)
  }

  /** How a booking stands. @throws {Problem} `unknown-booking`. */
  async status (number: string, pin: string): Promise<Booking> {
    await this.#withPin(number, pin, async () => {})
    return await this.#booking(number)
  }

  async #freeSlot (tx: SqlReader, id: string, now: Date): Promise<PlannedSlot> {
    const slot = slotOf(id, now)
    if (slot === undefined) throw new Problem('unknown-slot', 'Такого часу прийому немає або він минув', 'There is no such time, or it has passed')
    const taken = (await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM bookings WHERE state = 'booked' AND slot = ?", id))!.n
    if (taken >= slot.capacity) throw new Problem('slot-taken', 'Цей час щойно зайняли: оберіть інший', 'This time has just been taken: choose another')
    return slot
  }

  /** A wrong PIN and an unknown number are answered alike, and a wrong one is counted even though nothing else happens. */
  async #withPin (number: string, pin: string, work: (tx: SqlWriter, row: Row) => Promise<void>): Promise<void> {
    const now = this.#clock.now()
    const problem = await this.#store.write(async (tx): Promise<Problem | undefined> => {
      const row = await tx.get<Row>('SELECT * FROM bookings WHERE number = ?', number)
      if (row === undefined) return unknownBooking()
      const locked = row.wrong_pins >= WRONG_PINS_MAX && row.last_wrong_at !== null && now.getTime() - Date.parse(row.last_wrong_at) < LOCK_MS
      if (locked) return new Problem('too-many-attempts', 'Забагато спроб з неправильним PIN: зачекайте 15 хвилин', 'Too many attempts with a wrong PIN: wait for 15 minutes')
      if (!this.#pins.check(number, pin)) {
        await tx.run('UPDATE bookings SET wrong_pins = wrong_pins + 1, last_wrong_at = ? WHERE number = ?', now.toISOString(), number)
        return unknownBooking()
      }
      if (row.wrong_pins > 0) await tx.run('UPDATE bookings SET wrong_pins = 0 WHERE number = ?', number)
      await work(tx, row)
      return undefined
    })
    if (problem !== undefined) throw problem
  }

  async #booking (number: string): Promise<Booking> {
    return await this.#store.read(async (tx) => {
      const row = (await tx.get<Row>('SELECT * FROM bookings WHERE number = ?', number))!
      const history = await tx.all<Booking['history'][number]>('SELECT event, slot, at FROM history WHERE number = ? ORDER BY rowid', number)
      return { number, state: row.state, slot: placeOf(row), history }
    })
  }
}

function unknownBooking (): Problem {
  return new Problem('unknown-booking', 'Запису з таким номером і PIN немає', 'There is no booking with this number and PIN')
}

/** The time of a booking that may have passed, so that the schedule no longer offers it. */
function placeOf ({ slot, ends_at: endsAt }: Row): PlannedSlot {
  const [centre = '', service = ''] = slot.split('.')
  const end = new Date(endsAt)
  return { id: slot, centre, service, start: new Date(end.getTime() - 30 * 60_000), end, capacity: 0 }
}

async function nextNumber (tx: SqlReader): Promise<string> {
  const { n } = (await tx.get<{ n: number }>('SELECT COUNT(*) AS n FROM bookings'))!
  return `Q-${String(n + 1).padStart(6, '0')}`
}

async function record (tx: SqlWriter, number: string, event: string, slot: string, at: Date): Promise<void> {
  await tx.run('INSERT INTO history (number, event, slot, at) VALUES (?, ?, ?, ?)', number, event, slot, at.toISOString())
}

async function forgetPersons (tx: SqlWriter, now: Date): Promise<void> {
  await tx.run('UPDATE bookings SET person_name = NULL, phone = NULL WHERE person_name IS NOT NULL AND ends_at < ?', new Date(now.getTime() - KEEP_PERSON_MS).toISOString())
}
