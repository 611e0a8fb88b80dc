/** Two processes between a client and a service: what is measured, ours and the baselines alike. */
export interface Pair {
  readonly name: string
  /** Where the load goes; a path is appended as the service knows it: `/bytes/1024`. */
  readonly url: string
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Main processes; their children count too. */
  readonly pids: readonly number[]
  /** Time spent so far in each step of the flow, ms, by name, both gateways together: for the shares. */
  readonly steps?: (() => Promise<Readonly<Record<string, number>>>) | undefined
  close (): Promise<void>
}

/** Key of the seal. */
export type SealKeyKind = 'RSA-2048' | 'P-256'
