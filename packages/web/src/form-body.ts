/** A file that came with a form. */
export interface UploadedFile {
  /** As the sender's machine calls it: a text to show, never a path. */
  readonly name: string
  /** As the sender says; not to be believed. */
  readonly type: string
  readonly bytes: Buffer
}

export type FormValue = string | UploadedFile

/** A form as it was sent: each name with its values, in their order. */
export class FormBody {
  readonly #body: Readonly<Record<string, FormValue | readonly FormValue[]>>

  constructor (body: Readonly<Record<string, FormValue | readonly FormValue[]>>) {
    this.#body = body
  }

  /** The text of a field without the blanks around it; empty when it was not sent. */
  text (name: string): string {
    return this.texts(name)[0]?.trim() ?? ''
  }

  /** The same; `undefined` when empty or not sent. */
  optional (name: string): string | undefined {
    return this.text(name) || undefined
  }

  /** All texts of a name: checkboxes, a choice of many. */
  texts (name: string): string[] {
    return this.#values(name).filter((value) => typeof value === 'string')
  }

  /** Whether a checkbox was checked. */
  flag (name: string): boolean {
    return this.texts(name).length > 0
  }

  /** The file of a field; `undefined` when none was chosen. */
  file (name: string): UploadedFile | undefined {
    return this.files(name)[0]
  }

  files (name: string): UploadedFile[] {
    return this.#values(name).filter((value) => typeof value !== 'string')
  }

  /** All names with their first text, to fill a form again. */
  entries (): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#body).flatMap((name) => this.texts(name).slice(0, 1).map((text) => [name, text])))
  }

  #values (name: string): readonly FormValue[] {
    const value = Object.hasOwn(this.#body, name) ? this.#body[name] : undefined
    return value === undefined ? [] : Array.isArray(value) ? value as readonly FormValue[] : [value as FormValue]
  }
}

/** Reads the body of a request that `webPlugin` has parsed; any other body is an empty form. */
export function readForm (body: unknown): FormBody {
  return new FormBody(typeof body === 'object' && body !== null && !Array.isArray(body) && !Buffer.isBuffer(body) ? body as Record<string, FormValue> : {})
}

/** Names with their values; a name that comes again has a list. */
export function gather (pairs: Iterable<readonly [string, FormValue]>): Record<string, FormValue | FormValue[]> {
  const gathered = new Map<string, FormValue | FormValue[]>()
  for (const [name, value] of pairs) {
    const found = gathered.get(name)
    if (found === undefined) gathered.set(name, value)
    else if (Array.isArray(found)) found.push(value)
    else gathered.set(name, [found, value])
  }
  return Object.fromEntries(gathered)
}
