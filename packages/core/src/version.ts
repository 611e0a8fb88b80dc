import { packageVersion } from '@trembita/daemon'

export const CORE_VERSION = packageVersion(import.meta.url)
