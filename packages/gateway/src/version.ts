import { packageVersion } from '@trembita/daemon'

export const GATEWAY_VERSION = packageVersion(import.meta.url)
