import { deliveryWatch } from './delivery-watch.ts'
import { employmentCertificate } from './employment-certificate.ts'
import type { Plugin } from './plugin.ts'

export type { Plugin, PluginVisit } from './plugin.ts'

/** Further services of the office, in the order of their list. */
export const PLUGINS: readonly Plugin[] = [employmentCertificate, deliveryWatch]
