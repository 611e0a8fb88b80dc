import type { SqlStore } from '@trembita/daemon/store'
import type { Changes } from '../../audit/index.ts'
import type { ReadMarks } from '../suspension-marks.ts'

export interface RegistryApiDeps {
  readonly store: SqlStore
  readonly changes: Changes
  /** Suspensions in force. */
  readonly suspended: ReadMarks
}
