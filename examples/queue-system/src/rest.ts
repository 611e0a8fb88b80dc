import type { FastifyInstance } from 'fastify'
import { describeApi, operation, Problem, problemResponse, purposeHeader } from '@trembita/example-information-system'
import { type Booking, type Person, type Queue } from './queue.ts'
import { DAYS_MAX, type PlannedSlot } from './schedule.ts'

const centre = { type: 'string', pattern: '^[a-z0-9-]{1,60}$', description: 'Центр · Centre' }
const service = { type: 'string', pattern: '^\\d{5}$', description: 'Ідентифікатор послуги · Id of the administrative service' }
const moment = { type: 'string', format: 'date-time' }
const slotId = { type: 'string', minLength: 1, maxLength: 100 }
const numberAndPin = {
  number: { type: 'string', pattern: '^Q-\\d{6,12}$', description: 'Номер запису · Number of the booking' },
  pin: { type: 'string', pattern: '^\\d{6}$', description: 'PIN запису · PIN of the booking' }
}
const slotSchema = { type: 'object', required: ['id', 'centre', 'service', 'start', 'end'], properties: { id: slotId, centre, service, start: moment, end: moment, capacity: { type: 'integer' }, free: { type: 'integer' } } }
const bookingSchema = {
  type: 'object',
  required: ['number', 'state', 'slot', 'history'],
  properties: {
    number: numberAndPin.number,
    state: { type: 'string', enum: ['booked', 'cancelled'] },
    slot: slotSchema,
    history: { type: 'array', items: { type: 'object', required: ['event', 'slot', 'at'], properties: { event: { type: 'string', enum: ['booked', 'moved', 'cancelled'] }, slot: slotId, at: moment } } }
  }
}

const ok = (description: string, schema: object): Record<string, object> => ({ 200: { description, content: { 'application/json': { schema } } }, 400: problemResponse, 404: problemResponse, 409: problemResponse, 503: problemResponse })

/** A visitor gives a name and no code, so nobody can be found by it in the monitor; see docs/service-centres.md. */
const NAMELESS = { operation: 'modify', onNoSubject: { ignore: 'Запис на прийом містить лише ім’я і телефон: за ними особу не встановити · A booking holds a name and a telephone only, which identify nobody' } } as const

/** REST: `slots`, `book`, `move`, `cancel`, `bookingStatus`, each by POST, so that no number or PIN stands in an address. */
export function addRest (app: FastifyInstance, queue: Queue): void {
  describeApi(app, {
    title: 'Електронна черга центрів громади: приклад · Electronic queue of a hromada\'s centres: an example',
    version: '1.0.0',
    description: 'Синтетичні дані: жоден центр тут не існує. · Synthetic data: no centre here exists.'
  }, {
    slots: { title: 'Вільний час прийому · Times of appointments', base: '/slots' },
    book: { title: 'Запис на прийом · Booking an appointment', base: '/bookings' },
    move: { title: 'Перенесення запису · Moving a booking', base: '/moves' },
    cancel: { title: 'Скасування запису · Cancelling a booking', base: '/cancellations' },
    bookingStatus: { title: 'Стан запису · State of a booking', base: '/booking-status' }
  })
  addSlots(app, queue)
  addBookings(app, queue)
}

