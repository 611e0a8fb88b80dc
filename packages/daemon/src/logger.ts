import { pino, type DestinationStream, type Logger } from 'pino'

export type { Logger } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = typeof LOG_LEVELS[number]

/** Fields that must never be read in a log, wherever a careless call puts them: secrets, and what would name a person. */
const SECRET_FIELDS = [
  'authorization', 'body', 'cookie', 'passphrase', 'password', 'pin', 'privateKey', 'secret', 'subjectId', 'token', 'userId',
  '["proxy-authorization"]', '["set-cookie"]', '["uxp-subject-id"]', '["uxp-userid"]', '["x-road-userid"]', '["x-api-key"]'
]

/** Paths handed to pino: each secret field at the top, in any object there, and in the headers of a request. */
export const REDACTED_PATHS: readonly string[] = SECRET_FIELDS.flatMap((field) => {
  const member = field.startsWith('[') ? field : `.${field}`
  return [field, `*${member}`, `req.headers${member}`, `res.headers${member}`]
})

/**
 * JSON lines to standard output; one logger per process object, `log.child({ part })` per part.
 *
 * @param destination for tests; standard output otherwise, written synchronously so that the last line before a crash is not lost.
 */
export function createLogger (name: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  return pino({
    name,
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...REDACTED_PATHS], censor: '[redacted]' }
  }, destination ?? pino.destination({ fd: 1, sync: true }))
}
