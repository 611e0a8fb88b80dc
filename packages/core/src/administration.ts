import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Clock, Health, Logger, Metrics } from '@trembita/daemon'
import { apiKeyRoutes, sessionRoutes, signInRoutes } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import { createCoreAccounts } from './accounts.ts'
import { ADMINISTRATION, createAdminApp, type Mount } from './admin/index.ts'
import { Agreements, agreementsApi, type AgreementsPart } from './agreements/index.ts'
import { Approvals, approvalsApi, holdForApproval, type Operation } from './approvals/index.ts'
import { AREAS } from './areas.ts'
import { auditApi, type Changes } from './audit/index.ts'
import { backupApi, type Backups } from './backup/index.ts'
import { classifierApi } from './classifiers/index.ts'
import type { CoreConfig } from './config.ts'
import { consolePages, consoleProblemPage, frameOf, type ConsoleDeps } from './console/index.ts'
import { anchorFileRoute, type createConfiguration, type SigningKeys } from './globalconf/index.ts'
import { instanceApi, type ServerAddress } from './instance/index.ts'
import type { ManagementListeners } from './management-listeners.ts'
import { GatewayCertificates, overviewApi } from './overview/index.ts'
import { countPending, registrationApi, type CurrentTrust, type Registration } from './registration/index.ts'
import { readParameters, registryApi } from './registry/index.ts'
import { suspensionApi, suspensionMarks } from './suspension/index.ts'
import { trustApi } from './trust/index.ts'
import { CORE_VERSION } from './version.ts'

export interface AdministrationDeps {
  readonly config: CoreConfig
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: Clock
  readonly log: Logger
  readonly health: Health
  readonly metrics: Metrics
  readonly keys: SigningKeys
  readonly signedConfiguration: ReturnType<typeof createConfiguration>
  readonly registration: Registration
  readonly currentTrust: CurrentTrust
  readonly agreementsPart: AgreementsPart
  readonly address: ServerAddress
  readonly backups: Backups
  /** Where gateways find the management services, once they listen. */
  readonly services: () => ReturnType<ManagementListeners['described']> | undefined
  readonly mounts?: readonly Mount[] | undefined
}

/** What operators work with: the API of every part of the core behind the guard, and the console that asks that API. Not yet listening. */
export async function createAdministration (deps: AdministrationDeps): Promise<FastifyInstance> {
  const { config, store, changes, clock, log, signedConfiguration } = deps
  const approvals = new Approvals({ store, changes, clock })
  const instance = async (): Promise<string> => (await readParameters(store)).instance
  const frame: ConsoleDeps['frame'] = async () => ({ instance: await instance(), waiting: { requests: await countPending(store), approvals: await approvals.waiting() } })
  const accounts = createCoreAccounts({ config, store, changes, clock, log, problemPage: consoleProblemPage(frame) })
  const operations = new Map<string, Operation>()
  return await createAdminApp({
    accounts,
    mounts: deps.mounts,
    health: deps.health,
    metrics: deps.metrics,
    log: log.child({ part: 'admin' }),
    info: { name: 'trembita-core', version: CORE_VERSION },
    api: [
      // First, so that it stands in front of every operation.
      holdForApproval({ approvals, operations }),
      approvalsApi({ accounts, approvals, operations }),
      ...partsOf(deps, instance),
      async (app) => { await app.register(sessionRoutes, { accounts, access: ADMINISTRATION }) },
      async (app) => { await app.register(apiKeyRoutes, { apiKeys: accounts.apiKeys, access: ADMINISTRATION }) }
    ],
    web: {
      pageContext: (request) => frameOf(request, frame),
      https: accounts.publicUrl.protocol === 'https:',
      ...config.openId === undefined ? {} : { formActionOrigins: [new URL(config.openId.issuer).origin] }
    },
    pages: [
      anchorFileRoute(signedConfiguration.anchor),
      async (app) => { await app.register(signInRoutes, accounts) },
      async (app) => { consolePages(app, { accounts, frame, areas: AREAS }) }
    ]
  })
}

/** The routes of each part. */
function partsOf (deps: AdministrationDeps, instance: () => Promise<string>): FastifyPluginAsync[] {
  const { config, store, changes, clock, signedConfiguration, registration, currentTrust, address } = deps
  const trust = (): ReturnType<CurrentTrust['current']> => currentTrust.current()
  const agreements = new Agreements({ changes, clock, trust, part: deps.agreementsPart })
  const gatewayCertificates = new GatewayCertificates(store, clock)
  return [
    signedConfiguration.api,
    registryApi({ store, changes, suspended: suspensionMarks }),
    suspensionApi({ store, changes }),
    trustApi({ store, changes, clock }),
    agreementsApi({ store, clock, agreements, trust }),
    registrationApi({ store, registration, trust: currentTrust, clock }),
    instanceApi({ store, changes, registration, address, version: CORE_VERSION, node: config.node ?? 'core', services: deps.services }),
    auditApi({ store, clock, instance, signer: () => deps.keys.signer('internal') }),
    classifierApi({ store, changes, clock }),
    backupApi(deps.backups),
    overviewApi({ store, publisher: signedConfiguration.publisher, clock, warnings: [signedConfiguration.warnings, () => gatewayCertificates.warnings()] })
  ]
}
