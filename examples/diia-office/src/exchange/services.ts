import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answersOf, createInformationSystem, describeAnswer, describeApi, operation, Problem, type ListenOptions } from '@trembita/example-information-system'
import type { Clock } from '@trembita/daemon'
import { FILES_BYTES_MAX, Refused, type AnswerMessage, type Desk, type LetterMessage, type Mark, type SurveyMessage, type TaskMessage, type TaskState } from '../desk/index.ts'
import { acknowledgeSchema, answerSchema, letterSchema, resultsSchema, surveySchema, taskSchema, taskStateSchema } from './schemas.ts'

export interface ServicesDeps {
  readonly desks: ReadonlyMap<string, Desk>
  /** Is the body connected now? One that is not takes and gives nothing. */
  readonly isActive: (body: string) => Promise<boolean>
  /** Which body a client subsystem speaks for; `undefined` for all but the offices of bodies. */
  readonly bodyOf: (client: string) => string | undefined
  readonly clock: Clock
  readonly options: ListenOptions
}

/** The services as gateways publish them, below `/bodies/{code}`. */
export const SERVICES = {
  sendMessage: { base: '/messages', title: 'Листи · Letters' },
  acknowledge: { base: '/acknowledgements', title: 'Позначки доставки і прочитання · Marks of delivery and reading' },
  createSurvey: { base: '/surveys', title: 'Запрошення до опитувань · Invitations to surveys' },
  submitAnswer: { base: '/answers', title: 'Відповіді на опитування · Answers to surveys' },
  surveyResults: { base: '/survey-results', title: 'Підсумки опитувань · Results of surveys' },
  tasks: { base: '/tasks', title: 'Завдання · Tasks' }
} as const

/** Files as base64, and the letter around them. */
const LETTER_BYTES_MAX = Math.ceil(FILES_BYTES_MAX / 3) * 4 + 512 * 1024

/**
 * The services that each body's subsystem `OFFICE` gives to the others, under `/bodies/{code}`. Only the body's own gateway reaches
 * this listener, and vouches for `X-Road-Client`.
 */
export function createServices (deps: ServicesDeps): FastifyInstance {
  const app = createInformationSystem('diia-office', deps.options)
  for (const desk of deps.desks.values()) {
    void app.register(async (scope) => { addServices(scope, desk, deps) }, { prefix: `/bodies/${desk.body}` })
  }
  return app
}

function addServices (app: FastifyInstance, desk: Desk, deps: ServicesDeps): void {
  describeApi(app, {
    title: `Дія.Офіс, ${desk.body} · Diia.Office`,
    version: '1.0.0',
    description: 'Послуги органу для інших органів; синтетичні дані. · Services of a body for other bodies; synthetic data.'
  }, Object.fromEntries(Object.entries(SERVICES).map(([code, { base, title }]) => [code, { title, base: `/bodies/${desk.body}${base}` }])))

  /** One service: who asks, what follows, and the answer once it is on disk. */
  const service = <T>(path: string, operationId: string, summary: string, body: object, take: (caller: string, message: T, exchangeId: string) => Promise<object>, bodyLimit?: number): void => {
    app.post<{ Body: object }>(path, {
      ...bodyLimit === undefined ? {} : { bodyLimit },
      schema: { body },
      ...operation({ operationId, services: [operationId === 'taskState' ? 'tasks' : operationId], summary, responses: answersOf() })
    }, async (request) => {
      const caller = await callerOf(request, desk, deps)
      try {
        const data = await take(caller, request.body as T, request.id)
        return describeAnswer(request, { outcome: 'FOUND', data, missing: [], discrepancies: [] }, { register: `Дія.Офіс ${desk.body}`, asOf: deps.clock.now().toISOString(), recordVersion: null })
      } catch (error) {
        throw error instanceof Refused ? problemOf(error) : error
      } finally {
        // What follows from it (a mark of delivery) goes at once, but nobody waits for it.
        void desk.outbox.deliver()
      }
    })
  }

  service<LetterMessage>('/messages', 'sendMessage', 'Прийняти лист · Take a letter', letterSchema, async (caller, message, exchangeId) => {
    const recordedAt = await desk.letters.take(caller, message, { exchangeId })
    if (recordedAt === undefined) throw new Refused('badState', 'letterId')
    return { letterId: message.letterId, recordedAt }
  }, LETTER_BYTES_MAX)

  service<{ letterId: string, mark: Mark, at: string }>('/acknowledgements', 'acknowledge', 'Позначка доставки або прочитання · A mark of delivery or reading', acknowledgeSchema, async (caller, { letterId, mark, at }, exchangeId) => {
    if (!await desk.letters.mark(caller, letterId, mark, at, exchangeId)) throw new Refused('unknown', 'letterId')
    return { letterId, mark }
  })

  service<SurveyMessage>('/surveys', 'createSurvey', 'Запросити до опитування · Ask to take part in a survey', surveySchema, async (caller, message, exchangeId) => {
    if (!await desk.surveys.take(caller, message, exchangeId)) throw new Refused('badState', 'id')
    return { surveyId: message.id }
  })

  service<AnswerMessage>('/answers', 'submitAnswer', 'Подати відповідь · Hand in an answer', answerSchema, async (caller, message, exchangeId) => {
    await desk.surveys.takeAnswer(caller, message, exchangeId)
    return { surveyId: message.surveyId }
  })

  service<{ surveyId: string }>('/survey-results', 'surveyResults', 'Підсумки опитування · Results of a survey', resultsSchema, async (caller, { surveyId }) => await desk.surveys.resultsFor(caller, surveyId))

  service<TaskMessage>('/tasks', 'tasks', 'Прийняти завдання · Take a task', taskSchema, async (caller, message, exchangeId) => {
    if (!await desk.tasks.take(caller, message, exchangeId)) throw new Refused('badState', 'taskId')
    return { taskId: message.taskId }
  })

  service<{ taskId: string, state: TaskState, at: string }>('/tasks/state', 'taskState', 'Стан завдання · How a task stands', taskStateSchema, async (caller, { taskId, state, at }) => {
    if (!await desk.tasks.stateTold(caller, taskId, state, at)) throw new Refused('unknown', 'taskId')
    return { taskId, state }
  })
}

async function callerOf (request: FastifyRequest, desk: Desk, { bodyOf, isActive }: ServicesDeps): Promise<string> {
  const client = request.headers['x-road-client']
  const caller = typeof client === 'string' ? bodyOf(client) : undefined
  if (caller === undefined || caller === desk.body) throw new Problem('outside-agreement', 'Приймаємо лише від підсистем OFFICE інших органів', 'Only the OFFICE subsystems of other bodies are listened to')
  if (!await isActive(desk.body) || !await isActive(caller)) throw new Problem('source-unavailable', 'Орган не підключено до Дія.Офіс', 'The body is not connected to Diia.Office')
  return caller
}

function problemOf ({ reason, field }: Refused): Problem {
  return new Problem('invalid-request', `Не прийнято: ${reason} ${field}`.trim(), `Not taken: ${reason} ${field}`.trim())
}