function addSlots (app: FastifyInstance, queue: Queue): void {
  app.post<{ Body: { centre: string, service: string, from: string, until: string } }>('/slots', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['centre', 'service', 'from', 'until'], properties: { centre, service, from: moment, until: moment } } },
    ...operation({
      operationId: 'slots',
      summary: 'Час прийому в центрі за послугою · Times of a centre for a service',
      services: ['slots'],
      requestExamples: { week: { summary: 'Тиждень · A week', value: { centre: 'vinnytsia-1', service: '00025', from: '2026-12-01T00:00:00Z', until: '2026-12-08T00:00:00Z' } } },
      responses: ok('Час прийому з вільними місцями; зайнятий теж · Times with places left; taken ones too', { type: 'object', required: ['slots', 'asOf'], properties: { slots: { type: 'array', items: slotSchema }, asOf: moment } })
    })
  }, async (request) => {
    const [from, until] = [new Date(request.body.from), new Date(request.body.until)]
    if (!(from < until) || until.getTime() - from.getTime() > DAYS_MAX * 86_400_000) throw new Problem('invalid-request', `Проміжок: від одного моменту до пізнішого, не більше ${DAYS_MAX} днів`, `A period goes from one moment to a later one, at most ${DAYS_MAX} days`)
    const slots = await queue.slots(request.body.centre, request.body.service, from, until)
    request.outcome = slots.length === 0 ? 'none' : 'slots'
    return { slots: slots.map((slot) => ({ ...timesOf(slot), capacity: slot.capacity, free: slot.free })), asOf: new Date().toISOString() }
  })
}

function addBookings (app: FastifyInstance, queue: Queue): void {
  app.post<{ Body: { requestId: string, slot: string, person: Person } }>('/bookings', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['requestId', 'slot', 'person'],
        properties: {
          requestId: { type: 'string', pattern: '^[\\w-]{8,100}$', description: 'Повтор має ту саму відповідь · A repetition has the same answer' },
          slot: slotId,
          person: {
            type: 'object',
            additionalProperties: false,
            required: ['name'],
            properties: {
              name: { type: 'string', minLength: 1, maxLength: 200, 'x-personal-category': 'name' },
              phone: { type: 'string', maxLength: 30, pattern: '^\\+?[\\d ()-]{5,30}$', 'x-personal-category': 'contact' }
            }
          }
        }
      }
    },
    ...operation({
      operationId: 'book',
      summary: 'Записатися на прийом · Book an appointment',
      services: ['book'],
      parameters: [purposeHeader],
      'x-processing': NAMELESS,
      responses: ok('Номер і PIN запису · Number and PIN of the booking', { type: 'object', required: ['number', 'pin', 'state', 'slot'], properties: { ...numberAndPin, state: bookingSchema.properties.state, slot: slotSchema } })
    })
  }, async (request) => {
    const { requestId, slot, person } = request.body
    const booked = await queue.book(requestId, slot, person)
    request.outcome = booked.state
    return { ...booked, slot: timesOf(booked.slot) }
  })

  app.post<{ Body: { number: string, pin: string, slot: string } }>('/moves', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['number', 'pin', 'slot'], properties: { ...numberAndPin, slot: slotId } } },
    ...operation({ operationId: 'move', summary: 'Перенести на інший час · Move to another time', services: ['move'], 'x-processing': NAMELESS, responses: ok('Запис · The booking', bookingSchema) })
  }, async (request) => bookingJson(await queue.move(request.body.number, request.body.pin, request.body.slot)))

  app.post<{ Body: { number: string, pin: string } }>('/cancellations', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['number', 'pin'], properties: numberAndPin } },
    ...operation({ operationId: 'cancel', summary: 'Скасувати запис · Cancel a booking', services: ['cancel'], 'x-processing': NAMELESS, responses: ok('Запис · The booking', bookingSchema) })
  }, async (request) => bookingJson(await queue.cancel(request.body.number, request.body.pin)))

  app.post<{ Body: { number: string, pin: string } }>('/booking-status', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['number', 'pin'], properties: numberAndPin } },
    ...operation({ operationId: 'bookingStatus', summary: 'Стан запису з історією · State of a booking with its history', services: ['bookingStatus'], 'x-processing': { ...NAMELESS, operation: 'consult' }, responses: ok('Запис · The booking', bookingSchema) })
  }, async (request) => bookingJson(await queue.status(request.body.number, request.body.pin)))
}

function bookingJson ({ number, state, slot, history }: Booking): object {
  return { number, state, slot: timesOf(slot), history }
}

function timesOf ({ id, centre, service, start, end }: PlannedSlot): object {
  return { id, centre, service, start: start.toISOString(), end: end.toISOString() }
}
