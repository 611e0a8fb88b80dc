/** Whoever asks for something, as the audit log names them. */
export interface Actor {
  /** `server` is a gateway that signed its request, `system` this process itself or its operator at the machine. */
  readonly kind: 'user' | 'apiKey' | 'server' | 'system'
  /** Subject at the identity provider, number of the API key, or identifier of the server. */
  readonly id: string
  readonly name: string
  readonly roles: readonly string[]
  /** IP address, or `system`. */
  readonly origin: string
  /** Of an API key: the person that answers for it, as `principalOf` gives it. */
  readonly owner?: string
  /** Of a person in a browser: their session, as lists name it. */
  readonly session?: string
  /** Second person, where an operation took two. */
  readonly approvedBy?: Pick<Actor, 'kind' | 'id' | 'name' | 'origin'>
}

/**
 * The person behind an actor: equal for somebody's session and for the API keys they made. Two approvals by one principal
 * count as one.
 */
export function principalOf (actor: Actor): string {
  return actor.owner ?? `${actor.kind}:${actor.id}`
}

/** Is any of `roles` among the actor's? */
export function hasRole (actor: Actor, roles: readonly string[]): boolean {
  return roles.some((role) => actor.roles.includes(role))
}
