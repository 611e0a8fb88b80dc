/** An official at work: who the personnel system says one is, in one body. */
export interface Official {
  /** Id of the personnel system: opaque, no personal code. */
  readonly id: string
  readonly body: string
  readonly unit: string
  readonly unitName: string
  readonly name: string
  readonly post: string
  /** Whether one is the organisation administrator of the body, who also answers for what stays with it. */
  readonly administrator: boolean
}

/** Surname, given name and, where there is one, patronymic. */
export function fullName ({ surname, givenName, patronymic }: { readonly surname: string, readonly givenName: string, readonly patronymic: string | null }): string {
  return [surname, givenName, patronymic].filter((part) => part !== null && part !== '').join(' ')
}
