import type { Database } from '@trembita/daemon'

/** Parameters of the instance that are not rows of their own, with the defaults of X-Road (xroad-trust §1.6). */
export interface SystemParameters {
  readonly instance: string
  /** Lifetime of each signed directory. */
  readonly confExpireIntervalSeconds: number
  readonly ocspFreshnessSeconds: number
  readonly timestampingIntervalSeconds: number
  /** Member or subsystem that gives the management services, `CLASS/CODE[/SUBSYSTEM]` parts joined as JSON. */
  readonly managementProvider: readonly string[] | undefined
  /** Address of the registration service of authentication certificates. */
  readonly authCertRegUrl: string | undefined
  /** Hash of the seed that was last applied. */
  readonly seedHash: string | undefined
}

export type SystemParametersUpdate = { readonly [Name in keyof SystemParameters]?: SystemParameters[Name] | undefined }

type Name = keyof SystemParameters

const DEFAULTS = { confExpireIntervalSeconds: 600, ocspFreshnessSeconds: 3600, timestampingIntervalSeconds: 60 }

/** Reads all parameters; `instance` is empty while the registry has not been set up. */
export function readParameters (db: Database): SystemParameters {
  const rows = db.prepare('SELECT name, value FROM system_parameter').all() as { name: Name, value: string }[]
  const values = new Map(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]))
  const number = (name: keyof typeof DEFAULTS): number => values.get(name) as number | undefined ?? DEFAULTS[name]
  const text = (name: Name): string | undefined => values.get(name) as string | undefined
  return {
    instance: text('instance') ?? '',
    confExpireIntervalSeconds: number('confExpireIntervalSeconds'),
    ocspFreshnessSeconds: number('ocspFreshnessSeconds'),
    timestampingIntervalSeconds: number('timestampingIntervalSeconds'),
    managementProvider: values.get('managementProvider') as string[] | undefined,
    authCertRegUrl: text('authCertRegUrl'),
    seedHash: text('seedHash')
  }
}

/** Sets the parameters given; undefined leaves one as it is. */
export function writeParameters (db: Database, parameters: SystemParametersUpdate): void {
  const set = db.prepare('INSERT INTO system_parameter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) set.run(name, JSON.stringify(value))
}
