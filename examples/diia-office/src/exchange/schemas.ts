import { FILE_BYTES_MAX, FILES_MAX, QUESTIONS_MAX, SUBJECT_CHARS_MAX, TASK_STATES, TEXT_CHARS_MAX } from '../desk/index.ts'

/** What the services take: limits stand here, so that a request past them is refused before it is looked at. */

const id = { type: 'string', pattern: '^[0-9a-f-]{36}$' }
const instant = { type: 'string', format: 'date-time', maxLength: 40 }
const name = { type: 'string', minLength: 1, maxLength: 200, 'x-personal-category': 'name' }
const official = { type: 'string', minLength: 1, maxLength: 40 }
const digest = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' }

function closed (properties: Record<string, object>, optional: readonly string[] = []): object {
  return { type: 'object', additionalProperties: false, required: Object.keys(properties).filter((key) => !optional.includes(key)), properties }
}

export const letterSchema = closed({
  letterId: id,
  threadId: id,
  subject: { type: 'string', minLength: 1, maxLength: SUBJECT_CHARS_MAX, 'x-jsonld-type': 'https://schema.org/headline' },
  text: { type: 'string', minLength: 1, maxLength: TEXT_CHARS_MAX, 'x-jsonld-type': 'https://schema.org/text' },
  from: closed({ official, name, post: { type: 'string', maxLength: 300 } }),
  to: closed({ official, name }, ['official']),
  sentAt: instant,
  attachments: {
    type: 'array',
    maxItems: FILES_MAX,
    items: closed({ name: { type: 'string', minLength: 1, maxLength: 200 }, type: { type: 'string', maxLength: 100 }, digest, content: { type: 'string', maxLength: Math.ceil(FILE_BYTES_MAX / 3) * 4 } })
  }
})

export const acknowledgeSchema = closed({ letterId: id, mark: { type: 'string', enum: ['delivered', 'read'] }, at: instant })

const questions = {
  type: 'array',
  minItems: 1,
  maxItems: QUESTIONS_MAX,
  items: closed({ id: { type: 'string', pattern: '^q\\d{1,2}$' }, text: { type: 'string', minLength: 1, maxLength: 300 }, options: { type: 'array', maxItems: 12, items: { type: 'string', maxLength: 300 } } })
}

export const surveySchema = closed({
  id,
  title: { type: 'string', minLength: 1, maxLength: 300 },
  questions,
  audience: { type: 'array', minItems: 1, maxItems: 100, items: closed({ body: { type: 'string', pattern: '^\\d{8}$' }, unit: { type: 'string', maxLength: 40 } }, ['unit']) },
  anonymous: { type: 'boolean' },
  openResults: { type: 'boolean' },
  deadline: instant,
  authorName: name,
  createdAt: instant
})

export const answerSchema = closed({
  surveyId: id,
  ballot: digest,
  name,
  answers: { type: 'object', maxProperties: QUESTIONS_MAX, propertyNames: { pattern: '^q\\d{1,2}$' }, additionalProperties: { type: 'string', maxLength: 2000 } }
}, ['name'])

export const resultsSchema = closed({ surveyId: id })

export const taskSchema = closed({
  taskId: id,
  title: { type: 'string', minLength: 1, maxLength: 200 },
  text: { type: 'string', maxLength: 4000 },
  startsAt: instant,
  from: closed({ official, name }),
  for: closed({ official, name })
})

export const taskStateSchema = closed({ taskId: id, state: { type: 'string', enum: [...TASK_STATES] }, at: instant })
