import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { AccessRequests } from './access/index.ts'
import type { Applications, Resources } from './application/index.ts'
import type { CurrentConfiguration } from './configuration/index.ts'
import type { Entries } from './entry/index.ts'
import type { Harvest } from './harvest/index.ts'
import type { Probes } from './health/index.ts'
import type { CatalogSearch } from './search/index.ts'
import type { Verifications } from './verification/index.ts'

/** What pages and the API of the catalog work with. */
export interface Parts {
  readonly instance: string
  /** Where everybody reaches the catalog, with `/catalog`: what its identifiers begin with. */
  readonly publicUrl: string
  readonly store: SqlStore
  readonly clock: Clock
  readonly entries: Entries
  readonly search: CatalogSearch
  readonly applications: Applications
  readonly resources: Resources
  readonly verifications: Verifications
  readonly harvest: Harvest
  readonly probes: Probes
  readonly access: AccessRequests
  readonly configuration: Pick<CurrentConfiguration, 'get'>
}
