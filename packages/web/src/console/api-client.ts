import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Accounts, Actor } from '@trembita/daemon/accounts'

/** What the API answered to a page: a page turns it into words beside the fields. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  /** By name of the field. */
  readonly fields: Readonly<Record<string, string>>
  /** What should be known of before it is done; sent again with `ignore_warnings`, it is. */
  readonly warnings: readonly ApiWarning[]
  /** Identifiers and values that belong to the code. */
  readonly metadata: readonly string[]

  constructor (status: number, code: string, message: string, details: Pick<ApiProblem, 'fields' | 'warnings' | 'metadata'>) {
    super(message)
    this.status = status
    this.code = code
    this.fields = details.fields
    this.warnings = details.warnings
    this.metadata = details.metadata
  }
}

export interface ApiWarning {
  readonly code: string
  readonly metadata: readonly string[]
}

/** Answer to what a page asked to be done. */
export interface Done<T> {
  readonly value: T
  /** A second person must agree first; nothing was done yet. */
  readonly waitsForApproval: boolean
}

/** Body of what could not be done (xroad-trust §6.3). */
interface ErrorBody {
  readonly status: number
  readonly error?: {
    readonly code: string
    readonly message?: string
    readonly metadata?: readonly string[]
    readonly validation_errors?: Readonly<Record<string, readonly string[]>>
  }
  readonly warnings?: readonly { readonly code: string, readonly metadata?: readonly string[] }[]
}

export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>

/** The administration API as the person who looks at the page may use it: the same routes, the same checks, within the process. */
export class ApiClient {
  readonly #accounts: Accounts
  readonly #app: FastifyInstance
  readonly #actor: Actor

  constructor (accounts: Accounts, app: FastifyInstance, actor: Actor) {
    this.#accounts = accounts
    this.#app = app
    this.#actor = actor
  }

  /** @param path below `/api/v1`. @throws {ApiProblem} */
  async get<T> (path: string, query: QueryValues = {}): Promise<T> {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value))
    return (await this.#ask<T>({ method: 'GET', url: search.size === 0 ? path : `${path}?${search.toString()}` })).value
  }

  /** What is not JSON: downloads. */
  async download (path: string): Promise<{ readonly bytes: Buffer, readonly headers: Readonly<Record<string, string>> }> {
    const { rawPayload, headers } = await this.#send({ method: 'GET', url: path })
    return { bytes: rawPayload, headers: headers as Record<string, string> }
  }

  async post<T = undefined> (path: string, body?: object): Promise<Done<T>> {
    return await this.#ask<T>({ method: 'POST', url: path, ...body === undefined ? {} : { payload: body } })
  }

  /** Sends a file as it is. */
  async upload<T = undefined> (path: string, bytes: Buffer, method: 'POST' | 'PUT' = 'POST'): Promise<Done<T>> {
    return await this.#ask<T>({ method, url: path, payload: bytes, headers: { 'content-type': 'application/octet-stream' } })
  }

  async put<T = undefined> (path: string, body?: object): Promise<Done<T>> {
    return await this.#ask<T>({ method: 'PUT', url: path, ...body === undefined ? {} : { payload: body } })
  }

  async patch<T = undefined> (path: string, body: object): Promise<Done<T>> {
    return await this.#ask<T>({ method: 'PATCH', url: path, payload: body })
  }

  async delete<T = undefined> (path: string, body?: object): Promise<Done<T>> {
    return await this.#ask<T>({ method: 'DELETE', url: path, ...body === undefined ? {} : { payload: body } })
  }

  async #ask<T> (request: InjectOptions & { readonly url: string }): Promise<Done<T>> {
    const { statusCode, rawPayload, headers } = await this.#send(request)
    const json = rawPayload.length > 0 && String(headers['content-type']).includes('json')
    return { value: (json ? JSON.parse(rawPayload.toString('utf8')) : undefined) as T, waitsForApproval: statusCode === 202 }
  }

  async #send ({ url, ...request }: InjectOptions & { readonly url: string }) {
    const response = await this.#accounts.internal.inject(this.#app, this.#actor, { ...request, url: `/api/v1${url}`, headers: { ...request.headers, accept: 'application/json' } })
    if (response.statusCode >= 400) throw problemOf(response.statusCode, response.body)
    return response
  }
}

function problemOf (status: number, text: string): ApiProblem {
  let body: ErrorBody | undefined
  try {
    body = JSON.parse(text) as ErrorBody
  } catch {
    // Not ours; the status says enough.
  }
  const { code = 'internal_error', message = 'internal error', metadata = [], validation_errors: errors = {} } = body?.error ?? {}
  return new ApiProblem(status, code, message, {
    fields: Object.fromEntries(Object.entries(errors).map(([field, problems]) => [field, problems.join('; ')])),
    warnings: (body?.warnings ?? []).map((warning) => ({ code: warning.code, metadata: warning.metadata ?? [] })),
    metadata
  })
}
