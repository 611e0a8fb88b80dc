import { packageVersion } from '@trembita/daemon'

export const MONITOR_VERSION = packageVersion(import.meta.url)
