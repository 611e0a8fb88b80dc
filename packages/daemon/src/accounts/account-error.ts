import type { FastifyReply } from 'fastify'

/**
 * A refusal of this folder. `statusCode` and `code` are read by fastify's error handlers; the body is X-Road's
 * `{status, error: {code, message}}`.
 */
export class AccountError extends Error {
  override readonly name = 'AccountError'
  readonly statusCode: number
  readonly code: string
  readonly fields: Readonly<Record<string, string>> | undefined

  /**
   * @param code snake case, for programs.
   * @param message English, safe to show.
   * @param fields what is wrong with which field of the request.
   */
  constructor (statusCode: number, code: string, message: string, fields?: Readonly<Record<string, string>>) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.fields = fields
  }
}

export function sendAccountError (reply: FastifyReply, error: AccountError): FastifyReply {
  return reply.code(error.statusCode).header('cache-control', 'no-store').type('application/json').send(errorBody(error))
}

function errorBody ({ statusCode, code, message, fields }: AccountError): object {
  const validation = fields === undefined
    ? {}
    : { validation_errors: Object.fromEntries(Object.entries(fields).map(([field, problem]) => [field, [problem]])) }
  return { status: statusCode, error: { code, message, ...validation } }
}
