import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { takeForms } from '../admin/index.ts'
import type { Changes } from '../audit/index.ts'
import { certificationServiceRoutes } from './certification-service-routes.ts'
import { CertificationServices } from './certification-services.ts'
import { OcspResponders } from './ocsp-responders.ts'
import { responderRoutes } from './responder-routes.ts'
import { timestampingServiceRoutes } from './timestamping-service-routes.ts'
import { TimestampingServices } from './timestamping-services.ts'

export interface TrustApiDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: Clock
}

/** `/certification-services`, `/intermediate-cas`, `/ocsp-responders`, `/timestamping-services`. */
export function trustApi ({ store, changes, clock }: TrustApiDeps): FastifyPluginAsync {
  const responders = new OcspResponders(store, changes, clock)
  return async (app) => {
    takeForms(app)
    certificationServiceRoutes(app, store, new CertificationServices(changes))
    responderRoutes(app, store, responders)
    timestampingServiceRoutes(app, store, new TimestampingServices(store, changes, clock))
  }
}
