import { packageVersion } from '@trembita/daemon'

export const CATALOG_VERSION = packageVersion(import.meta.url)
